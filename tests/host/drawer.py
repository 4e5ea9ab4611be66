"""A drawer with a token in it, as tests see one: taken out, put back, locked, exchanged; it counts what it is asked."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.core.errors import Unavailable
from haidang.core.host import SETTINGS

PIN = "đèn-biển-2026"
PIN_FILE = "secrets/token.pin"
SECTION = '[log]\npkcs11_module = "/a/token.so"\npkcs11_token = "hai-dang"\npkcs11_key = "log"\n'
#: Real tokens lock after so many wrong PINs.
WRONG_PINS = 3


def on_token(home: Path, pin: str = PIN, section: str = SECTION) -> None:
    """The host's settings name a token, and the PIN is where they say."""
    (home / SETTINGS).write_text(section)
    (home / "secrets").mkdir(mode=0o700, exist_ok=True)
    (home / PIN_FILE).touch(mode=0o600)
    (home / PIN_FILE).write_text(f"{pin}\n")


@dataclass
class Drawer:
    """``connect`` opens the token that lies here now."""

    seed: bytes = b"t" * 32
    there: bool = True
    wrong: int = 0
    connections: int = 0
    logins: int = 0
    #: What is open ends when this is bumped, as by a token's own time limit.
    era: int = 0
    #: Signatures that are given before the token is taken out; None = any number.
    left: int | None = None
    busy: threading.Lock = field(default_factory=threading.Lock)

    def connect(self, *_names: str) -> Opened:
        self.connections += 1
        if not self.there:
            raise self.away()
        return Opened(self, self.era, Ed25519PrivateKey.from_private_bytes(self.seed))

    def away(self) -> Unavailable:
        return Unavailable("the token does not answer", code="token_away")

    @property
    def vkey_start(self) -> str:
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return f"haidang.local/{hashlib.sha256(public).hexdigest()[:16]}/"


@dataclass
class Opened:
    drawer: Drawer
    era: int
    key: Ed25519PrivateKey
    pin_taken: bool = False
    closed: bool = False

    def _at_hand(self) -> None:
        assert not self.closed, "a closed connection is asked"
        if not self.drawer.there or self.era != self.drawer.era:
            raise self.drawer.away()

    def public(self) -> bytes:
        self._at_hand()
        return self.key.public_key().public_bytes_raw()

    def log_in(self, pin: str) -> None:
        self._at_hand()
        self.drawer.logins += 1
        if self.drawer.wrong >= WRONG_PINS:
            raise Unavailable("the token is locked", code="token_locked")
        if pin != PIN:
            self.drawer.wrong += 1
            raise Unavailable("the token refuses the PIN", code="token_pin")
        self.drawer.wrong, self.pin_taken = 0, True

    def sign(self, data: bytes) -> bytes:
        assert self.drawer.busy.acquire(blocking=False), "two calls at a time"
        try:
            if self.drawer.left == 0:
                self.drawer.there = False
            self._at_hand()
            assert self.pin_taken, "signed without a PIN"
            if self.drawer.left is not None:
                self.drawer.left -= 1
            return self.key.sign(data)
        finally:
            self.drawer.busy.release()

    def close(self) -> None:
        self.closed = True
