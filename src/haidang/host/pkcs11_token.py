"""A key on a PKCS#11 token (OASIS, CKM_EDDSA without parameters: pure Ed25519), by python-pkcs11.

Needs the extra ``pkcs11``, so only ``token_key`` imports this, when settings name a token. Law: each of the library's
errors becomes one of ours that says which token, never which PIN.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, Object, ObjectClass, Session
from pkcs11.types import SignMixin

from haidang.core.errors import Unavailable

__all__ = ["Pkcs11Token"]

_REFUSED = (
    pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinExpired, pkcs11.UserPinNotInitialized,
)  # fmt: skip
_POINT_BYTES = 32
#: Most modules wrap the point in an OCTET STRING, as for other curves; PKCS#11 3.0 also knows it bare.
_WRAPPED = bytes([0x04, _POINT_BYTES])


class Pkcs11Token:
    """The token with label ``token`` behind the library ``module``, and its key pair with label ``key``."""

    def __init__(self, module: str, token: str, key: str) -> None:
        """Raises Unavailable: ``token_away``, or ``token_key`` where several tokens have that label."""
        self._module, self._label, self._key = module, token, key
        self._private: SignMixin | None = None
        try:
            with self._told():
                # The library looks for tokens when it is begun, some only then; so it is ended after each error.
                self._token = pkcs11.lib(module).get_token(token_label=token)
                self._session = self._token.open()
        except Unavailable:
            self.close()
            raise

    def public(self) -> bytes:
        with self._told():
            key = self._half(self._session, ObjectClass.PUBLIC_KEY)
            kind, point = key[Attribute.KEY_TYPE], bytes(key[Attribute.EC_POINT])
        if len(point) == len(_WRAPPED) + _POINT_BYTES and point.startswith(_WRAPPED):
            point = point.removeprefix(_WRAPPED)
        if kind != KeyType.EC_EDWARDS or len(point) != _POINT_BYTES:
            raise self._wrong("is no Ed25519 key")
        return point

    def log_in(self, pin: str) -> None:
        with self._told():
            session = self._token.open(user_pin=pin)
            key = self._half(session, ObjectClass.PRIVATE_KEY)
            leaves = key[Attribute.EXTRACTABLE] or not key[Attribute.SENSITIVE]
        if leaves:
            raise self._wrong("can be taken from the token: make one that stays there")
        if not isinstance(key, SignMixin):
            raise self._wrong("may not sign")
        self._private = key

    def sign(self, data: bytes) -> bytes:
        assert self._private is not None, "after log_in"
        with self._told():
            return bytes(self._private.sign(data, mechanism=Mechanism.EDDSA))

    def close(self) -> None:
        """End the library, with all its sessions: nothing else in a process uses it."""
        # One that cannot be ended, for it was never begun or its device is gone, is begun anew all the same.
        with suppress(pkcs11.PKCS11Error):
            pkcs11.lib(self._module).finalize()

    def _half(self, session: Session, kind: ObjectClass) -> Object:
        # To its end: a search that is left open holds up the session.
        found = list(session.get_objects({Attribute.CLASS: kind, Attribute.LABEL: self._key}))
        if len(found) != 1:
            raise self._wrong(f"is there {len(found)} times ({kind.name.lower()}), not once")
        return found[0]

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except pkcs11.PinLocked as error:
            raise Unavailable(
                f"token {self._label!r} is locked: its security officer opens it", code="token_locked"
            ) from error
        except _REFUSED as error:
            why = type(error).__name__
            raise Unavailable(f"token {self._label!r} refuses the PIN ({why})", code="token_pin") from error
        except pkcs11.MultipleTokensReturned as error:
            raise Unavailable(f"several tokens are called {self._label!r}", code="token_key") from error
        except pkcs11.PKCS11Error as error:
            why = str(error) or type(error).__name__
            raise Unavailable(f"token {self._label!r} does not answer: {why}", code="token_away") from error

    def _wrong(self, what: str) -> Unavailable:
        return Unavailable(f"key {self._key!r} on token {self._label!r} {what}", code="token_key")
