"""Reads of footage: a camera's timeline, and how each stream is doing now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, Max, Min

from haidang.core.journal import GapReason
from haidang.core.timeline import Gap as GapValue
from haidang.core.timeline import Span as SpanValue
from haidang.core.timeline import clip, expired_within, gaps_within
from haidang.core.units import WallUs
from haidang.footage.expiring import expired_between
from haidang.footage.models import Expiry, Gap, RecordingFile, Replica, Span

__all__ = [
    "FRESH_US",
    "ReplicaCounts",
    "StreamState",
    "Timeline",
    "oldest_picture",
    "replica_counts",
    "replica_of",
    "replicas_due",
    "replicas_over",
    "states",
    "timeline",
]

#: Rows run behind pictures by this much at most while all is well (fragment, journal, keeper's round).
FRESH_US = 10_000_000


@dataclass(frozen=True, slots=True)
class Timeline:
    """``gaps`` are all holes up to now but for what has ``expired``; a hole that nobody explained has no reason."""

    spans: list[SpanValue]
    gaps: list[GapValue]
    #: There were pictures, and their time is over.
    expired: list[SpanValue]


@dataclass(frozen=True, slots=True)
class StreamState:
    """recording since, or a gap since and why, or unknown since the last picture (None: there never was one)."""

    kind: Literal["recording", "gap", "unknown"]
    since: WallUs | None = None
    reason: str = ""
    last_recorded_at: WallUs | None = None


def timeline(camera: str, stream: str, *, from_us: WallUs, to_us: WallUs, now: WallUs) -> Timeline:
    """What of ``[from, to)`` is recorded or has expired, and the holes in what of it is past; three queries."""
    window = SpanValue(from_us, min(to_us, now))
    if window.started_at >= window.ended_at:
        return Timeline([], [], [])
    rows = Span.objects.filter(camera=camera, stream=stream, started_at__lt=to_us, ended_at__gt=from_us)
    spans = clip((SpanValue(WallUs(a), WallUs(b)) for a, b in rows.values_list("started_at", "ended_at")), window)
    recorded = _gaps_touching(camera, stream, window)
    expired = expired_within(spans, expired_between(camera, stream, window), window)
    gaps = gaps_within([*spans, *expired], recorded, window)
    if gaps and gaps[-1].reason is None and _is_only_late(gaps[-1], window, now):
        gaps.pop()
    return Timeline(spans, gaps, expired)


def oldest_picture(camera: str, stream: str) -> WallUs | None:
    """When the oldest picture that there still is was recorded."""
    first = (
        Span.objects.filter(camera=camera, stream=stream).order_by("started_at").values_list("started_at", flat=True)
    )
    return next((WallUs(at) for at in first[:1]), None)


def _gaps_touching(camera: str, stream: str, window: SpanValue) -> list[GapValue]:
    rows = Gap.objects.filter(camera=camera, stream=stream, started_at__lt=window.ended_at)
    wanted = rows.filter(ended_at__gt=window.started_at) | rows.filter(ended_at=None)
    return [
        GapValue(WallUs(started_at), None if ended_at is None else WallUs(ended_at), GapReason[reason.upper()])
        for started_at, ended_at, reason in wanted.order_by("started_at").values_list(
            "started_at", "ended_at", "reason"
        )
    ]


def _is_only_late(gap: GapValue, window: SpanValue, now: WallUs) -> bool:
    """A hole at the very end may only mean that rows run a little behind."""
    return gap.ended_at in (None, window.ended_at) and window.ended_at == now and now - gap.started_at <= FRESH_US


def states(cameras: Iterable[str], *, now: WallUs) -> dict[tuple[str, str], StreamState]:
    """How the streams of these cameras are doing, by (camera, stream); three queries at most. Unheard: absent."""
    slugs = list(cameras)
    fresh = {
        (camera, stream): (WallUs(started_at), WallUs(ended_at))
        for camera, stream, started_at, ended_at in Span.objects.filter(camera__in=slugs, ended_at__gt=now - FRESH_US)
        .order_by("ended_at")
        .values_list("camera", "stream", "started_at", "ended_at")
    }
    gaps = {
        (camera, stream): (WallUs(started_at), reason)
        for camera, stream, started_at, reason in Gap.objects.filter(camera__in=slugs, ended_at=None)
        .order_by("started_at")
        .values_list("camera", "stream", "started_at", "reason")
    }
    quiet = [slug for slug in slugs if any((slug, stream) not in fresh for stream in ("main", "sub"))]
    last = _last_recorded(quiet) if quiet else {}
    found: dict[tuple[str, str], StreamState] = {}
    for key in fresh.keys() | gaps.keys() | last.keys():
        found[key] = _state(fresh.get(key), gaps.get(key), last.get(key))
    return found


def replica_of(path: str) -> Replica | None:
    """What is known of a recording's copy: kept, failed or removed; None where none was tried."""
    return Replica.objects.filter(path=path).first()


def replicas_due(limit: int, *, not_failed_since: WallUs) -> list[RecordingFile]:
    """Closed recordings that nobody has seen a replica of, oldest first; those that failed lately are left in peace."""
    lately = Replica.objects.filter(state="failed", at__gt=not_failed_since).values("path")
    due = RecordingFile.objects.filter(replica_due=True).exclude(close_reason="").exclude(path__in=lately)
    return list(due.order_by("started_at")[:limit])


def replicas_over(limit: int, *, place: str, now: WallUs) -> list[Replica]:
    """Copies in this store whose lock is over and whose recordings have expired and gone."""
    gone = Expiry.objects.filter(state="removed").values("path")
    over = Replica.objects.filter(state="kept", place=place, retain_until__lte=now, path__in=gone)
    return list(over.order_by("retain_until")[:limit])


@dataclass(frozen=True, slots=True)
class ReplicaCounts:
    """``due`` are closed recordings without a copy, ``failed`` those of them that were tried in vain."""

    kept: int
    due: int
    failed: int
    removed: int
    oldest_due: WallUs | None
    #: Error codes of the failed ones, with how often.
    reasons: dict[str, int]


def replica_counts() -> ReplicaCounts:
    """How copying stands; three queries."""
    by_state = dict(Replica.objects.values_list("state").annotate(Count("pk")))
    due = RecordingFile.objects.filter(replica_due=True).exclude(close_reason="")
    found = due.aggregate(count=Count("pk"), oldest=Min("started_at"))
    oldest = None if found["oldest"] is None else WallUs(found["oldest"])
    reasons = dict(Replica.objects.filter(state="failed").values_list("why").annotate(Count("pk")))
    return ReplicaCounts(
        by_state.get("kept", 0), found["count"], by_state.get("failed", 0), by_state.get("removed", 0), oldest, reasons
    )


def _last_recorded(cameras: list[str]) -> dict[tuple[str, str], WallUs]:
    rows = Span.objects.filter(camera__in=cameras).values_list("camera", "stream").annotate(last=Max("ended_at"))
    return {(camera, stream): WallUs(last) for camera, stream, last in rows}


def _state(fresh: tuple[WallUs, WallUs] | None, gap: tuple[WallUs, str] | None, last: WallUs | None) -> StreamState:
    last = fresh[1] if fresh else last
    if fresh and (gap is None or fresh[1] > gap[0] + 1_000_000):
        # Pictures win: the end of a gap may reach the rows after the first pictures behind it.
        return StreamState("recording", fresh[0], last_recorded_at=last)
    if gap:
        return StreamState("gap", gap[0], gap[1], last_recorded_at=last)
    return StreamState("unknown", last, last_recorded_at=last)
