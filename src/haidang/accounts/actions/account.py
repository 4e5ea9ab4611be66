"""Accounts and units: made, locked, unlocked; passwords changed."""

from __future__ import annotations

from django.db import transaction

from haidang.accounts.actions.own import keep_password_before
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, LoginSession, Unit
from haidang.accounts.passwords import draw_password
from haidang.audit.actions import record
from haidang.core.errors import Conflict, NotFound
from haidang.core.layout import check_slug
from haidang.core.units import WallUs

__all__ = ["add_account", "lock_account", "reset_password", "set_unit_active", "unlock_account"]


@transaction.atomic
def add_account(
    username: str, unit: str, *, now: WallUs, actor: str = "", display_name: str = "", must_change_password: bool = True
) -> tuple[Account, str]:
    """A new account with a drawn password, which is told here and nowhere else."""
    check_slug(username, "an account name")
    row = Unit.objects.filter(slug=unit).first()
    if row is None:
        raise NotFound(f"couldn't add the account: no unit is called {unit!r}", code="unknown_unit")
    if Account.objects.filter(username=username).exists():
        raise Conflict(f"couldn't add the account: {username} exists", code="account_exists")
    password = draw_password()
    account = Account(
        username=username, unit=row, display_name=display_name[:100], must_change_password=must_change_password,
        created_at=now,
    )  # fmt: skip
    account.set_password(password)
    account.save()
    record(
        now=now, actor=actor, action="add_account", resource=str(account_uid(username)), facts={"unit": unit},
    )  # fmt: skip
    return account, password


@transaction.atomic
def reset_password(account: Account, *, now: WallUs, actor: str = "", must_change_password: bool = True) -> str:
    """A new drawn password for a person who lost theirs; told here and nowhere else. The account's sessions end."""
    password = draw_password()
    keep_password_before(account, now=now)
    account.set_password(password)
    account.must_change_password = must_change_password
    account.save(update_fields=["password", "must_change_password"])
    _end_sessions(now, "password_changed", account=account)
    record(now=now, actor=actor, action="reset_password", resource=str(account_uid(account.username)))
    return password


@transaction.atomic
def lock_account(account: Account, *, now: WallUs, actor: str = "", reason: str = "") -> None:
    """Lock it: its sessions end here, its tokens and running streams at their next check."""
    Account.objects.filter(pk=account.pk).update(is_active=False)
    _end_sessions(now, "account_locked", account=account)
    record(
        now=now, actor=actor, action="lock_account", resource=str(account_uid(account.username)),
        facts={"reason": reason[:100]},
    )  # fmt: skip


@transaction.atomic
def unlock_account(account: Account, *, now: WallUs, actor: str = "") -> None:
    """Unlock it; its person logs in anew."""
    Account.objects.filter(pk=account.pk).update(is_active=True)
    record(now=now, actor=actor, action="unlock_account", resource=str(account_uid(account.username)))


@transaction.atomic
def set_unit_active(unit: Unit, *, active: bool, now: WallUs, actor: str = "") -> None:
    """Switch a unit off (all its people at once, sessions and running streams included) or on."""
    Unit.objects.filter(pk=unit.pk).update(is_active=active)
    if not active:
        _end_sessions(now, "unit_inactive", account__unit=unit)
    record(now=now, actor=actor, action="set_unit_active", resource=f'Unit::"{unit.slug}"', facts={"active": active})


def _end_sessions(now: WallUs, reason: str, **whose: Account | Unit) -> None:
    LoginSession.objects.filter(ended_at=None, **whose).update(ended_at=now, end_reason=reason)
