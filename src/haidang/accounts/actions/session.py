"""Logins, the devices they come from, API tokens: begun and ended.

Laws: addresses and what browsers call themselves are kept with sessions, devices and alerts, never in an entry. A
unit's choice of one session an account is kept here, in the transaction that begins the new one.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from haidang.accounts.actions.alert import raise_alert
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, ApiToken, Device, LoginSession
from haidang.accounts.queries import devices_of, factors_of, secret_sha256
from haidang.accounts.sharing import signs
from haidang.audit.actions import Fact, record
from haidang.core.errors import Conflict
from haidang.core.units import WallUs

__all__ = [
    "Arrival",
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
class Arrival:
    """Where a login comes from: the browser's ``hd_device`` cookie ("" without), what it calls itself, its address."""

    device: str = ""
    label: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class NewSession:
    """``viewer`` and ``device`` are values of cookies, known to the browser alone; ``device`` "" without an arrival."""

    name: str
    viewer: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class NewToken:
    name: str
    token: str


@transaction.atomic
def start_session(
    account: Account, *, now: WallUs, arrival: Arrival | None = None, second_factor: str = "",
    draw: Draw = secrets.token_bytes,
) -> NewSession:  # fmt: skip
    """A login that succeeded; ``second_factor`` is the kind that was shown, "" if none was.

    The account's row is held: of two logins at once in a unit of single sessions, one stays. Raises Conflict
    (``login_overtaken``) if since its first step the password was changed or its first second factor set up.
    """
    held = Account.objects.select_related(None).select_for_update().get(pk=account.pk)
    if held.password != account.password or (not second_factor and factors_of(held)):
        raise Conflict("couldn't sign in: the account has changed meanwhile; sign in anew", code="login_overtaken")
    name, viewer = f"s-{_text(draw(12))}", _text(draw(32))
    device, cookie = (None, "") if arrival is None else _device(account, arrival, now, draw)
    if account.unit.single_session:
        LoginSession.objects.filter(account=account, ended_at=None).update(ended_at=now, end_reason="elsewhere")
    LoginSession.objects.create(
        name=name, account=account, started_at=now, seen_at=now, viewer_sha256=secret_sha256(viewer), device=device,
        second_factor_at=now if second_factor else None, address="" if arrival is None else arrival.address[:45],
    )  # fmt: skip
    uid = str(account_uid(account.username))
    facts: dict[str, Fact] = {"session": name, **({"second_factor": second_factor} if second_factor else {})}
    record(now=now, actor=uid, action="login", resource=uid, decision="allow", facts=facts)
    _look_for_signs(account, now)
    return NewSession(name, viewer, cookie)


def _device(account: Account, arrival: Arrival, now: WallUs, draw: Draw) -> tuple[Device, str]:
    """The device and its cookie. A cookie that we did not give is not taken up: another is drawn."""
    given = secret_sha256(arrival.device)
    known = bool(arrival.device) and Device.objects.filter(device_sha256=given).exists()
    cookie = arrival.device if known else _text(draw(32))
    others = Device.objects.filter(account=account).exists()
    device, is_new = Device.objects.update_or_create(
        account=account, device_sha256=secret_sha256(cookie),
        defaults={"label": arrival.label[:100], "last_seen_at": now}, create_defaults={
            "label": arrival.label[:100], "first_seen_at": now, "last_seen_at": now,
        },
    )  # fmt: skip
    if is_new and others:
        facts = {"device": arrival.label[:100], "address": arrival.address[:45]}
        raise_alert(account, "new_device", audience="person", now=now, facts=facts, once_within_s=0)
    return device, cookie


def _look_for_signs(account: Account, now: WallUs) -> None:
    """Tell the managers, at most once a day of each kind."""
    sessions = LoginSession.objects.filter(account=account, ended_at=None)
    for sign in signs(sessions, devices_of(account), now):
        raise_alert(account, sign.kind, audience="managers", now=now, facts=sign.facts)


@transaction.atomic
def record_failed_login(username: str, *, locked: bool, now: WallUs) -> None:
    """A login that failed. A name that is no account's is not kept: people type passwords there.

    The managers of one that is locked thereby are told.
    """
    account = Account.objects.filter(username=username).first()
    resource = str(account_uid(username if account is not None else "?"))
    if locked and account is not None:
        raise_alert(account, "locked_out", audience="managers", now=now)
    record(now=now, actor="", action="login", resource=resource, decision="deny", facts={"locked": locked})


@transaction.atomic
def touch_session(session: LoginSession, *, now: WallUs) -> None:
    """It was used: its idle time starts anew. No entry: every request that matters has its own."""
    LoginSession.objects.filter(pk=session.pk, ended_at=None).update(seen_at=now)
    if session.device_id is not None:
        Device.objects.filter(pk=session.device_id).update(last_seen_at=now)
        _look_for_signs(session.account, now)


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
    scope: str = "", draw: Draw = secrets.token_bytes,
) -> NewToken:  # fmt: skip
    """A new API token, told here and nowhere else. ``scope``: all that it opens ("log"); "" as the account may."""
    new = NewToken(name=f"t-{_text(draw(12))}", token=TOKEN_PREFIX + _text(draw(32)))
    ApiToken.objects.create(
        name=new.name, account=account, label=label[:100], token_sha256=secret_sha256(new.token), created_at=now,
        expires_at=expires_at, scope=scope,
    )  # fmt: skip
    record(
        now=now, actor=actor, action="create_token", resource=str(account_uid(account.username)),
        facts={"token": new.name, **({"scope": scope} if scope else {})},
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
