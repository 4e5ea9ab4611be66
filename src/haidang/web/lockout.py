"""Passwords are checked few at a time, and guesses at them are counted by name and address (django-axes).

Laws: a name is counted under its keyed hash, for people type passwords into the field of the name. Checking takes
100 MB and a core for a while, from whoever asks: ``HASHES`` at a time, ``SEATS`` with those who wait, and the rest are
told to come again, so that a flood of logins leaves threads and memory to those who watch.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from haidang.accounts.actions import record_failed_login
from haidang.core.errors import Unavailable
from haidang.core.units import WallUs

__all__ = ["HASHES", "SEATS", "counted_name", "failed", "password_seat"]

HASHES, SEATS = 2, 4
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
