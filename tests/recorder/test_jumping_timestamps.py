"""Timestamps that jump, and networks that only stall."""

from haidang.core.units import Pts90k
from haidang.recorder.jumps import JumpWatch

FRAME_90K, FRAME_US = 3600, 40_000


def feed(watch: JumpWatch, pts: int, arrived_us: int, frames: int) -> tuple[int, int, list[int]]:
    """Regular pictures; where times stand afterwards, and the times given."""
    given: list[int] = []
    for _ in range(frames):
        given.append(watch.follow(Pts90k(pts), arrived_us))
        pts, arrived_us = pts + FRAME_90K, arrived_us + FRAME_US
    return pts, arrived_us, given


def test_regular_pictures_keep_their_times() -> None:
    watch = JumpWatch()
    _, _, given = feed(watch, 1000, 0, 100)
    assert given == list(range(1000, 1000 + 100 * FRAME_90K, FRAME_90K))
    assert not watch.jumped


def test_a_jump_either_way_is_told_and_times_go_on_until_a_file_begins() -> None:
    for jump in (3600 * 90_000, -3600 * 90_000, 2 * 90_000, -2 * 90_000):
        watch = JumpWatch()
        pts, arrived, before = feed(watch, 10**9, 0, 50)
        pts, arrived, after = feed(watch, pts + jump, arrived, 50)
        assert watch.jumped
        assert after[0] - before[-1] == FRAME_90K
        assert after == sorted(after)
        watch.restart()
        assert watch.follow(Pts90k(pts), arrived) == pts
        assert not watch.jumped


def test_a_stalled_network_and_its_burst_are_no_jump() -> None:
    watch = JumpWatch()
    pts, arrived, _ = feed(watch, 0, 0, 50)
    for _ in range(125):  # five seconds' pictures at once
        watch.follow(Pts90k(pts), arrived + 5_000_000)
        pts += FRAME_90K
    feed(watch, pts, arrived + 5_000_000, 50)
    assert not watch.jumped


def test_pictures_that_the_camera_left_out_are_no_jump() -> None:
    watch = JumpWatch()
    pts, arrived, _ = feed(watch, 0, 0, 50)
    _, _, given = feed(watch, pts + 4 * 90_000, arrived + 4_000_000, 50)
    assert not watch.jumped
    assert given[0] == pts + 4 * 90_000


def test_reordered_pictures_are_no_jump() -> None:
    watch = JumpWatch()
    for number, pts in enumerate((0, 3, 1, 2, 6, 4, 5)):
        assert watch.follow(Pts90k(pts * FRAME_90K), number * FRAME_US) == pts * FRAME_90K
    assert not watch.jumped


def test_a_camera_whose_clock_runs_double_is_cut_every_ten_seconds() -> None:
    watch = JumpWatch()
    jumps = 0
    for number in range(25 * 60):
        watch.follow(Pts90k(number * 2 * FRAME_90K), number * FRAME_US)
        if watch.jumped:
            jumps += 1
            watch.restart()
    assert 4 <= jumps <= 6
