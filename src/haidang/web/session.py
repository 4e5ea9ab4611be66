"""Who speaks in this request: a login session (with its two cookies) or an API token.

Laws: views take ``credential_of(request)``, which the session guard or the API's door has put there; nothing else in a
request says who somebody is. A session that stands before a gate (password, pledge, second factor) is no credential:
the gate's own pages ask ``login_of``.
"""

from __future__ import annotations

from typing import Literal, cast

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse

from haidang.accounts.actions import Arrival, NewSession, end_session, start_session
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, LoginSession
from haidang.accounts.queries import Credential
from haidang.accounts.queries import session_credential as credential_of_session
from haidang.core.errors import Denied
from haidang.core.settings import Settings
from haidang.core.units import WallUs

__all__ = [
    "SESSION_KEY",
    "VIEWER_COOKIE",
    "Gate",
    "begin",
    "credential_of",
    "drop_cookies",
    "end",
    "forget_login",
    "gate_of",
    "host_settings",
    "login_of",
    "put_credential",
    "put_gate",
    "put_login",
    "session_credential",
    "set_viewer_cookie",
]

VIEWER_COOKIE = "hd_viewer"
SESSION_KEY = "login"
_LOGIN, _CREDENTIAL, _GATE = "_haidang_login", "_haidang_credential", "_haidang_gate"
#: What a login must pass before anything else opens, in this order; "" when it has. The API's code of the refusal.
Gate = Literal["", "must_change_password", "pledge_needed", "second_factor_needed"]


def host_settings() -> Settings:
    """``haidang.toml`` of this host."""
    return settings.HAIDANG_SETTINGS


def put_login(request: HttpRequest, login: LoginSession) -> None:
    setattr(request, _LOGIN, login)
    request.user = login.account


def forget_login(request: HttpRequest) -> None:
    """For this request's answer: show nobody (an error page that must not read the database)."""
    setattr(request, _LOGIN, None)


def login_of(request: HttpRequest) -> LoginSession | None:
    """The login session that the guard found good."""
    return cast("LoginSession | None", getattr(request, _LOGIN, None))


def put_gate(request: HttpRequest, gate: Gate) -> None:
    setattr(request, _GATE, gate)


def gate_of(request: HttpRequest) -> Gate:
    """Before which gate the login session stands."""
    return cast("Gate", getattr(request, _GATE, ""))


def put_credential(request: HttpRequest, credential: Credential) -> None:
    setattr(request, _CREDENTIAL, credential)


def session_credential(request: HttpRequest) -> Credential | None:
    """The login session as a credential. Raises Denied (the gate's code) before a gate."""
    login = login_of(request)
    if login is None:
        return None
    gate = gate_of(request)
    if gate:
        raise Denied("couldn't answer: the sign-in is not complete", code=gate)
    return credential_of_session(login, idle_s=host_settings().web.session_idle_s)


def credential_of(request: HttpRequest) -> Credential:
    """Who speaks; raises Denied (``unauthenticated``) if nobody does."""
    credential = cast("Credential | None", getattr(request, _CREDENTIAL, None)) or session_credential(request)
    if credential is None:
        raise Denied("couldn't answer: log in first", code="unauthenticated")
    return credential


def begin(
    request: HttpRequest, account: Account, *, now: WallUs, arrival: Arrival | None = None, second_factor: str = ""
) -> NewSession:
    """Log in: a new session key (never the one the browser came with), a new CSRF token, a login before it ended.

    ``second_factor`` is the kind that was shown. The response must still set the cookies.
    """
    end(request, now=now)
    auth.login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    new = start_session(account, now=now, arrival=arrival, second_factor=second_factor)
    request.session[SESSION_KEY] = new.name
    return new


def set_viewer_cookie(response: HttpResponse, viewer: str) -> None:
    response.set_cookie(
        VIEWER_COOKIE, viewer, httponly=True, samesite="Strict", secure=settings.SESSION_COOKIE_SECURE, path="/"
    )


def end(request: HttpRequest, *, now: WallUs) -> None:
    """Log out and begin with an empty session; the response must still ``drop_cookies``."""
    login = login_of(request)
    if login is not None:
        end_session(login, reason="logout", actor=str(account_uid(login.account.username)), now=now)
        setattr(request, _LOGIN, None)
    auth.logout(request)


def drop_cookies(response: HttpResponse) -> None:
    response.delete_cookie(VIEWER_COOKIE, samesite="Strict")
