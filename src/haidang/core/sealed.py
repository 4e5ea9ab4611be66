"""Camera credentials at rest: AES-256-GCM under the host's key, bound to the camera they belong to.

Text form: ``v1.<base64 nonce 12 B>.<base64 ciphertext>``. The camera id is associated data, so a sealed
secret moved to another camera does not open.
"""

from __future__ import annotations

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from haidang.core.errors import CorruptData

__all__ = ["KEY_BYTES", "NONCE_BYTES", "open_sealed", "seal"]

KEY_BYTES = 32
NONCE_BYTES = 12


def seal(secret: str, *, camera: str, key: bytes, nonce: bytes) -> str:
    """Encrypt ``secret``; ``nonce`` must be fresh random bytes (passed in: core draws none)."""
    sealed = AESGCM(key).encrypt(nonce, secret.encode(), camera.encode())
    return f"v1.{base64.b64encode(nonce).decode()}.{base64.b64encode(sealed).decode()}"


def open_sealed(text: str, *, camera: str, key: bytes) -> str:
    """Decrypt; raises CorruptData (``sealed_secret``) for another key, another camera or changed text."""
    try:
        nonce, sealed = (base64.b64decode(part, validate=True) for part in _parts(text))
        return AESGCM(key).decrypt(nonce, sealed, camera.encode()).decode()
    except (ValueError, InvalidTag) as error:
        raise CorruptData(
            f"couldn't open the sealed credentials of camera {camera}: wrong key or changed text; set them again",
            code="sealed_secret",
        ) from error


def _parts(text: str) -> tuple[str, str]:
    version, nonce, sealed = text.split(".")
    if version != "v1":
        raise ValueError(f"unknown version {version[:8]!r}")
    return nonce, sealed
