"""Accounts: made by the host, locked, unlocked, ended on a day, signed out; passwords drawn anew.

These functions ask nobody: whatever widens access by them is the host's act (``actor`` ""), which the managers are
told of, or has gone through ``actions.request``. A drawn password is told to the caller and nowhere else.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from haidang.accounts.actions.alert import raise_alert
from haidang.accounts.actions.own import keep_password_before
from haidang.accounts.authority import vietnam_day
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, AccountState, ApiToken, ExternalIdentity, LoginSession, Unit
from haidang.accounts.passwords import draw_password
from haidang.accounts.people import focal_person_of, unit_named
from haidang.audit.actions import Fact, record
from haidang.core.errors import Conflict, InvalidInput
from haidang.core.layout import check_slug
from haidang.core.units import WallUs

__all__ = [
    "add_account",
    "check_focal_person",
    "end_account_sessions",
    "end_live",
    "end_waiting",
    "give_password",
    "give_to_focal_person",
    "keep_state",
    "lock_account",
    "new_account",
    "reset_password",
    "set_expiry",
    "unlock_account",
    "unmake_manager",
]

#: Addresses of pages beside those of accounts.
_TAKEN = frozenset({"moi"})


@transaction.atomic
def add_account(
    username: str,
    unit: str,
    *,
    now: WallUs,
    actor: str = "",
    display_name: str = "",
    position: str = "",
    document: str = "",
    manager: bool = False,
    must_change_password: bool = True,
) -> tuple[Account, str]:
    """The host's way: a new account, confirmed and active at once, with its drawn password.

    Raises Conflict (``focal_person_needed``, II.5) for a unit that must name its person first.
    """
    account = new_account(
        username, unit_named(unit), display_name=display_name, position=position, document=document, manager=manager,
        now=now,
    )  # fmt: skip
    check_focal_person(account.unit)
    give_to_focal_person(account)
    account.is_active, account.confirmed_at = True, now
    password = draw_password()
    account.set_password(password)
    account.must_change_password = must_change_password
    account.save()
    keep_state(account, "issue", at=now, by=actor, document=document)
    _record(account, "add_account", now, actor, {"unit": unit, "manager": manager})
    return account, password


def new_account(
    username: str,
    unit: Unit,
    *,
    display_name: str = "",
    position: str = "",
    document: str = "",
    manager: bool = False,
    now: WallUs,
) -> Account:
    """The row of an account that nobody can use yet, not saved: it waits, and no password opens it."""
    check_slug(username, "an account name")
    if username in _TAKEN or Account.objects.filter(username=username).exists():
        raise Conflict(f"couldn't add the account: {username} exists", code="account_exists")
    account = Account(
        username=username, unit=unit, display_name=display_name[:100], position=position[:100], is_manager=manager,
        document=document[:300], is_active=False, must_change_password=True, created_at=now,
    )  # fmt: skip
    account.set_unusable_password()
    return account


def check_focal_person(unit: Unit) -> None:
    """II.5: a unit that must name the person who receives its account has done so. Raises Conflict."""
    if unit.focal_required and focal_person_of(unit) is None:
        raise Conflict(
            f"couldn't do it: {unit.slug} has named no focal person; `haidang account focal {unit.slug}`, or its page",
            code="focal_person_needed", clause="II.5",
        )  # fmt: skip


def give_to_focal_person(account: Account) -> None:
    """II.5: the account is the named person's and nobody else's; without effect elsewhere. The row is not saved."""
    person = focal_person_of(account.unit) if account.unit.focal_required else None
    if person is not None:
        account.display_name, account.position, account.phone = person.name, person.position, person.phone


@transaction.atomic
def reset_password(account: Account, *, now: WallUs, actor: str = "", must_change_password: bool = True) -> str:
    """A new drawn password for a person who lost theirs. The account's sessions end; its second factors stay."""
    password = give_password(account, now=now, must_change_password=must_change_password)
    end_waiting(account, now, "reset")
    _record(account, "reset_password", now, actor)
    return password


def give_password(account: Account, *, now: WallUs, must_change_password: bool = True) -> str:
    """Draw it and set it; sessions of the one before end, and its person is told at the next sign-in."""
    password = draw_password()
    keep_password_before(account, now=now)
    account.set_password(password)
    account.must_change_password = must_change_password
    account.save(update_fields=["password", "must_change_password"])
    # Whoever linked it may have been who took the password: its person links anew.
    end_live("password_changed", now, links=True, account=account)
    raise_alert(account, "password_reset", audience="person", now=now, once_within_s=0)
    return password


@transaction.atomic
def lock_account(account: Account, *, now: WallUs, actor: str = "", reason: str = "") -> None:
    """Lock it: its sessions end here, its tokens and running streams at their next check.

    The reason stays with the account's states: people write names in it, so it is in no entry.
    """
    if Account.objects.filter(pk=account.pk, is_active=True).update(is_active=False):
        account.is_active = False
        keep_state(account, "lock", at=now, by=actor, document=reason)
    end_live("account_locked", now, account=account)
    _record(account, "lock_account", now, actor)


@transaction.atomic
def unlock_account(account: Account, *, now: WallUs, actor: str = "", document: str = "") -> None:
    """Let it in again, locked or expired; its person logs in anew."""
    if account.confirmed_at is None:
        raise Conflict(f"couldn't unlock {account.username}: nobody has confirmed it yet", code="account_unconfirmed")
    over = account.expires_on is not None and account.expires_on < vietnam_day(now)
    account.is_active, account.expires_on = True, None if over else account.expires_on
    account.save(update_fields=["is_active", "expires_on"])
    end_waiting(account, now, "unlock")
    keep_state(account, "unlock", at=now, by=actor, document=document)
    _record(account, "unlock_account", now, actor)


@transaction.atomic
def set_expiry(
    account: Account, last_day: date | None, *, now: WallUs, actor: str = "", document: str = ""
) -> None:  # fmt: skip
    """The last day it may be used. People bring it nearer; farther off, or None, is the host's, or an unlocking."""
    before = account.expires_on
    if last_day is None and before is None:
        return
    farther = last_day is None or (before is not None and last_day > before)
    if actor and farther:
        raise InvalidInput(
            f"couldn't let {account.username} be used longer: ask for its unlocking", code="expiry_widens"
        )  # fmt: skip
    account.expires_on = last_day
    account.save(update_fields=["expires_on"])
    if last_day is not None and last_day < vietnam_day(now):
        end_live("account_over", now, account=account)
    keep_state(account, "expire", at=now, by=actor, document=document)
    _record(
        account,
        "set_expiry",
        now,
        actor,
        {"last_day": None if last_day is None else last_day.isoformat()},
        told=farther,
    )


@transaction.atomic
def end_account_sessions(account: Account, *, now: WallUs, actor: str = "") -> int:
    """Sign it out everywhere; how many sessions that were."""
    ended = end_live("signed_out", now, account=account)
    _record(account, "end_account_sessions", now, actor, {"sessions": ended})
    return ended


@transaction.atomic
def unmake_manager(account: Account, *, now: WallUs, actor: str = "", document: str = "") -> None:
    """It manages its unit's people no more; no more than that ends."""
    if Account.objects.filter(pk=account.pk, is_manager=True).update(is_manager=False):
        account.is_manager = False
        keep_state(account, "unmake_manager", at=now, by=actor, document=document)
    _record(account, "unmake_manager", now, actor)


def keep_state(account: Account, reason: str, *, at: WallUs, by: str = "", document: str = "") -> None:
    """From now on the account is what its row says: past days are answered from these."""
    AccountState.objects.create(
        account=account, unit=account.unit, is_active=account.is_active, is_manager=account.is_manager, at=at,
        reason=reason, document=document[:300], by=by,
    )  # fmt: skip


def end_waiting(account: Account, now: WallUs, *kinds: str) -> None:
    """Requests (of these kinds) that still wait have been overtaken."""
    waiting = account.requests.filter(state="waiting", **({"kind__in": kinds} if kinds else {}))
    waiting.update(state="withdrawn", decided_at=now)


def end_live(
    reason: str, now: WallUs, *, links: bool = False, tokens: bool = False, **whose: Account | Unit
) -> int:  # fmt: skip
    """End the live sessions of an account (``account``) or a unit (``account__unit``).

    With ``links`` also those to an organisation's own sign-in; with ``tokens`` these and the API tokens: all that lets
    others in without its password.
    """
    if tokens:
        ApiToken.objects.filter(ended_at=None, **whose).update(ended_at=now)
    if tokens or links:
        ExternalIdentity.objects.filter(ended_at=None, **whose).update(ended_at=now)
    return LoginSession.objects.filter(ended_at=None, **whose).update(ended_at=now, end_reason=reason)


#: What the managers must know when the host does it: the host is one person.
_TOLD = frozenset({"add_account", "reset_password", "unlock_account"})


def _record(
    account: Account, action: str, now: WallUs, actor: str, facts: dict[str, Fact] | None = None, *, told: bool = False
) -> None:
    if not actor and (told or action in _TOLD):
        raise_alert(account, "host_account", audience="managers", now=now, facts={"act": action}, once_within_s=0)
    record(now=now, actor=actor, action=action, resource=str(account_uid(account.username)), facts=facts)
