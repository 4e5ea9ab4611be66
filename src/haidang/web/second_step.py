"""Between the two steps of a sign-in, and the second step asked for again in a session that runs.

Laws: who is half signed in is a key in Django's session, fresh with the first step, for five minutes, while the account
may sign in and its password is the one that was shown; it is no ``LoginSession``, so no page and no API takes it for
one. A challenge for a passkey serves once, in the browser session that it was drawn in. Adding or ending a factor
wants one shown within ten minutes; the first one, a password shown within ten minutes, which is the sign-in's.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import constant_time_compare

from haidang.accounts.authority import vietnam_day
from haidang.accounts.entities import may_sign_in
from haidang.accounts.factors import CHALLENGE_BYTES, Party
from haidang.accounts.models import Account, LoginSession
from haidang.core.errors import Denied, InvalidInput, Unavailable
from haidang.core.host import CREDENTIALS_KEY
from haidang.core.units import WallUs
from haidang.web.session import end, host_settings, login_of

__all__ = [
    "FRESH_S",
    "HALF_S",
    "Half",
    "StepUpNeeded",
    "begin_half",
    "draw_challenge",
    "factors_key",
    "half_of",
    "is_fresh",
    "party_of",
    "require_fresh",
    "take_challenge",
]

HALF_S = 300
FRESH_S = 600
_HALF, _CHALLENGE = "half", "challenge"
_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Half:
    """Who has shown the password and not yet the second factor; where they want to go."""

    account: Account
    wanted: str


class StepUpNeeded(Denied):
    """A second factor must be shown anew; the page that shows it comes back."""

    default_code = "second_factor_needed"


def begin_half(request: HttpRequest, account: Account, *, wanted: str, now: WallUs) -> None:
    """The first step succeeded. The browser's session key and CSRF token are new; a login that it had ends."""
    end(request, now=now)
    rotate_token(request)
    request.session[_HALF] = {
        "account": account.username, "at": now, "password": account.get_session_auth_hash(), "next": wanted,
    }  # fmt: skip
    request.session.set_expiry(HALF_S)


def half_of(request: HttpRequest, *, now: WallUs) -> Half | None:
    """Who is half signed in; what is over is forgotten. A clock that went back is as good as five minutes."""
    kept = request.session.get(_HALF)
    if kept is None:
        return None
    account = Account.objects.filter(username=kept["account"]).first()
    stands = account is not None and may_sign_in(account, vietnam_day(now))
    if (
        account is None
        or not stands
        or not 0 <= now - kept["at"] < HALF_S * _US
        or not constant_time_compare(kept["password"], account.get_session_auth_hash())
    ):
        request.session.flush()
        return None
    return Half(account, str(kept["next"]))


def is_fresh(session: LoginSession, *, first: bool = False, now: WallUs) -> bool:
    """Whether a second factor (for the ``first`` one to be added: the password) was shown within ten minutes."""
    shown = session.started_at if first else session.second_factor_at
    return shown is not None and 0 <= now - shown < FRESH_S * _US


def require_fresh(request: HttpRequest, *, first: bool = False, now: WallUs) -> LoginSession:
    """The login session, if ``is_fresh``. Raises StepUpNeeded, or Denied without a login."""
    login = login_of(request)
    if login is None:
        raise Denied("couldn't change second factors: log in first", code="unauthenticated")
    if not is_fresh(login, first=first, now=now):
        raise StepUpNeeded("couldn't change second factors: show one anew", clause="I.1.a-1")
    return login


# -- passkeys


def party_of(request: HttpRequest) -> Party | None:
    """Whom passkeys are for: the public name over HTTPS, or ``localhost``; None where browsers allow none."""
    public = urlsplit(host_settings().web.public_url)
    if public.hostname:
        secure = public.scheme == "https" or public.hostname == "localhost"
        return (
            Party(public.hostname, f"{public.scheme}://{public.netloc}") if secure and _named(public.hostname) else None
        )
    host = request.get_host()
    if host.partition(":")[0] != "localhost":
        return None
    return Party("localhost", f"{request.scheme}://{host}")


def draw_challenge(request: HttpRequest, purpose: str, *, now: WallUs) -> bytes:
    """A challenge for the page that is being made; one drawn before is worth nothing."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    kept = {"value": base64.b64encode(challenge).decode(), "for": purpose, "at": now}
    request.session[_CHALLENGE] = kept
    return challenge


def take_challenge(request: HttpRequest, purpose: str, *, now: WallUs) -> bytes:
    """The challenge, used up hereby. Raises InvalidInput (``passkey``)."""
    kept = request.session.pop(_CHALLENGE, None)
    if kept is None or kept["for"] != purpose or not 0 <= now - kept["at"] < HALF_S * _US:
        raise InvalidInput("couldn't accept the passkey: its challenge is used up; load the page anew", code="passkey")
    request.session.save()  # used up even if what follows fails
    return base64.b64decode(kept["value"])


def _named(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


# -- secrets


def factors_key() -> bytes:
    """The host's key that TOTP secrets are sealed with. Raises Unavailable (``no_key``)."""
    return _read_key(settings.HAIDANG_HOME / CREDENTIALS_KEY)


@lru_cache(maxsize=2)
def _read_key(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable("couldn't open second factors: no key; `haidang init` makes it", code="no_key") from error
