"""Passwords are checked few at a time, and guesses at them and at second factors are counted.

Laws: by name and address (django-axes), a wrong code like a wrong password; codes by account as well, from wherever
they come, for who guesses codes has the password and may have many addresses. A name is counted under its keyed hash,
for people type passwords into the field of the name. Checking a password takes 100 MB and a core for a while, from
whoever asks: ``HASHES`` at a time, ``SEATS`` with those who wait, and the rest are told to come again, so that a flood
of logins leaves threads and memory to those who watch.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from haidang.accounts.actions import record_failed_factor, record_failed_login
from haidang.accounts.actions.alert import raise_alert
from haidang.accounts.models import Account
from haidang.accounts.queries import wrong_codes
from haidang.core.errors import Unavailable
from haidang.core.units import WallUs

__all__ = [
    "CODES",
    "CODES_WINDOW_S",
    "HASHES",
    "SEATS",
    "code_failed",
    "codes_locked",
    "counted_name",
    "failed",
    "password_seat",
]

HASHES, SEATS = 2, 4
#: Wrong codes of an account from all addresses within the window, before none is looked at: a chance of 60 in a
#: million a day for who has the password. Passkeys cannot be guessed and stay.
CODES, CODES_WINDOW_S = 20, 86_400
_hashes, _seats = threading.BoundedSemaphore(HASHES), threading.BoundedSemaphore(SEATS)


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What the name of an attempt is counted under; the settings name this function."""
    name = str((credentials or {}).get("username") or request.POST.get("username") or "")
    return salted_hmac("haidang.web.lockout", name.strip().lower(), algorithm="sha256").hexdigest()


def failed(request: HttpRequest, username: str, *, now: WallUs) -> bool:
    """Leave an entry of a guess that failed; whether the name is locked at this address now."""
    locked = not AxesProxyHandler.is_allowed(request, {"username": username})
    record_failed_login(username, locked=locked, now=now)
    return locked


def codes_locked(request: HttpRequest, account: Account, kind: str, *, now: WallUs) -> bool:
    """Whether no second factor of this kind is looked at now: too many wrong from here, or too many codes anywhere."""
    if not AxesProxyHandler.is_allowed(request, {"username": account.username}):
        return True
    return kind != "passkey" and wrong_codes(account, around=now, within_s=CODES_WINDOW_S) >= CODES


def code_failed(request: HttpRequest, account: Account, kind: str, *, now: WallUs) -> bool:
    """Count a second factor that was none and leave an entry; whether the account is locked here now."""
    user_login_failed.send(__name__, credentials={"username": account.username}, request=request)
    here = not AxesProxyHandler.is_allowed(request, {"username": account.username})
    record_failed_factor(account, kind=kind, locked=here, now=now)
    locked = here or codes_locked(request, account, kind, now=now)
    if locked:
        raise_alert(account, "locked_out", audience="managers", now=now)
    return locked


@contextmanager
def password_seat() -> Iterator[None]:
    """Where a password may be checked. Raises Unavailable (``busy``) when too many are."""
    if not _seats.acquire(blocking=False):
        raise Unavailable("couldn't check the password: too many are being checked", code="busy")
    try:
        with _hashes:
            yield
    finally:
        _seats.release()
