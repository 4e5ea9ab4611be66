"""Reads of people: accounts with their state and last use, what waits for a second person and for whom.

A terminal's account is no person's: it is on none of these lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from django.db.models import Max, Q, QuerySet

from haidang.accounts.authority import vietnam_day
from haidang.accounts.confirming import Asked, Person, who_may_confirm, why_not_confirm
from haidang.accounts.entities import in_being, is_able
from haidang.accounts.models import Account, AccountRequest, AccountState, FocalPerson, Unit
from haidang.core.errors import NotFound
from haidang.core.units import WallUs

__all__ = [
    "STANDINGS",
    "UNUSED_DAYS",
    "PersonLine",
    "Standing",
    "asked_of",
    "concerned",
    "confirmers",
    "focal_person_of",
    "people",
    "person_named",
    "person_of",
    "persons",
    "request_numbered",
    "requests_of",
    "requests_waiting",
    "standing_of",
    "states_of",
    "supervises",
    "unit_named",
    "units_since",
    "unused",
    "watches_over",
    "why_not",
]

#: waiting: not confirmed yet; unit_over: its unit has ended or is switched off.
Standing = Literal["active", "waiting", "locked", "expired", "unit_over"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
UNUSED_DAYS = 90
_DAY_US = 86_400 * 1_000_000


@dataclass(frozen=True, slots=True)
class PersonLine:
    """An account on a list. ``used_at``: when a session of it was last seen; None: never."""

    account: Account
    standing: Standing
    used_at: WallUs | None
    #: It may sign in, and nobody has for UNUSED_DAYS since it was issued or last used.
    unused: bool


def standing_of(account: Account, today: date) -> Standing:
    """How it stands; what no one has confirmed is not locked, it waits."""
    if account.confirmed_at is None:
        return "waiting"
    if not account.is_active:
        return "locked"
    if account.expires_on is not None and account.expires_on < today:
        return "expired"
    return "active" if in_being(account.unit, today) else "unit_over"


def people(*, now: WallUs, unit: Unit | None = None, unused_days: int = UNUSED_DAYS) -> list[PersonLine]:
    """Every person's account (of one unit), by unit and name."""
    rows = Account.objects.filter(kind="person", **({} if unit is None else {"unit": unit}))
    rows = rows.annotate(used_at=Max("login_sessions__seen_at")).order_by("unit__pk", "username")
    today, since = vietnam_day(now), now - unused_days * _DAY_US
    lines = []
    for account in rows:
        standing = standing_of(account, today)
        used_at: int | None = account.used_at
        last = max(used_at or 0, account.confirmed_at or account.created_at)
        lines.append(
            PersonLine(
                account, standing, None if used_at is None else WallUs(used_at), standing == "active" and last < since
            )
        )
    return lines


def unused(days: int, *, now: WallUs, unit: Unit | None = None) -> list[PersonLine]:
    """Accounts that may sign in and that nobody used for so many days."""
    return [line for line in people(now=now, unit=unit, unused_days=days) if line.unused]


def person_named(username: str) -> Account:
    """Raises NotFound (``unknown_account``); a terminal is no person."""
    account = Account.objects.filter(username=username, kind="person").first()
    if account is None:
        raise NotFound(f"couldn't find a person's account {username!r}", code="unknown_account")
    return account


def unit_named(slug: str) -> Unit:
    """Raises NotFound (``unknown_unit``)."""
    unit = Unit.objects.filter(slug=slug).first()
    if unit is None:
        raise NotFound(f"couldn't find the unit: none is called {slug!r}", code="unknown_unit")
    return unit


def states_of(account: Account) -> list[AccountState]:
    """What it was in time, the newest first."""
    return list(account.states.select_related("unit").order_by("-at", "-pk"))


def focal_person_of(unit: Unit) -> FocalPerson | None:
    """The person whom the unit has named, while that holds."""
    return FocalPerson.objects.filter(unit=unit, valid_to=None).first()


# -- what waits for a second person


def _requests() -> QuerySet[AccountRequest]:
    return AccountRequest.objects.select_related("account__unit", "to_unit", "asked_by__unit", "decided_by__unit")


def request_numbered(number: int) -> AccountRequest:
    """Raises NotFound (``unknown_request``)."""
    request = _requests().filter(pk=number).first()
    if request is None:
        raise NotFound(f"couldn't find account request {number}", code="unknown_request")
    return request


def requests_of(account: Account) -> list[AccountRequest]:
    """Every request about the account, the newest first."""
    return list(_requests().filter(account=account))


def requests_waiting(unit: Unit | None = None) -> list[AccountRequest]:
    """Those that wait (about a unit's people, or for the unit), the oldest first."""
    rows = _requests().filter(state="waiting").order_by("asked_at", "pk")
    return list(rows if unit is None else rows.filter(Q(account__unit=unit) | Q(to_unit=unit)))


def concerned(request: AccountRequest) -> Unit:
    """The unit whose manager answers: the one that the account goes to, or else its own."""
    return request.to_unit or request.account.unit


def supervises(unit: Unit) -> bool:
    return unit.role == "supervisor"


def watches_over(unit: Unit) -> bool:
    """Whether the unit supervises or approves: the operator, whom it watches, does not lock its people out."""
    return unit.role in ("supervisor", "authority", "office")


def person_of(account: Account, today: date) -> Person:
    """The account as a value."""
    able = account.kind == "person" and is_able(account, today)
    return Person(account.username, account.unit.slug, account.is_manager, supervises(account.unit), able)


def persons(today: date) -> list[Person]:
    """Everybody who can be a second person at all: managers, and the supervisor's people."""
    rows = Account.objects.filter(Q(is_manager=True) | Q(unit__role="supervisor"), kind="person").order_by("username")
    return [person_of(account, today) for account in rows]


def asked_of(request: AccountRequest) -> Asked:
    """The request as a value, with the asker's units of then and of now."""
    asker = request.asked_by
    units = frozenset[str]() if asker is None else units_since(asker, request.asked_at)
    name = "" if asker is None else asker.username
    return Asked(request.account.username, concerned(request).slug, name, units)


def units_since(account: Account, at: int) -> frozenset[str]:
    """The account's unit of that instant and those after it: who moves is still of the unit that it acted for."""
    then = account.states.filter(at__lte=at).select_related("unit").last()
    later = account.states.filter(at__gt=at).select_related("unit")
    return frozenset({account.unit.slug, *(state.unit.slug for state in later), *([then.unit.slug] if then else [])})


def confirmers(request: AccountRequest, *, now: WallUs) -> list[Account]:
    """Who may confirm it now."""
    names = [each.username for each in who_may_confirm(asked_of(request), persons(vietnam_day(now)))]
    return list(Account.objects.filter(username__in=names).order_by("username"))


def why_not(request: AccountRequest, account: Account, *, now: WallUs) -> str:
    """The error code by which this account may not confirm it; "" if it may."""
    today = vietnam_day(now)
    return why_not_confirm(asked_of(request), person_of(account, today), persons(today))
