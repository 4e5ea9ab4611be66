"""Decode times for files, with and without B-frames."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from haidang.core.rtp.decode_time import DecodeTimes
from haidang.core.units import Pts90k

FRAME = 3600


def times(shown: list[int], reorder_frames: int = 0) -> list[tuple[int, int]]:
    decode = DecodeTimes(reorder_frames)
    return [decode.add(Pts90k(FRAME * number)) for number in shown]


def test_without_b_frames_a_picture_is_decoded_when_it_is_shown() -> None:
    assert times([5, 6, 7, 9]) == [(FRAME * number, 0) for number in (5, 6, 7, 9)]


def test_one_b_frame_is_one_picture_late() -> None:
    assert times([0, 2, 1, 4, 3, 6, 5], 1) == [
        (0, 0),
        (1, 2 * FRAME - 1),
        (FRAME, 0),
        (2 * FRAME, 2 * FRAME),
        (3 * FRAME, 0),
        (4 * FRAME, 2 * FRAME),
        (5 * FRAME, 0),
    ]


def test_b_frames_that_the_sps_kept_silent_about_are_learnt() -> None:
    learnt = times([0, 3, 1, 2, 6, 4, 5, 9, 7, 8])
    assert learnt[:3] == [(0, 0), (3 * FRAME, 0), (3 * FRAME + 1, -2 * FRAME - 1)]
    assert [offset >= 0 for _, offset in learnt[4:]] == [True] * 6


def test_equal_timestamps_do_not_make_a_sample_of_length_0() -> None:
    assert times([1, 1, 1, 2]) == [(FRAME, 0), (FRAME + 1, -1), (FRAME + 2, -2), (2 * FRAME, 0)]


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=60), st.data())
def test_any_reordering_gives_increasing_times_that_lead_to_the_pts(steps: list[int], data: st.DataObject) -> None:
    depth = data.draw(st.integers(0, 4))
    shown = [sum(steps[: n + 1]) + 1000 for n in range(len(steps))]
    coded = reorder(shown, depth, data)
    decode = DecodeTimes(data.draw(st.integers(0, depth)))
    given_out = [(pts, *decode.add(Pts90k(pts))) for pts in coded]
    assert all(dts + offset == pts for pts, dts, offset in given_out)
    assert all(one < other for one, other in pairwise(dts for _, dts, _ in given_out))


@given(st.lists(st.integers(100, 10_000), min_size=8, max_size=60), st.data())
def test_with_the_depth_known_no_picture_is_decoded_after_it_is_shown(steps: list[int], data: st.DataObject) -> None:
    """Closed GOPs: what is decoded first is shown first. The first few crowd 1/90000 s apart."""
    depth = data.draw(st.integers(0, 4))
    shown = [sum(steps[: n + 1]) for n in range(len(steps))]
    coded = [shown[0], *reorder(shown[1:], depth, data)]
    decode = DecodeTimes(depth)
    assert all(offset >= 0 for _, offset in (decode.add(Pts90k(pts)) for pts in coded))


def reorder(shown: list[int], depth: int, data: st.DataObject) -> list[int]:
    """A decode order in which at most ``depth`` pictures come before one shown earlier."""
    coded: list[int] = []
    left = list(shown)
    while left:
        ahead = sum(1 for pts in coded if pts > left[0])
        choices = left[: 1 + max(depth - ahead, 0)]
        coded.append(left.pop(choices.index(data.draw(st.sampled_from(choices)))))
    return coded
