"""What may expire, decided from values: the one place that says which recording goes.

Laws: a file goes only whole, only when its whole interval is older than its site's period, and never while a hold
touches it. A site without a period keeps everything. Short of room, the oldest goes first, wherever it was recorded;
held footage does not go for want of room either. Nothing here removes anything: the keeper does, later, by the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from haidang.core.units import WallUs

__all__ = [
    "DAY_US",
    "ExpiryReason",
    "HeldTime",
    "StoredFile",
    "bytes_short",
    "days_left",
    "is_held",
    "plan_emergency",
    "plan_expiry",
]

#: retention: its period is over; emergency: the disk was nearly full and nothing unheld was older.
ExpiryReason = Literal["retention", "emergency"]

DAY_US = 86_400 * 1_000_000


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A closed recording file. ``path`` is the media file's, relative (core.layout)."""

    path: str
    site: str
    camera: str
    stream: str
    started_at: WallUs
    ended_at: WallUs
    size_bytes: int


@dataclass(frozen=True, slots=True)
class HeldTime:
    """What a hold that is in force protects; ``camera`` "" = every camera of the site."""

    site: str
    camera: str
    from_us: WallUs
    to_us: WallUs


def is_held(file: StoredFile, holds: Iterable[HeldTime]) -> bool:
    """Whether any moment of the file is held. Ends count as touching: a file of no length is held at its instant."""
    return any(
        hold.site == file.site
        and hold.camera in ("", file.camera)
        and hold.from_us <= file.ended_at
        and file.started_at <= hold.to_us
        for hold in holds
    )


def plan_expiry(
    files: Iterable[StoredFile], days: Mapping[str, int], holds: Iterable[HeldTime], now: WallUs
) -> Iterator[StoredFile]:
    """Of ``files``, those whose period is over and that nobody holds; in the order given."""
    held = list(holds)
    for file in files:
        period = days.get(file.site)
        if period is not None and file.ended_at < now - period * DAY_US and not is_held(file, held):
            yield file


def plan_emergency(files: Iterable[StoredFile], holds: Iterable[HeldTime], bytes_needed: int) -> Iterator[StoredFile]:
    """The oldest unheld files of all sites, just so many that their bytes are enough. ``files`` come oldest first."""
    held = list(holds)
    freed = 0
    for file in files:
        if freed >= bytes_needed:
            return
        if not is_held(file, held):
            freed += file.size_bytes
            yield file


def bytes_short(total: int, free: int, wanted_percent: int) -> int:
    """How many bytes must go for ``wanted_percent`` of the disk to be free; 0 if they are."""
    return max(0, -(-total * wanted_percent // 100) - free)


def days_left(recorded_at: WallUs, period_days: int, now: WallUs) -> int:
    """Whole days that a picture stays, at least; 0 on its last day and when it is due."""
    return max(0, (recorded_at + period_days * DAY_US - now) // DAY_US)
