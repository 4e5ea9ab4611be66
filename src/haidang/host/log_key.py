"""The key by which a host signs its transparency log, and so the log's name for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.core.errors import Unavailable
from haidang.core.host import LOG_KEY
from haidang.core.tlog.notes import ED25519, Signer

__all__ = ["log_signer"]


def log_signer(home: Path) -> Signer:
    """Raises Unavailable (``no_key``). The name is drawn from the key: two hosts never share one."""
    try:
        private = Ed25519PrivateKey.from_private_bytes((home / LOG_KEY).read_bytes())
    except (OSError, ValueError) as error:
        raise Unavailable("couldn't sign the log: no key here; `haidang init` makes it", code="no_key") from error
    fingerprint = hashlib.sha256(private.public_key().public_bytes_raw()).hexdigest()[:16]
    return Signer.of(f"haidang.local/{fingerprint}/record", ED25519, private)
