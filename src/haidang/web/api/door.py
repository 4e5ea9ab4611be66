"""Who may call the API: a bearer token, or a login session whose page sends the CSRF token."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from haidang.accounts.authority import vietnam_day
from haidang.accounts.entities import is_able
from haidang.accounts.queries import Credential, credential_of_token
from haidang.core.errors import Denied
from haidang.host.clock import wall_clock
from haidang.web.session import put_credential, session_credential

__all__ = ["LogDoor", "SessionDoor", "TokenDoor"]


class TokenDoor(HttpBearer):
    """``Authorization: Bearer hdt_…``. A token that is no good is refused, whatever cookies came along."""

    def authenticate(self, request: HttpRequest, token: str) -> Credential:
        credential = credential_of_token(token, now=wall_clock())
        if credential is None:
            raise Denied("couldn't accept the token: unknown, ended or expired", code="unauthenticated")
        return _let_in(request, credential)


class LogDoor(HttpBearer):
    """A token that was made for the logs (``haidang account token NAME --for log``), and no other.

    It is a machine's, made on the host for one that may read them, and opens no row about a person: so it stands for
    the second factor that a page asks of people.
    """

    def authenticate(self, request: HttpRequest, token: str) -> Credential:
        credential = credential_of_token(token, now=wall_clock(), scope="log")
        if credential is None:
            raise Denied("couldn't accept the token: not one for the log, ended or expired", code="unauthenticated")
        return _let_in(request, replace(credential, second_factor=True))


class SessionDoor(APIKeyCookie):
    """The login session that the guard found good; ninja checks the CSRF token of unsafe methods."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Credential | None:  # noqa: ARG002 - the guard read it
        credential = session_credential(request)
        return None if credential is None else _let_in(request, credential)


def _let_in(request: HttpRequest, credential: Credential) -> Credential:
    account = credential.account
    if account.must_change_password:
        raise Denied("couldn't answer: the password must be changed first", code="must_change_password")
    if not is_able(account, vietnam_day(wall_clock())):
        raise Denied("couldn't answer: the account is locked", code="unauthenticated")
    put_credential(request, credential)
    return credential
