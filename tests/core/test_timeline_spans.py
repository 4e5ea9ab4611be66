from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from haidang.core.journal import Fragment, FragmentFlag, GapClose, GapOpen, GapReason, Open, Record
from haidang.core.timeline import Gap, Span, clip, complement, gaps_within, merge, recorded_gaps, spans_of
from haidang.core.units import Pts90k, WallUs


def span(a: int, b: int) -> Span:
    return Span(WallUs(a), WallUs(b))


def gap(a: int, b: int | None, reason: GapReason | None) -> Gap:
    return Gap(WallUs(a), None if b is None else WallUs(b), reason)


def fragment(received_at: int, duration_90k: int = 18_000) -> Fragment:
    return Fragment(0, 1, Pts90k(0), duration_90k, WallUs(received_at), None, 5, FragmentFlag.KEYFRAME)


instants = st.integers(-50, 150)
spans = st.lists(st.builds(span, instants, instants), max_size=8)
windows = st.tuples(instants, st.integers(1, 80)).map(lambda t: span(t[0], t[0] + t[1]))
reasons = st.sampled_from(GapReason)
gaps = st.lists(
    st.builds(lambda a, n, reason: gap(a, None if n == 0 else a + n, reason), instants, st.integers(0, 60), reasons),
    max_size=5,
)


def covered(found: list[Span]) -> set[int]:
    return {at for one in found for at in range(one.started_at, one.ended_at)}


def holes(found: list[Gap], window: Span) -> list[Span]:
    return [Span(one.started_at, window.ended_at if one.ended_at is None else one.ended_at) for one in found]


def test_fragments_that_follow_each_other_are_one_span() -> None:
    assert spans_of([fragment(0), fragment(210_000), fragment(400_000)]) == [span(0, 600_000)]


def test_a_hole_longer_than_the_tolerance_divides() -> None:
    assert spans_of([fragment(0), fragment(1_700_000)]) == [span(0, 1_900_000)]
    assert spans_of([fragment(0), fragment(1_700_001)]) == [span(0, 200_000), span(1_700_001, 1_900_001)]


@given(spans, st.integers(0, 5))
def test_merged_spans_are_sorted_apart_and_not_empty(some: list[Span], tolerance: int) -> None:
    merged = merge(some, tolerance_us=tolerance)
    assert all(one.started_at < one.ended_at for one in merged)
    assert all(a.ended_at + tolerance < b.started_at for a, b in pairwise(merged))
    assert covered(some) <= covered(merged)
    assert merge(merged, tolerance_us=tolerance) == merged
    assert tolerance or covered(merged) == covered(some)


@given(spans, windows)
def test_pictures_and_holes_never_overlap_and_cover_the_window(some: list[Span], window: Span) -> None:
    inside, outside = clip(some, window), complement(some, window)
    assert covered(inside) | covered(outside) == covered([window])
    assert not covered(inside) & covered(outside)
    assert complement(outside, window) == inside


@given(spans, gaps, windows)
def test_gaps_are_the_holes_whatever_was_recorded(some: list[Span], recorded: list[Gap], window: Span) -> None:
    found = gaps_within(some, recorded, window)
    parts = holes(found, window)
    assert merge(parts) == complement(some, window)
    assert sum(part.ended_at - part.started_at for part in parts) == len(covered(parts))
    assert all(one.ended_at is not None for one in found[:-1])


@given(spans, gaps, windows)
def test_a_reason_is_one_that_was_recorded_for_that_time(some: list[Span], recorded: list[Gap], window: Span) -> None:
    for found, part in zip((known := gaps_within(some, recorded, window)), holes(known, window), strict=True):
        reasons_then = {
            one.reason
            for one in recorded
            if one.started_at <= part.started_at and (one.ended_at is None or one.ended_at >= part.ended_at)
        }
        assert found.reason in reasons_then or (found.reason is None and not reasons_then)


def test_pictures_win_over_a_recorded_gap() -> None:
    found = gaps_within([span(10, 20)], [gap(0, 15, GapReason.NETWORK)], span(0, 30))
    assert found == [gap(0, 10, GapReason.NETWORK), gap(20, 30, None)]


def test_a_gap_that_lasts_stays_open() -> None:
    found = gaps_within([span(0, 20)], [gap(20, None, GapReason.DISK_FULL)], span(0, 30))
    assert found == [gap(20, None, GapReason.DISK_FULL)]


def test_a_lasting_gap_that_pictures_cover_at_the_end_is_not_open() -> None:
    found = gaps_within([span(25, 30)], [gap(20, None, GapReason.NETWORK)], span(20, 30))
    assert found == [gap(20, 25, GapReason.NETWORK)]


def test_gaps_of_a_journal_have_their_final_reason() -> None:
    records: list[Record] = [
        GapOpen(GapReason.NETWORK, WallUs(5), "timeout"),
        GapClose(GapReason.CAMERA_REFUSED, WallUs(5), WallUs(9), "401"),
        Open("avc1", 1, 1, 1, WallUs(0), Pts90k(0)),
        GapOpen(GapReason.DISK_FULL, WallUs(20)),
    ]
    assert recorded_gaps(records) == [gap(5, 9, GapReason.CAMERA_REFUSED), gap(20, None, GapReason.DISK_FULL)]
