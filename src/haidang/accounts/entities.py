"""Accounts as Cedar entities, and whether they may do anything at all on a day."""

from __future__ import annotations

from datetime import date

from haidang.accounts.models import Account, Unit
from haidang.core.policy import Entity, Uid

__all__ = [
    "account_entities",
    "account_uid",
    "in_being",
    "is_able",
    "may_sign_in",
    "principal_entities",
    "unit_uid",
    "username_in",
]


def account_uid(username: str) -> Uid:
    return Uid("Account", username)


def username_in(uid: str) -> str:
    """The account that an entry's UID names; what names none comes back as it is."""
    return uid.removeprefix('Account::"').removesuffix('"')


def unit_uid(slug: str) -> Uid:
    return Uid("Unit", slug)


def in_being(unit: Unit, on: date) -> bool:
    """Whether the unit exists on that day and nobody has switched it off."""
    begun = unit.valid_from is None or unit.valid_from <= on
    return unit.is_active and begun and (unit.valid_to is None or on <= unit.valid_to)


def may_sign_in(account: Account, on: date) -> bool:
    """Confirmed, unlocked, not expired, of a unit in being."""
    return account.is_active and (account.expires_on is None or on <= account.expires_on) and in_being(account.unit, on)


def is_able(account: Account, on: date) -> bool:
    """Whether the account may do anything at all: it may sign in, with a password of its person's own."""
    return may_sign_in(account, on) and not account.must_change_password


def account_entities(account: Account, on: date) -> tuple[Entity, ...]:
    """The account and its unit as they are now, on a day of their validity."""
    return principal_entities(
        account.username, account.unit.slug, active=is_able(account, on), manager=account.is_manager,
        terminal=account.kind == "terminal",
    )  # fmt: skip


def principal_entities(
    username: str, unit: str, *, active: bool, manager: bool = False, terminal: bool = False
) -> tuple[Entity, ...]:
    """An account in a unit. A unit's own agency is left out: a grant to an agency is not one to its parts."""
    uid = unit_uid(unit)
    attributes = (("active", active), ("manager", manager), ("terminal", terminal))
    return Entity(account_uid(username), (uid,), attributes), Entity(uid)
