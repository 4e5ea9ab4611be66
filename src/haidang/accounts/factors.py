"""Second factors, checked: one-time codes (RFC 6238), passkeys (WebAuthn Level 3), recovery codes. Reads no database.

Laws: a code of a step that was accepted, or of one before it, is never accepted again, whatever the clock does. A
passkey's answer counts only for the challenge, the origin and the address name it was asked for; a signature counter
that does not grow is a copied key. Whatever a browser sends that cannot be read is InvalidInput, never another error.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from haidang.core.errors import InvalidInput
from haidang.core.units import WallUs

__all__ = [
    "CHALLENGE_BYTES",
    "RECOVERY_CODES",
    "SECRET_BYTES",
    "Party",
    "Passkey",
    "creation_options",
    "draw_recovery_code",
    "new_passkey",
    "otpauth_uri",
    "recovery_sha256",
    "request_options",
    "secret_text",
    "shown_passkey",
    "step_of",
    "totp_code",
    "totp_step",
]

ISSUER = "Hải Đăng"
SECRET_BYTES = 20
CHALLENGE_BYTES = 32
STEP_S = 30
DIGITS = 6
RECOVERY_CODES = 10
#: Letters and digits that are not taken for one another on paper; 16 of these 31 are 79 bits.
_RECOVERY_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_RECOVERY_GROUPS, _RECOVERY_GROUP = 4, 4
#: What reading a browser's answer can raise, for whatever is wrong in it.
_UNREADABLE = (
    ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, AssertionError, NotImplementedError,
    struct.error, UnsupportedAlgorithm, InvalidSignature,
)  # fmt: skip


# -- one-time codes


def step_of(now: WallUs) -> int:
    """The 30 s step of RFC 6238 that ``now`` lies in."""
    return now // (STEP_S * 1_000_000)


def totp_code(secret: bytes, step: int) -> str:
    """The six digits of a step: SHA-1, as authenticator applications take for granted."""
    return TOTP(secret, DIGITS, SHA1(), STEP_S).generate(step * STEP_S).decode()  # noqa: S303 - RFC 6238


def totp_step(secret: bytes, code: str, *, now: WallUs, last_step: int) -> int | None:
    """The step whose code this is: the present one or a neighbour, later than ``last_step``; None if none."""
    typed = "".join(code.split())
    if not (len(typed) == DIGITS and typed.isascii() and typed.isdigit()):
        return None
    present = step_of(now)
    # All three are compared, so that the time taken tells nothing.
    right = [
        step for step in (present - 1, present, present + 1) if hmac.compare_digest(totp_code(secret, step), typed)
    ]
    return next((step for step in right if step > last_step), None)


def secret_text(secret: bytes) -> str:
    """As people type it into an application."""
    return base64.b32encode(secret).decode().rstrip("=")


def otpauth_uri(secret: bytes, username: str) -> str:
    """What the QR code says."""
    label = quote(f"{ISSUER}:{username}", safe="")
    return f"otpauth://totp/{label}?secret={secret_text(secret)}&issuer={quote(ISSUER, safe='')}"


# -- recovery codes


def draw_recovery_code(choose: Callable[[str], str]) -> str:
    """``xxxx-xxxx-xxxx-xxxx``."""
    groups = ("".join(choose(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_GROUP)) for _ in range(_RECOVERY_GROUPS))
    return "-".join(groups)


def recovery_sha256(username: str, code: str) -> str:
    """How a recovery code is kept: with its account's name, so that no table serves for two accounts."""
    letters = "".join(c for c in code.lower() if c.isalnum())
    return hashlib.sha256(f"{username}:{letters}".encode()).hexdigest()


# -- passkeys


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks for a passkey: the host name that keys are bound to, and the address that pages are loaded from."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as it is stored: its id (base64url), its public part, the counter of its last signature."""

    credential_id: str
    credential: str
    sign_count: int


def creation_options(party: Party, username: str, existing: Iterable[str], *, challenge: bytes) -> dict[str, Any]:
    """What ``navigator.credentials.create`` is asked for, as JSON; authenticators that hold an existing key refuse."""
    user = PublicKeyCredentialUserEntity(
        id=hashlib.sha256(f"haidang:{username}".encode()).digest(), name=username, display_name=username
    )
    options, _state = _server(party).register_begin(
        user,
        [_descriptor(each) for each in existing],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
        challenge=challenge,
    )
    return dict(options.public_key)


def new_passkey(party: Party, answer: Mapping[str, Any], *, challenge: bytes) -> Passkey:
    """The passkey that a browser made for this challenge. Raises InvalidInput (``passkey``)."""
    try:
        data = _server(party).register_complete(_state(challenge), _without_numbers(answer))
        attested = data.credential_data
        if attested is None:
            raise ValueError("no credential")
        return Passkey(_text(attested.credential_id), _text(bytes(attested)), data.counter)
    except _UNREADABLE as error:
        raise InvalidInput("couldn't accept the passkey: it does not answer this page", code="passkey") from error


def request_options(party: Party, credential_ids: Iterable[str], *, challenge: bytes) -> dict[str, Any]:
    """What ``navigator.credentials.get`` is asked for, as JSON."""
    options, _state = _server(party).authenticate_begin(
        [_descriptor(each) for each in credential_ids], UserVerificationRequirement.PREFERRED, challenge=challenge
    )
    return dict(options.public_key)


def shown_passkey(
    party: Party, answer: Mapping[str, Any], passkeys: Iterable[Passkey], *, challenge: bytes
) -> Passkey:  # fmt: skip
    """Which of an account's passkeys signed this challenge, with its new counter. Raises InvalidInput (``passkey``)."""
    known = {passkey.credential_id: passkey for passkey in passkeys}
    try:
        credentials = [AttestedCredentialData(_bytes(passkey.credential)) for passkey in known.values()]
        signed = _server(party).authenticate_complete(_state(challenge), credentials, _without_numbers(answer))
        count = AuthenticationResponse.from_dict(answer).response.authenticator_data.counter
        passkey = known[_text(signed.credential_id)]
        # Authenticators without a counter say 0 for ever; from any other a number that does not grow is a copy's.
        if (count or passkey.sign_count) and count <= passkey.sign_count:
            raise ValueError("the counter went back")
    except _UNREADABLE as error:
        raise InvalidInput("couldn't accept the passkey: it does not answer this page", code="passkey") from error
    return Passkey(passkey.credential_id, passkey.credential, count)


def _without_numbers(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer, if no number is in it: the library makes as many zero bytes of one. Raises ValueError."""
    waiting: list[Any] = [answer]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            raise ValueError("a number where none belongs")  # noqa: TRY004 - a stranger's value, not a caller's type
    return answer


def _server(party: Party) -> Fido2Server:
    relying = PublicKeyCredentialRpEntity(id=party.host, name=ISSUER)
    return Fido2Server(relying, verify_origin=lambda origin: origin == party.origin)


def _state(challenge: bytes) -> dict[str, Any]:
    return {"challenge": _text(challenge), "user_verification": UserVerificationRequirement.PREFERRED}


def _descriptor(credential_id: str) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=_bytes(credential_id))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
