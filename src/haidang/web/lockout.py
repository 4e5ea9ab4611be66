"""Guesses at passwords are counted by name and address (django-axes), wherever a password is asked for.

Law: a name is counted under its keyed hash: people type passwords into the field of the name.
"""

from __future__ import annotations

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from haidang.accounts.actions import record_failed_login
from haidang.core.units import WallUs

__all__ = ["counted_name", "failed"]


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What the name of an attempt is counted under; the settings name this function."""
    name = str((credentials or {}).get("username") or request.POST.get("username") or "")
    return salted_hmac("haidang.web.lockout", name.strip().lower(), algorithm="sha256").hexdigest()


def failed(request: HttpRequest, username: str, *, now: WallUs) -> bool:
    """Leave an entry of a guess that failed; whether the name is locked at this address now."""
    locked = not AxesProxyHandler.is_allowed(request, {"username": username})
    record_failed_login(username, locked=locked, now=now)
    return locked
