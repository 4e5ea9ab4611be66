"""Accounts as Cedar entities."""

from __future__ import annotations

from haidang.accounts.models import Account
from haidang.core.policy import Entity, Uid

__all__ = ["account_entities", "account_uid", "is_able"]


def account_uid(username: str) -> Uid:
    return Uid("Account", username)


def is_able(account: Account) -> bool:
    """Whether the account may do anything at all: unlocked, of a live unit, with a password of its person's own."""
    return account.is_active and account.unit.is_active and not account.must_change_password


def account_entities(account: Account) -> tuple[Entity, ...]:
    """The account and its unit. A unit's own agency is left out: a grant to an agency is not one to its parts."""
    unit = Uid("Unit", account.unit.slug)
    return Entity(account_uid(account.username), (unit,), (("active", is_able(account)),)), Entity(unit)
