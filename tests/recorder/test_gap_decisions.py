"""When a gap opens and closes, and whose it is."""

from hypothesis import given
from hypothesis import strategies as st

from haidang.core.journal import GapClose, GapOpen, GapReason
from haidang.core.units import WallUs
from haidang.recorder.gaps import Cause, GapKeeper, GapRecord

S = 1_000_000
NETWORK = Cause(GapReason.NETWORK, "silent")
UNREACHABLE = Cause(GapReason.CAMERA_UNREACHABLE, "no answer")
DISK_FULL = Cause(GapReason.DISK_FULL, "disk_full")
STOPPED = Cause(GapReason.RECORDER_STOPPED)


def at(seconds: float) -> WallUs:
    return WallUs(int(seconds * S))


def playing(until_s: int = 10) -> GapKeeper:
    gaps = GapKeeper(at(0))
    for tick in range(25 * until_s + 1):
        assert gaps.picture(at(tick / 25)) == []
    return gaps


def test_no_gap_opens_while_pictures_come_or_are_a_moment_late() -> None:
    gaps = playing(10)
    assert gaps.quiet(NETWORK, at(11.4)) == []


def test_overdue_pictures_open_a_gap_at_the_last_one_and_the_next_closes_it() -> None:
    gaps = playing(10)
    assert gaps.quiet(NETWORK, at(11.6)) == [GapOpen(GapReason.NETWORK, at(10), "silent")]
    assert gaps.quiet(NETWORK, at(12)) == []
    assert gaps.picture(at(13)) == [GapClose(GapReason.NETWORK, at(10), at(13), "silent")]


def test_a_camera_of_one_picture_in_two_seconds_has_no_gaps() -> None:
    gaps = GapKeeper(at(0))
    for seconds in range(0, 120, 2):
        gaps.picture(at(seconds))
    assert gaps.quiet(NETWORK, at(118 + 1.9)) == []
    assert gaps.quiet(NETWORK, at(118 + 10)) != []


def test_an_ended_connection_opens_the_gap_at_once_and_the_last_known_cause_closes_it() -> None:
    gaps = playing(10)
    assert gaps.impossible(NETWORK, at(10.1)) == [GapOpen(GapReason.NETWORK, at(10), "silent")]
    better = GapOpen(GapReason.CAMERA_UNREACHABLE, at(10), "no answer")
    assert gaps.impossible(UNREACHABLE, at(15)) == [better], "said at once, for whoever looks meanwhile"
    assert gaps.impossible(UNREACHABLE, at(16)) == [], "and once"
    assert gaps.picture(at(20)) == [GapClose(GapReason.CAMERA_UNREACHABLE, at(10), at(20), "no answer")]


def test_when_blame_passes_from_the_camera_to_us_the_gap_is_cut_in_two() -> None:
    gaps = playing(10)
    gaps.impossible(UNREACHABLE, at(10.1))
    assert gaps.impossible(STOPPED, at(30)) == [
        GapClose(GapReason.CAMERA_UNREACHABLE, at(10), at(30), "no answer"),
        GapOpen(GapReason.RECORDER_STOPPED, at(30)),
    ]


def test_a_refused_disk_counts_from_what_was_really_written() -> None:
    gaps = playing(10)
    assert gaps.impossible(DISK_FULL, at(10.5), since=at(9.2)) == [GapOpen(GapReason.DISK_FULL, at(9.2), "disk_full")]


def test_a_crash_leaves_a_gap_from_the_last_recorded_picture() -> None:
    gaps = GapKeeper(at(100))
    assert gaps.resume(last_picture_at=at(90), open_gap=None, gap_ended_at=None) == [
        GapOpen(GapReason.RECORDER_STOPPED, at(90))
    ]
    assert gaps.picture(at(101)) == [GapClose(GapReason.RECORDER_STOPPED, at(90), at(101))]


def test_an_open_gap_of_the_run_before_goes_on() -> None:
    gaps = GapKeeper(at(100))
    left = GapOpen(GapReason.RECORDER_STOPPED, at(80))
    assert gaps.resume(last_picture_at=at(80), open_gap=left, gap_ended_at=None) == []
    assert gaps.quiet(NETWORK, at(101)) == []
    assert gaps.picture(at(102)) == [GapClose(GapReason.RECORDER_STOPPED, at(80), at(102))]


def test_a_gap_whose_end_was_lost_in_a_crash_is_ended_before_the_new_one() -> None:
    gaps = GapKeeper(at(100))
    left = GapOpen(GapReason.NETWORK, at(50), "silent")
    assert gaps.resume(last_picture_at=at(90), open_gap=left, gap_ended_at=at(60)) == [
        GapClose(GapReason.NETWORK, at(50), at(60), "silent"),
        GapOpen(GapReason.RECORDER_STOPPED, at(90)),
    ]


def test_a_camera_that_never_had_a_picture_has_no_gap_before_it_was_listed() -> None:
    gaps = GapKeeper(at(100))
    assert gaps.resume(last_picture_at=None, open_gap=None, gap_ended_at=None) == []
    assert gaps.impossible(UNREACHABLE, at(105)) == [GapOpen(GapReason.CAMERA_UNREACHABLE, at(100), "no answer")]


def test_a_clock_set_forward_leaves_a_gap_and_one_set_back_leaves_none() -> None:
    gaps = playing(10)
    assert gaps.clock_set(3600 * S, at(3610)) == [GapOpen(GapReason.CLOCK, at(10), "set forward 3600.0 s")]
    assert gaps.picture(at(3610)) == [GapClose(GapReason.CLOCK, at(10), at(3610), "set forward 3600.0 s")]
    gaps = playing(10)
    assert gaps.clock_set(-5 * S, at(5)) == []
    assert gaps.quiet(NETWORK, at(6.6)) == [GapOpen(GapReason.NETWORK, at(5), "silent")]


CAUSES = st.sampled_from([NETWORK, UNREACHABLE, DISK_FULL, STOPPED])


@given(st.lists(st.tuples(st.integers(0, 3 * S), st.sampled_from(["picture", "failed", "quiet"]), CAUSES), max_size=60))
def test_gaps_follow_each_other_and_never_overlap(steps: list[tuple[int, str, Cause]]) -> None:
    gaps, now, records = GapKeeper(at(1)), 1 * S, list[GapRecord]()
    for step_us, what, cause in steps:
        now += step_us
        if what == "picture":
            records += gaps.picture(WallUs(now))
        elif what == "failed":
            records += gaps.impossible(cause, WallUs(now))
        else:
            records += gaps.quiet(cause, WallUs(now))
    ended, opened, is_open = 0, 0, False
    for record in records:
        if isinstance(record, GapOpen):
            assert record.started_at == opened if is_open else record.started_at >= ended
            is_open, opened = True, record.started_at
        else:
            assert is_open
            assert record.started_at == opened
            assert record.ended_at >= opened
            is_open, ended = False, record.ended_at
