"""A camera's timeline and how its streams are doing now."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from haidang.core.units import WallUs
from haidang.footage.models import Expiry, Gap, Span
from haidang.footage.queries import FRESH_US, states, timeline

pytestmark = pytest.mark.django_db
S = 1_000_000
T0 = 1_795_575_600_000_000
CAMERA = "de-gi-1"


def at(seconds: float) -> WallUs:
    return WallUs(T0 + int(seconds * S))


def span(started_s: float, ended_s: float, camera: str = CAMERA, stream: str = "main") -> None:
    Span.objects.create(camera=camera, stream=stream, started_at=at(started_s), ended_at=at(ended_s))


def gap(started_s: float, ended_s: float | None, reason: str = "network", stream: str = "main") -> None:
    ended_at = None if ended_s is None else at(ended_s)
    Gap.objects.create(camera=CAMERA, stream=stream, started_at=at(started_s), ended_at=ended_at, reason=reason)


def shown(
    from_s: float, to_s: float, now_s: float
) -> tuple[list[tuple[float, float]], list[tuple[float, float | None, str]]]:
    day = timeline(CAMERA, "main", from_us=at(from_s), to_us=at(to_s), now=at(now_s))
    return (
        [((each.started_at - T0) / S, (each.ended_at - T0) / S) for each in day.spans],
        [
            (
                (each.started_at - T0) / S,
                None if each.ended_at is None else (each.ended_at - T0) / S,
                each.reason.name.lower() if each.reason else "",
            )
            for each in day.gaps
        ],
    )


def test_spans_and_gaps_are_clipped_to_the_window() -> None:
    span(0, 100)
    gap(100, 130)
    span(130, 300)
    assert shown(50, 200, 1000) == ([(50, 100), (130, 200)], [(100, 130, "network")])


def test_a_hole_that_nobody_explained_is_shown_without_a_reason() -> None:
    span(0, 100)
    span(200, 300)
    assert shown(0, 300, 1000) == ([(0, 100), (200, 300)], [(100, 200, "")])


def test_a_gap_that_goes_on_has_no_end() -> None:
    span(0, 100)
    gap(100, None, "camera_unreachable")
    assert shown(0, 1000, 500) == ([(0, 100)], [(100, None, "camera_unreachable")])


def test_the_last_seconds_before_now_are_only_late() -> None:
    span(0, 100)
    assert shown(0, 1000, 103) == ([(0, 100)], [])
    assert shown(0, 1000, 100 + FRESH_US / S + 1)[1] == [(100, 111, "")]


def test_the_future_is_neither_recorded_nor_a_gap() -> None:
    assert shown(500, 600, 400) == ([], [])


def test_other_streams_and_cameras_are_not_in_it() -> None:
    span(0, 100, camera="de-gi-2")
    span(0, 100, stream="sub")
    gap(0, 50, stream="sub")
    assert shown(0, 100, 1000) == ([], [(0, 100, "")])


def expiry(started_s: float, ended_s: float, state: str = "removed") -> None:
    Expiry.objects.create(
        path=f"{started_s}-{ended_s}", site="de-gi", camera=CAMERA, stream="main", started_at=at(started_s),
        ended_at=at(ended_s), size_bytes=1, sequence=0, reason="retention", policy="", state=state, planned_at=T0,
    )  # fmt: skip


def expired_shown(from_s: float, to_s: float) -> list[tuple[float, float]]:
    day = timeline(CAMERA, "main", from_us=at(from_s), to_us=at(to_s), now=at(1000))
    return [((each.started_at - T0) / S, (each.ended_at - T0) / S) for each in day.expired]


def test_what_has_expired_is_no_gap() -> None:
    expiry(0, 100)
    expiry(101, 200, "removing")
    gap(200, 230)
    span(230, 300)
    assert expired_shown(50, 300) == [(50, 200)]
    assert shown(50, 300, 1000) == ([(230, 300)], [(200, 230, "network")])


def test_the_moment_between_an_expired_file_and_the_next_is_no_gap() -> None:
    expiry(0, 100)
    span(101, 200)
    assert expired_shown(0, 200) == [(0, 101)]
    assert shown(0, 200, 1000) == ([(101, 200)], [])


def test_what_is_only_planned_to_go_is_still_there() -> None:
    for number, state in enumerate(("planned", "logged", "cancelled")):
        expiry(number, number + 1, state)
    assert expired_shown(0, 100) == []


times = st.integers(0, 200)


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(st.tuples(times, times), max_size=6),
    holes=st.lists(st.tuples(times, times), max_size=4),
    old=st.sets(st.tuples(times, times), max_size=3),
)
def test_spans_gaps_and_expired_stretches_never_overlap_and_cover_the_past(
    pairs: list[tuple[int, int]], holes: list[tuple[int, int]], old: set[tuple[int, int]]
) -> None:
    Span.objects.all().delete()
    Gap.objects.all().delete()
    Expiry.objects.all().delete()
    for started, ended in {(min(pair), max(pair)) for pair in old}:
        if started < ended:
            expiry(started, ended)
    for started, ended in {min(pair): max(pair) for pair in pairs}.items():
        if started < ended:
            span(started, ended)
    for started, ended in {min(pair): max(pair) for pair in holes}.items():
        gap(started, ended)
    spans, gaps = shown(20, 180, 1000)
    pieces = sorted(
        [*spans, *((started, ended) for started, ended, _ in gaps), *expired_shown(20, 180)], key=lambda piece: piece[0]
    )
    assert pieces[0][0] == 20
    assert pieces[-1][1] == 180
    assert all(left[1] == right[0] for left, right in pairwise(pieces))


def test_a_stream_records_while_its_last_picture_is_fresh() -> None:
    span(0, 100)
    assert states([CAMERA], now=at(105))[CAMERA, "main"].kind == "recording"
    quiet = states([CAMERA], now=at(111))[CAMERA, "main"]
    assert (quiet.kind, quiet.since, quiet.last_recorded_at) == ("unknown", at(100), at(100))


def test_an_open_gap_says_since_when_and_why_until_pictures_are_back() -> None:
    span(0, 100)
    gap(100, None, "camera_refused")
    state = states([CAMERA], now=at(105))[CAMERA, "main"]
    assert (state.kind, state.since, state.reason) == ("gap", at(100), "camera_refused")
    span(150, 160)
    assert states([CAMERA], now=at(161))[CAMERA, "main"].kind == "recording"


def test_what_was_never_heard_of_is_absent() -> None:
    assert states([CAMERA, "other"], now=at(0)) == {}


def test_queries_are_few_and_use_an_index(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for n in range(50):
        span(10 * n, 10 * n + 5)
    with django_assert_max_num_queries(3):
        shown(0, 500, 1000)
    with django_assert_max_num_queries(3):
        states([CAMERA, "other"], now=at(10_000))
    rows = Span.objects.filter(camera=CAMERA, stream="main", started_at__lt=at(5), ended_at__gt=at(0))
    if connection.vendor == "sqlite":
        assert "USING INDEX" in rows.explain()
