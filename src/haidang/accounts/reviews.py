"""Reads of access reviews: what is under way, late or signed, the lines of one, and what it did not see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, Max, Q, QuerySet

from haidang.accounts.authority import vietnam_day
from haidang.accounts.entities import in_being
from haidang.accounts.models import AccessReview, Account, LoginSession, ReviewLine, TerminalHealth, Unit
from haidang.core.errors import NotFound
from haidang.core.units import WallUs

__all__ = [
    "LineStanding",
    "ReviewStanding",
    "accounts_to_review",
    "last_seen_at",
    "later_accounts",
    "lines_of",
    "review_numbered",
    "reviews_of",
    "standing_of_review",
    "units_to_review",
    "without_manager",
]


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """``state``: open | overdue | signed. ``waiting``: lines without a verdict; ``locked``: those decided so."""

    review: AccessReview
    state: Literal["open", "overdue", "signed"]
    lines: int
    waiting: int
    locked: int


@dataclass(frozen=True, slots=True)
class LineStanding:
    """A line with its account as it is now. ``moved``: of another unit by now, so nothing is to be said of it here."""

    line: ReviewLine
    account: Account
    moved: bool


def accounts_to_review(unit: Unit) -> list[Account]:
    """Every account of the unit that somebody has confirmed: people, then duty screens. Revoked screens are over."""
    rows = Account.objects.filter(unit=unit, confirmed_at__isnull=False).exclude(kind="terminal", is_active=False)
    return list(rows.order_by("kind", "username"))


def units_to_review(*, now: WallUs) -> list[Unit]:
    """Units in being with accounts to review."""
    today = vietnam_day(now)
    named = Account.objects.filter(confirmed_at__isnull=False).values("unit")
    return [unit for unit in Unit.objects.filter(pk__in=named).order_by("pk") if in_being(unit, today)]


def last_seen_at(accounts: Sequence[Account]) -> dict[int, WallUs]:
    """When each was last used: a session of it, or a report of a duty screen."""
    seen: dict[int, WallUs] = {}
    told = TerminalHealth.objects.filter(terminal__account__in=accounts).values_list("terminal__account")
    used = LoginSession.objects.filter(account__in=accounts).values_list("account")
    for account, at in (*used.annotate(Max("seen_at")), *told.annotate(Max("at"))):
        seen[account] = max(seen.get(account, WallUs(0)), WallUs(at))
    return seen


def reviews_of(unit: Unit | None, *, now: WallUs) -> list[ReviewStanding]:
    """A unit's reviews, or all units': what is not signed first, by day due, then the signed ones, newest first."""
    rows = _counted() if unit is None else _counted().filter(unit=unit)
    open_ = rows.filter(signed_at=None).order_by("due_on", "unit__name", "pk")
    signed = rows.exclude(signed_at=None).order_by("-signed_at", "-pk")
    return [_standing(row, now) for row in (*open_, *signed)]


def review_numbered(number: int) -> AccessReview:
    """Raises NotFound (``unknown_review``)."""
    review = (
        AccessReview.objects.select_related("unit__parent", "opened_by__unit", "signed_by").filter(pk=number).first()
    )
    if review is None:
        raise NotFound(f"couldn't find access review {number}", code="unknown_review")
    return review


def standing_of_review(review: AccessReview, *, now: WallUs) -> ReviewStanding:
    return _standing(_counted().get(pk=review.pk), now)


def lines_of(review: AccessReview) -> list[LineStanding]:
    """People first, then duty screens, by name."""
    rows = review.lines.select_related("account__unit").order_by("account__kind", "account__username")
    return [
        LineStanding(line, line.account, line.verdict == "moved" or _has_moved(line, review)) for line in rows
    ]  # fmt: skip


def later_accounts(review: AccessReview) -> list[Account]:
    """Accounts of the unit that the review does not hold: issued since, or come from elsewhere."""
    if review.signed_at is not None:
        return []
    known = set(review.lines.values_list("account", flat=True))
    return [account for account in accounts_to_review(review.unit) if account.pk not in known]


def without_manager(units: Sequence[Unit]) -> set[int]:
    """Those of the units that no active manager can sign for (their ids)."""
    managed = Account.objects.filter(unit__in=units, is_manager=True, is_active=True, kind="person")
    return {unit.pk for unit in units} - set(managed.values_list("unit", flat=True))


def _has_moved(line: ReviewLine, review: AccessReview) -> bool:
    return review.signed_at is None and line.account.unit_id != review.unit_id


def _counted() -> QuerySet[AccessReview]:
    return AccessReview.objects.select_related("unit", "signed_by", "opened_by__unit").annotate(
        line_count=Count("lines"),
        waiting=Count("lines", filter=Q(lines__verdict="")),
        locked=Count("lines", filter=Q(lines__verdict="lock")),
    )


def _standing(row: AccessReview, now: WallUs) -> ReviewStanding:
    counts: tuple[int, int, int] = (row.line_count, row.waiting, row.locked)  # type: ignore[attr-defined]
    if row.signed_at is not None:
        return ReviewStanding(row, "signed", *counts)
    return ReviewStanding(row, "overdue" if row.due_on < vietnam_day(now) else "open", *counts)
