"""``haidang account`` as plain functions: the host makes, locks, ends, lists accounts. Importing this sets Django up.

The host acts as nobody (``actor`` ""): what it widens, the managers are told of (docs/guide/threats.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings

import haidang.config.ready  # noqa: F401 - sets Django up before models are imported

# isort: split

from haidang.accounts import actions as accounts
from haidang.accounts.actions.account import check_focal_person
from haidang.accounts.authority import SYSTEM, authorise
from haidang.accounts.models import ApiToken
from haidang.accounts.people import PersonLine, Standing, people, unit_named, unused
from haidang.accounts.queries import account_named, identities_of
from haidang.core.errors import Conflict, Denied, InvalidInput, NotFound
from haidang.core.units import VIETNAM, WallUs, to_datetime
from haidang.host.clock import wall_clock

__all__ = [
    "AccountLine",
    "NewAccount",
    "add_account",
    "create_token",
    "end_token",
    "link_identity",
    "list_accounts",
    "lock_account",
    "name_focal_person",
    "new_token",
    "reset_password",
    "set_expiry",
    "unlink_identity",
    "unlock_account",
]


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Shown once: the password is nowhere in clear."""

    account: str
    unit: str
    password: str


@dataclass(frozen=True, slots=True)
class AccountLine:
    """``used_at`` RFC 3339 in GMT+7, "" if never; ``tokens``: names of the live ones."""

    account: str
    unit: str
    name: str
    position: str
    state: Standing
    active: bool
    manager: bool
    must_change_password: bool
    expires_on: str
    used_at: str
    tokens: tuple[str, ...]


def add_account(
    username: str,
    unit: str,
    *,
    display_name: str = "",
    position: str = "",
    document: str = "",
    manager: bool = False,
) -> NewAccount:
    """A new account with a generated password that its person must change at first login."""
    account, password = accounts.add_account(
        username, unit, display_name=display_name, position=position, document=document, manager=manager,
        now=wall_clock(),
    )  # fmt: skip
    return NewAccount(account.username, unit, password)


def create_token(username: str, *, label: str = "", days: int | None = None) -> str:
    """A new API token of an account, in clear, once."""
    return new_token(username, label=label, days=days)[1]


def new_token(username: str, *, label: str = "", days: int | None = None, scope: str = "") -> tuple[str, str]:
    """The same with its name, by which it is ended. ``scope`` "log": for the supervisor's mirror, it opens the logs."""
    if days is not None and not 1 <= days <= 3660:
        raise InvalidInput(f"couldn't use {days} days: takes 1 to 3660", code="invalid_days")
    now = wall_clock()
    expires_at = None if days is None else WallUs(now + days * 86_400_000_000)
    account = account_named(username)
    if scope == "log" and not authorise(account, "read_access_log", SYSTEM, now=now, second_factor=True).allowed:
        raise Denied(f"couldn't make the token: {username} may not read the log (II.2.a)", code="not_granted")
    new = accounts.create_token(account, label=label, expires_at=expires_at, scope=scope, now=now)
    return new.name, new.token


def end_token(name: str) -> None:
    """End a token by its public name; what it runs ends."""
    token = ApiToken.objects.filter(name=name).first()
    if token is None:
        raise NotFound(f"couldn't find token {name!r}: `haidang account list` names them", code="unknown_token")
    accounts.end_token(token, actor="", now=wall_clock())


def lock_account(username: str, *, reason: str = "") -> None:
    """Lock an account; its sessions, tokens and running streams end."""
    accounts.lock_account(account_named(username), reason=reason, now=wall_clock())


def unlock_account(username: str) -> None:
    """Let it in again; the managers are told."""
    accounts.unlock_account(account_named(username), now=wall_clock())


def set_expiry(username: str, day: str) -> None:
    """The last day it may be used (YYYY-MM-DD); "never" takes the end away."""
    try:
        last_day = None if day == "never" else date.fromisoformat(day)
    except ValueError as error:
        raise InvalidInput(f"couldn't use {day!r} as a day: YYYY-MM-DD or never", code="invalid_day") from error
    accounts.set_expiry(account_named(username), last_day, now=wall_clock())


def reset_password(username: str) -> NewAccount:
    """A new generated password for who lost theirs; the managers are told."""
    account = account_named(username)
    if account.kind != "person":
        raise NotFound(f"couldn't reset {username!r}: no person's account", code="unknown_account")
    if account.confirmed_at is None:
        raise Conflict(f"couldn't reset {username}: nobody has confirmed it yet", code="account_unconfirmed")
    check_focal_person(account.unit)
    return NewAccount(username, account.unit.slug, accounts.reset_password(account, now=wall_clock()))


def name_focal_person(unit: str, *, name: str, document: str, position: str = "", phone: str = "") -> None:
    """Who receives the unit's account from now on (II.5); the passwords of the person before are worth nothing."""
    accounts.name_focal_person(
        unit_named(unit), name=name, document=document, position=position, phone=phone, by=None, now=wall_clock()
    )


def link_identity(username: str, provider: str, subject: str) -> None:
    """Who is ``subject`` at the organisation's own sign-in may sign in to this account; the managers are told."""
    known = [each.slug for each in settings.HAIDANG_SETTINGS.oidc]
    if provider not in known:
        raise NotFound(
            f"couldn't link to {provider!r}: haidang.toml names {', '.join(known) or 'no [oidc.<slug>]'}",
            code="unknown_provider",
        )
    accounts.link_identity(account_named(username), provider, subject, now=wall_clock())


def unlink_identity(username: str, provider: str) -> None:
    """It opens the account no more."""
    identity = identities_of(account_named(username)).get(provider)
    if identity is None:
        raise NotFound(f"couldn't unlink {username}: no identity at {provider!r}", code="unknown_identity")
    accounts.unlink_identity(identity, now=wall_clock())


def list_accounts(*, unit: str = "", unused_days: int | None = None) -> list[AccountLine]:
    """Every person's account by unit (of one unit); or those that nobody used for so many days."""
    now, of_unit = wall_clock(), unit_named(unit) if unit else None
    if unused_days is not None and unused_days < 1:
        raise InvalidInput(f"couldn't use {unused_days} days: takes 1 and more", code="invalid_days")
    lines = people(now=now, unit=of_unit) if unused_days is None else unused(unused_days, now=now, unit=of_unit)
    tokens: dict[int, list[str]] = {}
    for token in ApiToken.objects.filter(ended_at=None).order_by("pk"):
        if token.expires_at is None or token.expires_at > now:
            tokens.setdefault(token.account_id, []).append(token.name)
    return [_line(line, tuple(tokens.get(line.account.pk, ()))) for line in lines]


def _line(line: PersonLine, tokens: tuple[str, ...]) -> AccountLine:
    account = line.account
    used = "" if line.used_at is None else to_datetime(line.used_at).astimezone(VIETNAM).isoformat(timespec="seconds")
    return AccountLine(
        account=account.username,
        unit=account.unit.slug,
        name=account.display_name,
        position=account.position,
        state=line.standing,
        active=account.is_active,
        manager=account.is_manager,
        must_change_password=account.must_change_password,
        expires_on="" if account.expires_on is None else account.expires_on.isoformat(),
        used_at=used,
        tokens=tokens,
    )
