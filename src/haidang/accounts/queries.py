"""Reads of accounts: who is it, is this login or token still good, what rights does a unit hold and until when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from haidang.accounts.authority import vietnam_day
from haidang.accounts.entities import account_uid
from haidang.accounts.models import (
    Account,
    Alert,
    ApiToken,
    Device,
    ExternalIdentity,
    Grant,
    LoginSession,
    Purpose,
    SecondFactor,
)
from haidang.audit.models import Entry
from haidang.core.errors import NotFound
from haidang.core.policy import SECOND_FACTOR_ROLES
from haidang.core.units import VIETNAM, WallUs, from_datetime

__all__ = [
    "Credential",
    "account_named",
    "credential_of_token",
    "devices_of",
    "factors_of",
    "grants_end",
    "grants_of",
    "identities_of",
    "identity_of",
    "live_credentials",
    "live_session",
    "needs_second_factor",
    "own_alerts",
    "purposes_by_slug",
    "recovery_codes_left",
    "secret_sha256",
    "session_credential",
    "sessions_of",
    "tokens_of",
    "wrong_codes",
]


@dataclass(frozen=True, slots=True)
class Credential:
    """By what an account speaks: the public name of its login session or API token, and until when that is good."""

    name: str
    account: Account
    ends_at: WallUs
    #: SHA-256 of the cookie that must accompany tickets; "" for tokens.
    viewer_sha256: str = ""
    #: Whether a second factor was shown in this session; a token never shows one.
    second_factor: bool = False


#: For tokens without an end: tickets need a number (year 2200).
FAR = WallUs(7_258_118_400_000_000)


def secret_sha256(secret: str) -> str:
    """How tokens and viewer cookies are stored: they are long and random, so a plain hash cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


def account_named(username: str) -> Account:
    account = Account.objects.filter(username=username).first()
    if account is None:
        raise NotFound(f"couldn't find account {username!r}: `haidang account list` shows them", code="unknown_account")
    return account


def live_session(name: str, *, now: WallUs, idle_s: int) -> LoginSession | None:
    """The login session, if it has neither ended nor been idle too long."""
    session = LoginSession.objects.select_related("account__unit").filter(name=name, ended_at=None).first()
    if session is None or not is_fresh(session.seen_at, now=now, idle_s=idle_s):
        return None
    return session


def is_fresh(seen_at: int, *, now: WallUs, idle_s: int) -> bool:
    """Whether a session seen then goes on: idle for less, and not of a future that the clock has left again."""
    return abs(now - seen_at) < idle_s * 1_000_000


def session_credential(session: LoginSession, *, idle_s: int) -> Credential:
    """The login session as a credential."""
    return Credential(
        session.name, session.account, WallUs(session.seen_at + idle_s * 1_000_000), session.viewer_sha256,
        second_factor=session.second_factor_at is not None,
    )  # fmt: skip


def credential_of_token(token: str, *, now: WallUs, scope: str = "") -> Credential | None:
    """Who speaks with this API token; None if nobody (any more), or if it was made to open something else."""
    rows = ApiToken.objects.select_related("account__unit").filter(token_sha256=secret_sha256(token), scope=scope)
    row = rows.first()
    if row is None or row.ended_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return Credential(row.name, row.account, WallUs(row.expires_at) if row.expires_at is not None else FAR)


def live_credentials(names: Iterable[str], *, now: WallUs, idle_s: int) -> dict[str, Credential]:
    """Of these public names, the login sessions and tokens that are still good (two queries)."""
    wanted = set(names)
    sessions = LoginSession.objects.select_related("account__unit").filter(name__in=wanted, ended_at=None)
    tokens = ApiToken.objects.select_related("account__unit").filter(name__in=wanted, ended_at=None)
    fresh = [row for row in sessions if is_fresh(row.seen_at, now=now, idle_s=idle_s)]
    live = {row.name: session_credential(row, idle_s=idle_s) for row in fresh}
    for row in tokens:
        if row.expires_at is None or row.expires_at > now:
            live[row.name] = Credential(row.name, row.account, WallUs(row.expires_at or FAR))
    return live


def grants_of(account: Account, *, now: WallUs) -> list[Grant]:
    """The grants of the account's unit that hold today, in the set's order."""
    today = vietnam_day(now)
    grants = Grant.objects.filter(unit_id=account.unit_id, valid_from__lte=today).order_by("pk")
    return [grant for grant in grants if grant.valid_to is None or today <= grant.valid_to]


def grants_end(policies: Iterable[str]) -> WallUs:
    """When the last of the grants behind a decision ends: midnight in GMT+7 after its last day."""
    ends = []
    for valid_to in Grant.objects.filter(policy_id__in=list(policies)).values_list("valid_to", flat=True):
        if valid_to is None:
            return FAR
        ends.append(from_datetime(datetime.combine(valid_to + timedelta(days=1), time(), VIETNAM)))
    return max(ends, default=FAR)


def purposes_by_slug() -> dict[str, Purpose]:
    return {purpose.slug: purpose for purpose in Purpose.objects.all()}


def sessions_of(account: Account, *, now: WallUs, idle_s: int) -> list[LoginSession]:
    """The account's live sessions, newest first."""
    rows = LoginSession.objects.select_related("device").filter(account=account, ended_at=None)
    return [row for row in rows.order_by("-started_at") if is_fresh(row.seen_at, now=now, idle_s=idle_s)]


def tokens_of(account: Account, *, now: WallUs) -> list[ApiToken]:
    """The account's live API tokens, newest first."""
    rows = ApiToken.objects.filter(account=account, ended_at=None).order_by("-created_at")
    return [row for row in rows if row.expires_at is None or row.expires_at > now]


def needs_second_factor(account: Account) -> bool:
    """Whether the account's unit has a role whose people must show a second factor (I.1.a-1)."""
    return account.kind == "person" and account.unit.role in SECOND_FACTOR_ROLES


def factors_of(account: Account) -> list[SecondFactor]:
    """The account's second factors in use. Recovery codes are none: they stand in for one."""
    return list(SecondFactor.objects.filter(account=account, ended_at=None).exclude(kind="recovery"))


def recovery_codes_left(account: Account) -> int:
    rows = SecondFactor.objects.filter(account=account, ended_at=None, kind="recovery")
    return sum(len(row.codes_sha256) for row in rows)


def devices_of(account: Account) -> list[Device]:
    """The devices that the account came from, the latest first."""
    return list(Device.objects.filter(account=account).order_by("-last_seen_at", "-pk"))


def identity_of(provider: str, subject: str) -> ExternalIdentity | None:
    """The link of a person of an organisation's own sign-in to an account here."""
    rows = ExternalIdentity.objects.select_related("account__unit")
    return rows.filter(provider=provider, subject=subject, ended_at=None).first()


def identities_of(account: Account) -> dict[str, ExternalIdentity]:
    """The account's links, by provider."""
    return {row.provider: row for row in ExternalIdentity.objects.filter(account=account, ended_at=None)}


def own_alerts(account: Account, *, since: WallUs) -> list[Alert]:
    """What the person has to be told and has not taken note of, newest first."""
    return list(Alert.objects.filter(account=account, audience="person", at__gte=since).exclude(seen__by=account))


def wrong_codes(account: Account, *, around: WallUs, within_s: int) -> int:
    """How many codes of the account were wrong lately, from everywhere. A clock that was set back hides none."""
    uid, reach = str(account_uid(account.username)), within_s * 1_000_000
    near = Entry.objects.filter(resource=uid, at__gt=around - reach, at__lt=around + reach)
    return near.filter(action="show_second_factor", decision="deny").exclude(facts__kind="passkey").count()
