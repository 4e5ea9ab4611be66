"""Units and clocks as types, and the one place that converts between them.

Wall-clock instants are integers of microseconds since 1970-01-01 UTC (``WallUs``), so they
compare, sort and pack exactly. Media time is counted in 1/90000 s (``Pts90k``), the RTP
clock of every video codec used here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import NewType

__all__ = [
    "TIMESCALE_90K",
    "VIETNAM",
    "Clock",
    "Pts90k",
    "WallUs",
    "from_datetime",
    "to_datetime",
    "us_from_90k",
]

WallUs = NewType("WallUs", int)
Pts90k = NewType("Pts90k", int)

#: Clocks are passed in, never read inside core; ``time.time_ns() // 1000`` at the edges.
Clock = Callable[[], WallUs]

TIMESCALE_90K = 90_000
#: GMT+7 without daylight saving: what screens and printed forms show.
VIETNAM = timezone(timedelta(hours=7), "+07")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(at: WallUs) -> datetime:
    """The instant as an aware UTC datetime, exact to the microsecond."""
    return _EPOCH + timedelta(microseconds=at)


def from_datetime(at: datetime) -> WallUs:
    """The instant in microseconds; a naive datetime is a programmer's error."""
    assert at.tzinfo is not None, "a datetime without a zone is ambiguous"
    return WallUs((at - _EPOCH) // timedelta(microseconds=1))


def us_from_90k(duration_90k: int) -> int:
    """A media duration in microseconds, rounded down."""
    return duration_90k * 100 // 9
