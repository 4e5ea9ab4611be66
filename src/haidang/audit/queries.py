"""Reads of the access log: of what somebody may see, what was asked for, newest first, a page at a time.

Laws: what may be seen (``Scope``) and what is asked (``Wanted``) both hold, so no filter widens anything; a page goes
on from the last entry that was shown, so new entries move nothing; counting stops at a limit and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet

from haidang.audit.models import Entry, LogPlace
from haidang.core.errors import InvalidInput, NotFound
from haidang.core.units import WallUs

__all__ = [
    "EVERYTHING",
    "Cursor",
    "Scope",
    "Stretch",
    "Wanted",
    "counted",
    "cursor_of",
    "entries",
    "entry_seen",
    "is_seen",
    "log_index_of",
    "page_of",
    "tallied",
    "written_views",
]

_FAR = 1 << 62


@dataclass(frozen=True, slots=True)
class Stretch:
    """An account (its UID) from one instant on, up to another; by default always."""

    account: str
    from_us: int = 0
    to_us: int = _FAR


@dataclass(frozen=True, slots=True)
class Scope:
    """Entries by or about these accounts while they were these stretches', or about these resources; or everything."""

    stretches: tuple[Stretch, ...] = ()
    resources: tuple[str, ...] = ()
    everything: bool = False


EVERYTHING = Scope(everything=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters. None: not asked for; an empty tuple: asked for, and nothing is so called."""

    from_us: int
    to_us: int
    of_unit: Scope | None = None
    accounts: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    actions: tuple[str, ...] | None = None
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last entry of a page: its instant and its number."""

    at: int
    number: int

    def __str__(self) -> str:
        return f"{self.at}.{self.number}"


def cursor_of(text: str) -> Cursor | None:
    """None for "". Raises InvalidInput (``cursor``)."""
    at, dot, number = text.partition(".")
    if not text:
        return None
    if not (dot and _is_number(at) and _is_number(number)):
        raise InvalidInput("couldn't go on from there: the cursor is what a page gave", code="cursor")
    return Cursor(int(at), int(number))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def entries(scope: Scope, wanted: Wanted) -> QuerySet[Entry]:
    """What may be seen of what is asked for, newest first."""
    rows = Entry.objects.filter(_within(scope), at__gte=wanted.from_us, at__lt=wanted.to_us)
    if wanted.of_unit is not None:
        rows = rows.filter(_within(wanted.of_unit))
    if wanted.accounts is not None:
        rows = rows.filter(Q(actor__in=wanted.accounts) | Q(resource__in=wanted.accounts))
    if wanted.resources is not None:
        rows = rows.filter(resource__in=wanted.resources)
    if wanted.actions is not None:
        rows = rows.filter(action__in=wanted.actions)
    if wanted.decision:
        rows = rows.filter(decision=wanted.decision)
    return rows.order_by("-at", "-pk")


def page_of(rows: QuerySet[Entry], after: Cursor | None, size: int) -> tuple[list[Entry], Cursor | None]:
    """So many that follow, and from where to go on (None: these were the last)."""
    if after is not None:
        rows = rows.filter(Q(at__lt=after.at) | Q(pk__lt=after.number), at__lte=after.at)
    found = list(rows[: size + 1])
    more = len(found) > size
    return found[:size], Cursor(found[size - 1].at, found[size - 1].pk) if more else None


def counted(rows: QuerySet[Entry], most: int) -> int:
    """How many; ``most`` + 1 stands for "more than that"."""
    return rows.order_by()[: most + 1].count()


def tallied(actions: Iterable[str], from_us: int, to_us: int) -> list[tuple[str, str, str, int]]:
    """How often each account did these, by actor, action and decision: counts for a summary."""
    rows = Entry.objects.filter(action__in=tuple(actions), at__gte=from_us, at__lt=to_us)
    grouped = rows.order_by().values_list("actor", "action", "decision").annotate(number=Count("pk"))
    return list(grouped)


def entry_seen(scope: Scope, number: int) -> Entry:
    """One entry. Raises NotFound alike for one that may not be seen and one that never was."""
    row = Entry.objects.filter(_within(scope), pk=number).first() if number < _FAR else None
    if row is None:
        raise NotFound("couldn't find the entry", code="not_found")
    return row


def is_seen(scope: Scope, entry: Entry) -> bool:
    return Entry.objects.filter(_within(scope), pk=entry.pk).exists()


def log_index_of(entry: Entry) -> int | None:
    """Where its commitment stands in the log of acts; None: not logged yet."""
    return LogPlace.objects.filter(entry_id=entry.pk).values_list("index", flat=True).first()


def written_views(stream_ids: Iterable[str], *, since: WallUs) -> set[str]:
    """Of these streams, those whose end has its entry already."""
    rows = Entry.objects.filter(action="end_view", at__gte=since, facts__stream__in=list(stream_ids))
    return set(rows.values_list("facts__stream", flat=True))


def _within(scope: Scope) -> Q:
    if scope.everything:
        return Q()
    always = [each.account for each in scope.stretches if (each.from_us, each.to_us) == (0, _FAR)]
    parts = [Q(actor__in=always), Q(resource__in=[*always, *scope.resources])]
    for each in scope.stretches:
        if each.account not in always:
            while_so = Q(at__gte=each.from_us, at__lt=each.to_us)
            parts += [Q(actor=each.account) & while_so, Q(resource=each.account) & while_so]
    return reduce(or_, parts)
