"""The keys by which a host signs: its transparency logs, and papers for people to hold.

A name is drawn from its key, so two hosts never share one, and stands for ever. The two logs share a key and differ by
name, which is in every text that is signed. Papers have a key of their own: the page process reads it, and must never
be able to sign a log. The logs' key is a file, or on a token (docs/adr/0018), as haidang.toml says.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from haidang.core.errors import Unavailable
from haidang.core.host import LOG_KEY, LOG_PUBLIC_KEY, PAPERS_KEY
from haidang.core.tlog.notes import ED25519, Key, Signer
from haidang.host.files import read_private
from haidang.host.token_key import TokenSigner, token_of

__all__ = ["LOGS", "log_key", "log_signer", "papers_signer"]

#: A host's logs by their short names; ``core.host`` knows their folders.
LOGS = ("record", "acts")


def log_signer(home: Path, log: str = "record") -> Signer:
    """Signs the host's log of this name. Raises Unavailable (``no_key``, ``key_open``, ``token_*``)."""
    assert log in LOGS, "a host has two logs"
    token = token_of(home)
    if token is None:
        return _signer(home / LOG_KEY, log)
    public = token.public()
    return Signer(Key(_name(public, log), ED25519, public), TokenSigner(token, public))


def log_key(home: Path, log: str = "record") -> Key:
    """By what the host's log of this name is known; nothing secret is read. Raises Unavailable (``no_key``)."""
    assert log in LOGS, "a host has two logs"
    try:
        public = (home / LOG_PUBLIC_KEY).read_bytes()
        Ed25519PublicKey.from_public_bytes(public)
    except (OSError, ValueError) as error:
        raise Unavailable("couldn't read the log: no log.pub here; `haidang init` makes it", code="no_key") from error
    return Key(_name(public, log), ED25519, public)


def papers_signer(home: Path) -> Signer:
    """Signs lists and minutes. Raises Unavailable (``no_key``, ``key_open``)."""
    return _signer(home / PAPERS_KEY, "papers")


def _signer(path: Path, what: str) -> Signer:
    try:
        private = Ed25519PrivateKey.from_private_bytes(read_private(path))
    except (OSError, ValueError) as error:
        raise Unavailable(f"couldn't sign: no {path.name} here; `haidang init` makes it", code="no_key") from error
    return Signer.of(_name(private.public_key().public_bytes_raw(), what), ED25519, private)


def _name(public: bytes, what: str) -> str:
    return f"haidang.local/{hashlib.sha256(public).hexdigest()[:16]}/{what}"
