"""The logs' key on a PKCS#11 token: it signs for whoever holds token and PIN, and never gives the key away.

Laws: one connection a process, one call at a time, begun anew after any error. The PIN is asked for when something is
signed, never to read the public half. A PIN that was refused is not shown again, for tokens lock after a few wrong
ones. What the token signed is held against the public half before anybody sees it. PINs are in no message.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Protocol, TypeVar, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from haidang.core.errors import Unavailable
from haidang.core.host import SETTINGS
from haidang.core.settings import LogSettings, parse_settings
from haidang.host.files import read_private

__all__ = ["OpenToken", "TokenKey", "TokenSigner", "token_of"]

_T = TypeVar("_T")
#: A library is begun and ended for the whole process: even two keys must take turns.
_TURN = threading.Lock()


class OpenToken(Protocol):
    """A token at hand, with the key on it. All but ``close`` raise Unavailable (``token_*``)."""

    def public(self) -> bytes:
        """The key's public half, 32 bytes; takes no PIN."""

    def log_in(self, pin: str) -> None:
        """Before the first ``sign``. ``token_pin``: refused; ``token_locked``: no PIN is taken any more."""

    def sign(self, data: bytes) -> bytes:
        """Ed25519 (RFC 8032), 64 bytes."""

    def close(self) -> None:
        """Forget it; the next connection begins from nothing."""


@dataclass(slots=True)
class TokenKey:
    """``connect`` gives the token as it is now, or raises Unavailable (``token_away``, ``token_key``, …)."""

    connect: Callable[[], OpenToken]
    pin_file: Path
    _open: OpenToken | None = None
    _logged_in: bool = False
    _refused: str = field(default="", repr=False)

    def public(self) -> bytes:
        """The public half, asked of the token each time: it may be another one by now."""
        return self._do(lambda token: token.public())

    def sign(self, data: bytes) -> bytes:
        """Raises Unavailable: ``token_*``, or ``key_open`` of the PIN's file."""
        return self._do(partial(self._sign, data=data))

    def _sign(self, token: OpenToken, data: bytes) -> bytes:
        if not self._logged_in:
            pin = self._pin()
            try:
                token.log_in(pin)
            except Unavailable as error:
                if error.code == "token_pin":
                    self._refused = pin
                raise
            self._logged_in = True
        return token.sign(data)

    def _pin(self) -> str:
        try:
            pin = read_private(self.pin_file).decode().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Unavailable(f"couldn't read the token's PIN from {self.pin_file}", code="token_pin") from error
        if not pin or pin == self._refused:
            why = "the token has refused it, and too many wrong ones lock it" if pin else "there is none"
            raise Unavailable(f"the PIN in {self.pin_file} is not used: {why}", code="token_pin")
        return pin

    def _do(self, ask: Callable[[OpenToken], _T]) -> _T:
        """What an old connection says is not the last word: its session may be over, its token taken out and back."""
        with _TURN:
            if self._open is not None:
                try:
                    return ask(self._open)
                except Unavailable:
                    self._close()
            try:
                self._open = self.connect()
                return ask(self._open)
            except BaseException:
                self._close()
                raise

    def _close(self) -> None:
        opened, self._open, self._logged_in = self._open, None, False
        if opened is not None:
            opened.close()


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Signs as the owner of ``public`` and nobody else, whatever token is plugged in by then."""

    token: TokenKey
    public: bytes

    def sign(self, data: bytes, /) -> bytes:
        """Raises Unavailable (``token_*``)."""
        made = self.token.sign(data)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(made, data)
        except InvalidSignature as error:
            raise Unavailable("the token signs by another key than it did", code="token_key") from error
        return made


def token_of(home: Path) -> TokenKey | None:
    """The token that haidang.toml names for the logs' key, None for a file. Raises InvalidInput (``settings``)."""
    path = home / SETTINGS
    log = LogSettings()
    with suppress(FileNotFoundError):  # then all is as by default
        log = parse_settings(path.read_text(encoding="utf-8")).log
    if not log.pkcs11_module:
        return None
    return _shared(log.pkcs11_module, log.pkcs11_token, log.pkcs11_key, home / log.pkcs11_pin_file)


@cache
def _shared(module: str, token: str, key: str, pin_file: Path) -> TokenKey:
    return TokenKey(partial(_connect, module, token, key), pin_file)


def _connect(module: str, token: str, key: str) -> OpenToken:
    try:
        pkcs11 = importlib.import_module("haidang.host.pkcs11_token")
    except ImportError as error:
        raise Unavailable("a token needs `pip install 'haidang[pkcs11]'`", code="no_pkcs11") from error
    return cast("OpenToken", pkcs11.Pkcs11Token(module, token, key))
