"""Reads of alerts: what an account is told, of itself and of the people it answers for.

Laws: an alert to a person is that person's alone. One to the managers is seen by the managers of the unit that the
account was in, by who manages accounts for the operator, and by the supervisor; each unit takes note for itself, by its
manager.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.db.models import Q, QuerySet

from haidang.accounts.authority import SYSTEM, Authority, unit_resource
from haidang.accounts.models import Account, Alert, AlertSeen
from haidang.accounts.people import supervises
from haidang.core.errors import NotFound
from haidang.core.units import WallUs

__all__ = ["KEPT_US", "Sight", "StandingAlert", "alert_numbered", "alerts_for", "sight_of", "unread", "unread_for"]

#: What was taken note of is shown for so long, what was not for ever.
KEPT_US = 90 * 86_400 * 1_000_000
_MOST = 300


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose managers' alerts an account sees, and whether it takes note for its unit."""

    reach: Literal["", "unit", "all"]
    notes: bool


@dataclass(frozen=True, slots=True)
class StandingAlert:
    """``open``: the reader has to take note of it. ``noted``: by whom it was, the first first."""

    alert: Alert
    open: bool
    noted: tuple[AlertSeen, ...]


def sight_of(account: Account, *, now: WallUs, door: Authority, second_factor: bool = False) -> Sight:
    """By the one door's answers; the supervisor's people see what follows from reading who has which right."""
    manages = door.decide(account, "manage_unit", unit_resource(account.unit), now=now).allowed
    operates = door.decide(account, "manage_accounts", SYSTEM, now=now, second_factor=second_factor).allowed
    follows = supervises(account.unit) and door.decide(account, "view_rights", SYSTEM, now=now).allowed
    return Sight("all" if operates or follows else "unit" if manages else "", manages)


def alerts_for(
    account: Account, *, now: WallUs, door: Authority, second_factor: bool = False
) -> list[StandingAlert]:  # fmt: skip
    """What the account is told, newest first: all that it has not taken note of, the rest for 90 days."""
    sight = sight_of(account, now=now, door=door, second_factor=second_factor)
    open_ = set(_open(account, sight).values_list("pk", flat=True))
    rows = _seen_by(account, sight).filter(Q(at__gte=now - KEPT_US) | Q(pk__in=open_))
    rows = rows.select_related("account__unit", "unit").prefetch_related("seen__unit", "seen__by")
    return [
        StandingAlert(row, row.pk in open_, tuple(sorted(row.seen.all(), key=lambda seen: seen.at)))
        for row in rows[:_MOST]
    ]


def alert_numbered(
    number: int, account: Account, *, now: WallUs, door: Authority, second_factor: bool = False
) -> Alert:  # fmt: skip
    """One of which the account may take note. Raises NotFound: what it may not see is as absent as what never was."""
    sight = sight_of(account, now=now, door=door, second_factor=second_factor)
    alert = _noted_by(account, sight).select_related("account__unit").filter(pk=number).first()
    if alert is None:
        raise NotFound("couldn't find the alert", code="not_found")
    return alert


def unread(account: Account, *, now: WallUs, door: Authority, second_factor: bool = False) -> int:
    """How many the account has to take note of."""
    return _open(account, sight_of(account, now=now, door=door, second_factor=second_factor)).count()


def unread_for(account: Account, sight: Sight) -> QuerySet[Alert]:
    """The managers' alerts that the account has to take note of, newest first."""
    return _open(account, sight).filter(audience="managers").select_related("account__unit")


def _seen_by(account: Account, sight: Sight) -> QuerySet[Alert]:
    seen = Q(audience="person", account=account)
    if sight.reach == "all":
        seen |= Q(audience="managers")
    elif sight.reach == "unit":
        seen |= Q(audience="managers", unit=account.unit)
    return Alert.objects.filter(seen)


def _noted_by(account: Account, sight: Sight) -> QuerySet[Alert]:
    rows = _seen_by(account, sight)
    return rows if sight.notes else rows.filter(audience="person")


def _open(account: Account, sight: Sight) -> QuerySet[Alert]:
    return _noted_by(account, sight).exclude(
        pk__in=AlertSeen.objects.filter(unit=account.unit).values("alert"),
    )
