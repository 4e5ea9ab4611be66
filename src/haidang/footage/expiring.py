"""Reads of what expires: closed files in the order in which they would go, holds in force, expired stretches."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from haidang.core.errors import InvalidInput
from haidang.core.layout import RecordingName
from haidang.core.policy import Notice
from haidang.core.retention import DAY_US, ExpiryReason, HeldTime, StoredFile
from haidang.core.timeline import Span
from haidang.core.units import WallUs
from haidang.footage.models import Expiry, Hold, RecordingFile

__all__ = [
    "GONE",
    "WAITING",
    "Period",
    "expired_between",
    "files_by_age",
    "files_of_sites",
    "has_expired",
    "held_times",
    "holds_in_force",
    "periods_on",
    "waiting_bytes",
]

#: Expiry states in which the pictures are still there, and will go.
WAITING = ("planned", "logged")
#: Those in which they are not to be shown any more.
GONE = ("removing", "removed")


_PAGE = 500


@dataclass(frozen=True, slots=True)
class Period:
    """How long a site's recordings are kept, and by what."""

    days: int
    #: As the log says it.
    policy: str


def periods_on(notice: Notice | None, day: date) -> dict[str, Period]:
    """The periods of that day by site; a site that is absent keeps everything."""
    found = {}
    for site in () if notice is None else notice.sites:
        kept = notice.retention_on(site.slug, day) if notice is not None else None
        if kept is not None:
            since = f", from {kept.valid_from}" if kept.valid_from else ""
            found[site.slug] = Period(
                kept.days, f"{site.slug} {kept.days} days{since} ({kept.clause}: {kept.document})"
            )
    return found


def holds_in_force(now: WallUs) -> QuerySet[Hold]:
    return Hold.objects.filter(released_at=None, until__gt=now)


def held_times(now: WallUs) -> list[HeldTime]:
    """What the holds in force protect."""
    rows = holds_in_force(now).order_by("pk").values_list("site", "camera", "started_at", "ended_at")
    return [HeldTime(site, camera, WallUs(start), WallUs(end)) for site, camera, start, end in rows]


def files_of_sites(periods: dict[str, Period], now: WallUs) -> Iterator[StoredFile]:
    """Closed files that began before their site's period, site by site, the oldest first, but for those on the way."""
    for site, period in periods.items():
        yield from _files(_closed().filter(site=site, started_at__lt=now - period.days * DAY_US))


def files_by_age(ended_before: WallUs) -> Iterator[StoredFile]:
    """Closed files of all sites, the oldest first, but for those on the way."""
    sites = RecordingFile.objects.order_by("site").values_list("site", flat=True).distinct()
    each = [_files(_closed().filter(site=site, ended_at__lt=ended_before)) for site in sites]
    return heapq.merge(*each, key=lambda file: (file.started_at, file.path))


def _closed() -> QuerySet[RecordingFile]:
    on_the_way = Expiry.objects.filter(path=OuterRef("path"), state__in=WAITING)
    return RecordingFile.objects.exclude(close_reason="").exclude(Exists(on_the_way)).order_by("started_at", "path")


def _files(rows: QuerySet[RecordingFile]) -> Iterator[StoredFile]:
    """A page at a time: a cursor left open would keep the keeper from writing to an SQLite that others write to."""
    behind = Q()
    while page := list(rows.filter(behind)[:_PAGE]):
        for row in page:
            began = _named_start(row.path)
            if began is not None:
                yield StoredFile(
                    row.path, row.site, row.camera, row.stream, WallUs(row.started_at),
                    WallUs(max(row.ended_at, began)), row.size_bytes,
                )  # fmt: skip
        last = page[-1]
        behind = Q(started_at__gt=last.started_at) | Q(started_at=last.started_at, path__gt=last.path)


def _named_start(path: str) -> WallUs | None:
    """When the recording began by its name on the disk, which no row can change; None for what is no recording's."""
    try:
        return RecordingName.parse(path).started_at
    except InvalidInput:
        return None


def waiting_bytes(reasons: Iterable[ExpiryReason]) -> int:
    """How much is going already for these reasons."""
    going = Expiry.objects.filter(reason__in=list(reasons), state__in=(*WAITING, "removing"))
    return int(going.aggregate(total=Sum("size_bytes"))["total"] or 0)


def has_expired(path: str) -> bool:
    """Whether this recording was taken away because its time was over, or the disk full."""
    return Expiry.objects.filter(path=path, state__in=GONE).exists()


def expired_between(camera: str, stream: str, window: Span) -> Iterable[Span]:
    """When there were pictures that have expired; one query."""
    rows = Expiry.objects.filter(
        camera=camera, stream=stream, state__in=GONE, started_at__lt=window.ended_at, ended_at__gt=window.started_at
    )
    for started_at, ended_at in rows.values_list("started_at", "ended_at"):
        yield Span(WallUs(started_at), WallUs(ended_at))
