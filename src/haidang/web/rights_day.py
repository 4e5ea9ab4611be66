"""For which day a page of "Phân quyền" is read, and by what: the decisions in force now, or what was known on that day.

The two differ when somebody decides about the past: a grant ended last week with effect from last month was still a
right on that day as everybody knew it then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import HttpRequest

from haidang.accounts.authority import Authority, authority, authority_known_at, vietnam_day
from haidang.accounts.policies import notice_in_force, notice_known_at
from haidang.accounts.states import day_bounds
from haidang.core.policy import Notice
from haidang.core.units import WallUs

__all__ = ["THEN", "Reading", "day_of", "other_reading_query", "reading_of"]

#: The value of ``?theo=`` for the second reading; anything else is the first.
THEN = "khi-do"


@dataclass(frozen=True, slots=True)
class Reading:
    """``notice`` None: no policy was in force."""

    on: date
    today: date
    as_known_then: bool
    notice: Notice | None
    door: Authority
    #: What was asked for and is no day; the reading is then of today, and the page says so.
    misread: str = ""

    @property
    def is_today(self) -> bool:
        return self.on == self.today


def reading_of(request: HttpRequest, now: WallUs) -> Reading:
    """From ``?ngay=`` (today where it is none) and ``?theo=``."""
    today = vietnam_day(now)
    text = request.GET.get("ngay", "").strip()[:40]
    on = day_of(text) or today
    misread = text if text and day_of(text) is None else ""
    if request.GET.get("theo") != THEN:
        return Reading(on, today, as_known_then=False, notice=notice_in_force(), door=authority(), misread=misread)
    at = min(now, WallUs(day_bounds(on)[1] - 1))
    door, notice = authority_known_at(at), notice_known_at(at)
    return Reading(on, today, as_known_then=True, notice=notice, door=door, misread=misread)


def day_of(text: str) -> date | None:
    """A day as browsers send it (2025-02-28) or people write it (28/02/2025); None for anything else."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            found = datetime.strptime(text.strip(), form)  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        # Years that a calendar of grants has no use for; the instants of a day must fit a clock.
        return found.date() if 1990 <= found.year <= 2200 else None
    return None


def other_reading_query(request: HttpRequest, *, then: bool) -> str:
    """The same page's query, read the other way."""
    kept = {name: value for name, value in request.GET.items() if name != "theo" and value}
    return "?" + urlencode({**kept, **({"theo": THEN} if then else {})})
