"""What a day looks like: spans with pictures and gaps without, as pure interval arithmetic.

Instants are ``WallUs``; a :class:`Span` is half open, ``[started_at, ended_at)``, and never empty in what these
functions return. Law: for any window, the spans that :func:`clip` gives and the gaps that :func:`gaps_within`
gives never overlap and together cover it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from haidang.core.journal import Fragment, GapClose, GapOpen, GapReason, Record
from haidang.core.units import WallUs, us_from_90k

__all__ = [
    "JOIN_US",
    "Gap",
    "Span",
    "clip",
    "complement",
    "expired_within",
    "gaps_within",
    "merge",
    "recorded_gaps",
    "span_of",
    "spans_of",
]

#: Arrival jitters and reconnects take a moment; a hole this short is no gap to a person.
JOIN_US = 1_500_000


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """There are pictures from ``started_at`` until just before ``ended_at``."""

    started_at: WallUs
    ended_at: WallUs


@dataclass(frozen=True, slots=True)
class Gap:
    """There is no picture; ``ended_at`` is None while it lasts, ``reason`` None where nobody recorded one."""

    started_at: WallUs
    ended_at: WallUs | None
    reason: GapReason | None


def span_of(fragment: Fragment) -> Span:
    """When one fragment has pictures: from the arrival of its first for as long as it plays."""
    return Span(fragment.received_at, WallUs(fragment.received_at + us_from_90k(fragment.duration_90k)))


def spans_of(fragments: Iterable[Fragment], *, tolerance_us: int = JOIN_US) -> list[Span]:
    """When the fragments (of one or more files, in any order) have pictures; holes up to the tolerance are joined."""
    return merge(map(span_of, fragments), tolerance_us=tolerance_us)


def merge(spans: Iterable[Span], *, tolerance_us: int = 0) -> list[Span]:
    """The same time as few sorted spans; neighbours no further apart than the tolerance become one."""
    merged: list[Span] = []
    for span in sorted(span for span in spans if span.started_at < span.ended_at):
        if merged and span.started_at <= merged[-1].ended_at + tolerance_us:
            merged[-1] = Span(merged[-1].started_at, max(merged[-1].ended_at, span.ended_at))
        else:
            merged.append(span)
    return merged


def clip(spans: Iterable[Span], window: Span) -> list[Span]:
    """The parts of the spans inside the window, merged and sorted."""
    return merge(Span(max(span.started_at, window.started_at), min(span.ended_at, window.ended_at)) for span in spans)


def complement(spans: Iterable[Span], window: Span) -> list[Span]:
    """The parts of the window that no span covers."""
    holes: list[Span] = []
    at = window.started_at
    for span in clip(spans, window):
        if at < span.started_at:
            holes.append(Span(at, span.started_at))
        at = span.ended_at
    if at < window.ended_at:
        holes.append(Span(at, window.ended_at))
    return holes


def expired_within(spans: Iterable[Span], expired: Iterable[Span], window: Span) -> list[Span]:
    """The holes of the window in which there were pictures that have expired. What there still is, wins.

    The moment between two files is no gap once one of them, or both, are gone.
    """
    there, gone = list(spans), clip(expired, window)
    covered = merge([*there, *gone], tolerance_us=JOIN_US)
    found = [piece for hole in complement(there, window) for piece in clip(covered, hole)]
    return [piece for piece in found if clip(gone, piece)]


def recorded_gaps(records: Iterable[Record]) -> list[Gap]:
    """The gaps of a gaps journal in the order they began; the final reason holds. Other records are passed over."""
    gaps: dict[WallUs, Gap] = {}
    for record in records:
        if isinstance(record, GapOpen):
            gaps[record.started_at] = Gap(record.started_at, None, record.reason)
        elif isinstance(record, GapClose):
            gaps[record.started_at] = Gap(record.started_at, record.ended_at, record.reason)
    return sorted(gaps.values(), key=lambda gap: gap.started_at)


def gaps_within(spans: Iterable[Span], recorded: Iterable[Gap], window: Span) -> list[Gap]:
    """Every hole of the window, cut where the recorded reason changes. Pictures win over a recorded gap.

    A gap that is still going on keeps ``ended_at`` None, if it reaches the end of the window.
    """
    known = sorted(recorded, key=lambda gap: gap.started_at)
    found: list[Gap] = []
    for hole in complement(spans, window):
        found.extend(_explained(hole, known))
    if found and found[-1].ended_at == window.ended_at and _lasts(found[-1], known):
        found[-1] = replace(found[-1], ended_at=None)
    return found


def _explained(hole: Span, known: Iterable[Gap]) -> Iterable[Gap]:
    """The hole in pieces, each with the reason of the first recorded gap that holds for it."""
    at = hole.started_at
    for gap in known:
        started_at = max(at, gap.started_at)
        ended_at = hole.ended_at if gap.ended_at is None else min(hole.ended_at, gap.ended_at)
        if started_at >= ended_at:
            continue
        if at < started_at:
            yield Gap(at, started_at, None)
        yield Gap(started_at, ended_at, gap.reason)
        at = ended_at
    if at < hole.ended_at:
        yield Gap(at, hole.ended_at, None)


def _lasts(last: Gap, known: Iterable[Gap]) -> bool:
    """Whether a recorded gap that has not ended gave ``last``."""
    return any(
        gap.ended_at is None and gap.reason == last.reason and gap.started_at <= last.started_at for gap in known
    )
