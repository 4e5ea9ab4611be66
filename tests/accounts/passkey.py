"""An authenticator in software: answers as a browser would, and wrongly where a test asks for it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

from haidang.accounts.factors import Party

__all__ = ["SoftKey"]

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class SoftKey:
    """One passkey. ``counts`` False: as telephones that always say 0."""

    def __init__(self, *, counts: bool = True) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.raw_id = secrets.token_bytes(32)
        self.counts = counts
        self.count = 0

    def make(
        self, party: Party, challenge: bytes, *, origin: str = "", host: str = "", kind: str = "webauthn.create"
    ) -> dict[str, Any]:
        point = self.private.public_key().public_numbers()
        # COSE (RFC 9053): EC2, ES256, P-256, both coordinates.
        public = cbor.encode({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        attested = bytes(16) + struct.pack(">H", len(self.raw_id)) + self.raw_id + public
        data = self._data(host or party.host, PRESENT | VERIFIED | ATTESTED) + attested
        response = {
            "clientDataJSON": text(self._client(kind, challenge, origin or party.origin)),
            "attestationObject": text(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._answer(response)

    def sign(
        self, party: Party, challenge: bytes, *, origin: str = "", host: str = "", kind: str = "webauthn.get",
        present: bool = True, tamper: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        data = self._data(host or party.host, (PRESENT if present else 0) | VERIFIED)
        client = self._client(kind, challenge, origin or party.origin)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        if tamper:
            data = data[:-1] + bytes([data[-1] ^ 0x40])
        response = {
            "clientDataJSON": text(client),
            "authenticatorData": text(data),
            "signature": text(signature),
        }
        return self._answer(response)

    def _data(self, host: str, flags: int) -> bytes:
        self.count += self.counts
        return hashlib.sha256(host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, challenge: bytes, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": text(challenge), "origin": origin}).encode()

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        raw_id = text(self.raw_id)
        return {"id": raw_id, "rawId": raw_id, "type": "public-key", "clientExtensionResults": {}, "response": response}
