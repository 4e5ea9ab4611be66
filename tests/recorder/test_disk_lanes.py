"""Disk work in lanes: in order, apart from one another, bounded."""

import threading
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from haidang.recorder import lanes
from haidang.recorder.lanes import LANE_BYTES, LanePool

WAIT_S = 5.0


class Pool:
    """A pool with a clock of its own."""

    def __init__(self) -> None:
        self.now_s = 1.0
        self.crashes: list[Exception] = []
        self.pool = LanePool("test", lambda: self.now_s, self.crashes.append)
        self.pool.start()


@pytest.fixture
def made() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.pool.stop()


def done(lane: lanes.Lane) -> Callable[[], bool]:
    """Whether everything posted to the lane so far gets done in time."""
    event = threading.Event()
    lane.post(event.set)
    return lambda: event.wait(WAIT_S)


def test_jobs_of_a_lane_run_in_order(made: Pool) -> None:
    lane, ran = made.pool.lane(), list[int]()
    for number in range(1000):
        lane.post(lambda number=number: ran.append(number))  # type: ignore[misc]  # mypy cannot infer the default
    assert done(lane)()
    assert ran == list(range(1000))


def test_a_stuck_lane_holds_up_no_other_one(made: Pool) -> None:
    stuck, other, free = made.pool.lane(), made.pool.lane(), threading.Event()
    began = threading.Event()

    def hang() -> None:
        began.set()
        free.wait(WAIT_S)

    stuck.post(hang)
    assert began.wait(WAIT_S)
    waiting = done(other)
    assert made.pool.tend() == 0  # not stuck yet, only busy
    made.now_s += 1
    assert made.pool.tend() == 1
    assert waiting()
    assert made.pool.threads == 2
    free.set()
    assert done(stuck)()


def test_many_lanes_stuck_at_once_are_passed_in_a_few_looks(made: Pool) -> None:
    free = threading.Event()
    for _ in range(20):
        made.pool.lane().post(lambda: free.wait(WAIT_S))
    other = made.pool.lane()
    waiting = done(other)
    for looks in count(1):
        made.now_s += 1
        made.pool.tend()
        if looks == 6:
            break
        threading.Event().wait(0.02)  # let the new threads take their lanes
    assert waiting()
    assert made.pool.threads <= 21
    free.set()


def test_what_waits_is_bounded_for_a_lane_and_jobs_without_bytes_still_pass(made: Pool) -> None:
    lane, free = made.pool.lane(), threading.Event()
    lane.post(lambda: free.wait(WAIT_S))
    half = LANE_BYTES // 2
    assert lane.post(lambda: None, half)
    assert lane.post(lambda: None, half)
    assert not lane.post(lambda: None, 1)
    waiting = done(lane)
    free.set()
    assert waiting()
    assert lane.waiting_bytes == made.pool.waiting_bytes == 0
    assert lane.post(lambda: None, half)


def test_what_waits_is_bounded_for_the_worker(made: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "POOL_BYTES", 10)
    made.pool.hold()
    first, second = made.pool.lane(), made.pool.lane()
    assert first.post(lambda: None, 8)
    assert not second.post(lambda: None, 8)
    made.pool.hand_over()
    assert done(first)()
    assert second.post(lambda: None, 8)


def test_a_job_that_crashes_is_told_and_its_lane_goes_on(made: Pool) -> None:
    lane = made.pool.lane()
    lane.post(lambda: 1 // 0)
    assert done(lane)()
    assert [type(error) for error in made.crashes] == [ZeroDivisionError]


def test_lanes_woken_during_a_beat_start_when_it_is_over(made: Pool) -> None:
    lane, ran = made.pool.lane(), threading.Event()
    made.pool.hold()
    lane.post(ran.set)
    assert not ran.wait(0.05)
    made.pool.hand_over()
    assert ran.wait(WAIT_S)
