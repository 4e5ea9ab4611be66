"""The keys by which a host signs: its transparency logs, and papers for people to hold.

A name is drawn from its key, so two hosts never share one, and stands for ever. The two logs share a key and differ by
name, which is in every text that is signed. Papers have a key of their own: the page process reads it, and must never
be able to sign a log.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.core.errors import Unavailable
from haidang.core.host import LOG_KEY, PAPERS_KEY
from haidang.core.tlog.notes import ED25519, Signer

__all__ = ["LOGS", "log_signer", "papers_signer"]

#: A host's logs by their short names; ``core.host`` knows their folders.
LOGS = ("record", "acts")


def log_signer(home: Path, log: str = "record") -> Signer:
    """Signs the host's log of this name. Raises Unavailable (``no_key``)."""
    assert log in LOGS, "a host has two logs"
    return _signer(home / LOG_KEY, log)


def papers_signer(home: Path) -> Signer:
    """Signs lists and minutes. Raises Unavailable (``no_key``)."""
    return _signer(home / PAPERS_KEY, "papers")


def _signer(path: Path, what: str) -> Signer:
    try:
        private = Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Unavailable(f"couldn't sign: no {path.name} here; `haidang init` makes it", code="no_key") from error
    fingerprint = hashlib.sha256(private.public_key().public_bytes_raw()).hexdigest()[:16]
    return Signer.of(f"haidang.local/{fingerprint}/{what}", ED25519, private)
