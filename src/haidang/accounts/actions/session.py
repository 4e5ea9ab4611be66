"""Logins and API tokens: begun and ended."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, ApiToken, LoginSession
from haidang.accounts.queries import secret_sha256
from haidang.audit.actions import record
from haidang.core.units import WallUs

__all__ = [
    "NewSession",
    "NewToken",
    "create_token",
    "end_session",
    "end_token",
    "record_failed_login",
    "start_session",
    "touch_session",
]

Draw = Callable[[int], bytes]
TOKEN_PREFIX = "hdt_"  # noqa: S105 - tells secret scanners and people what the text is


@dataclass(frozen=True, slots=True)
class NewSession:
    """``viewer`` is the value of the ``hd_viewer`` cookie, known to the browser alone."""

    name: str
    viewer: str


@dataclass(frozen=True, slots=True)
class NewToken:
    name: str
    token: str


@transaction.atomic
def start_session(account: Account, *, now: WallUs, draw: Draw = secrets.token_bytes) -> NewSession:
    """A login that succeeded."""
    new = NewSession(name=f"s-{_text(draw(12))}", viewer=_text(draw(32)))
    LoginSession.objects.create(
        name=new.name, account=account, started_at=now, seen_at=now, viewer_sha256=secret_sha256(new.viewer)
    )
    uid = str(account_uid(account.username))
    record(now=now, actor=uid, action="login", resource=uid, decision="allow", facts={"session": new.name})
    return new


@transaction.atomic
def record_failed_login(username: str, *, locked: bool, now: WallUs) -> None:
    """A login that failed. A name that is no account's is not kept: people type passwords there."""
    known = Account.objects.filter(username=username).exists()
    resource = str(account_uid(username if known else "?"))
    record(now=now, actor="", action="login", resource=resource, decision="deny", facts={"locked": locked})


@transaction.atomic
def touch_session(session: LoginSession, *, now: WallUs) -> None:
    """It was used: its idle time starts anew. No entry: every request that matters has its own."""
    LoginSession.objects.filter(pk=session.pk, ended_at=None).update(seen_at=now)


@transaction.atomic
def end_session(session: LoginSession, *, reason: str, actor: str, now: WallUs) -> None:
    """End a login; ended already is what was wanted."""
    if LoginSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=now, end_reason=reason):
        record(
            now=now, actor=actor, action="logout", resource=str(account_uid(session.account.username)),
            facts={"session": session.name, "reason": reason},
        )  # fmt: skip


@transaction.atomic
def create_token(
    account: Account, *, label: str = "", expires_at: WallUs | None = None, now: WallUs, actor: str = "",
    draw: Draw = secrets.token_bytes,
) -> NewToken:  # fmt: skip
    """A new API token, told here and nowhere else."""
    new = NewToken(name=f"t-{_text(draw(12))}", token=TOKEN_PREFIX + _text(draw(32)))
    ApiToken.objects.create(
        name=new.name, account=account, label=label[:100], token_sha256=secret_sha256(new.token), created_at=now,
        expires_at=expires_at,
    )  # fmt: skip
    record(
        now=now, actor=actor, action="create_token", resource=str(account_uid(account.username)),
        facts={"token": new.name},
    )  # fmt: skip
    return new


@transaction.atomic
def end_token(token: ApiToken, *, actor: str, now: WallUs) -> None:
    """End an API token; its running streams end at their next check."""
    if ApiToken.objects.filter(pk=token.pk, ended_at=None).update(ended_at=now):
        record(
            now=now, actor=actor, action="end_token", resource=str(account_uid(token.account.username)),
            facts={"token": token.name},
        )  # fmt: skip


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
