"""Pictures to fragments."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from haidang.core.units import Pts90k, WallUs
from haidang.core.video import AccessUnit
from haidang.recorder.cutting import HOLE_90K, CutFragment, Cutter
from recorder.pictures import BEGAN, FRAME_90K, FRAME_US, numbers, unit, units

FRAGMENT_90K = 18_000


def cutter() -> Cutter:
    return Cutter(FRAGMENT_90K, reorder_frames=0, interval_90k=FRAME_90K)


def cut(cutting: Cutter, pictures: Iterable[AccessUnit], *, finish: bool = True) -> list[CutFragment]:
    done = [cutting.add(u, u.pts_90k, WallUs(BEGAN + u.pts_90k * 100 // 9), u.lost_packets) for u in pictures]
    return [fragment for fragment in (*done, cutting.flush() if finish else None) if fragment is not None]


def test_five_pictures_make_a_fragment_of_200_ms_and_each_keyframe_begins_one() -> None:
    fragments = cut(cutter(), units(0, 52))
    assert [len(f.samples) for f in fragments] == [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 2]
    assert [f.keyframe for f in fragments] == [n % 5 == 0 for n in range(11)]
    assert all(not sample.keyframe for f in fragments for sample in f.samples[1:])
    assert numbers([s.data for f in fragments for s in f.samples]) == list(range(52))


def test_times_count_from_the_first_picture_wherever_it_lies() -> None:
    cutting = cutter()
    fragments = cut(cutting, units(0, 50, first_pts=7_000_000))
    assert cutting.position_90k == 7_000_000
    assert [f.base_dts_90k for f in fragments] == [n * FRAGMENT_90K for n in range(10)]
    assert fragments[3].received_at == BEGAN + 7_000_000 * 100 // 9 + 15 * FRAME_US


def test_a_fragment_is_given_one_picture_after_its_last() -> None:
    cutting = cutter()
    assert cut(cutting, units(0, 5), finish=False) == []
    assert len(cut(cutting, units(5, 6), finish=False)) == 1


def test_up_to_a_second_is_stretched_over() -> None:
    fragments = cut(cutter(), [unit(0), unit(1), unit(20), unit(21)])
    assert [s.duration_90k for f in fragments for s in f.samples][:2] == [FRAME_90K, 19 * FRAME_90K]


def test_a_longer_hole_stays_one_between_two_fragments() -> None:
    fragments = cut(cutter(), [unit(0), unit(1), unit(80), unit(81)])
    assert [[s.duration_90k for s in f.samples] for f in fragments] == [[FRAME_90K] * 2, [FRAME_90K] * 2]
    assert [f.base_dts_90k for f in fragments] == [0, 80 * FRAME_90K]


def test_an_overdue_picture_can_be_written_before_the_next_one_comes() -> None:
    cutting = cutter()
    cut(cutting, units(0, 2), finish=False)
    newest_at = WallUs(BEGAN + FRAME_US)
    assert not cutting.overdue(WallUs(newest_at + 900_000))
    assert cutting.overdue(WallUs(newest_at + 1_100_000))
    flushed = cutting.flush()
    assert flushed is not None
    assert len(flushed.samples) == 2
    assert cut(cutting, units(2, 3))[0].base_dts_90k == 2 * FRAME_90K


def test_the_last_picture_lasts_until_the_next_file_begins() -> None:
    cutting = cutter()
    cut(cutting, units(0, 3), finish=False)
    last = cutting.flush(Pts90k(3 * FRAME_90K + 500))
    assert last is not None
    assert [s.duration_90k for s in last.samples] == [FRAME_90K, FRAME_90K, FRAME_90K + 500]


@given(st.lists(st.integers(-40_000, 2 * HOLE_90K), min_size=1, max_size=60), st.sets(st.integers(0, 59)))
def test_no_picture_is_lost_and_times_never_overlap(steps: list[int], flushes: set[int]) -> None:
    cutting, pts, fragments = cutter(), 100_000, []
    for number, step in enumerate(steps):
        picture = AccessUnit(number.to_bytes(4, "big"), Pts90k(pts), number % 7 == 0, 0, None)
        fragments.append(cutting.add(picture, picture.pts_90k, BEGAN, 0))
        if number in flushes:
            fragments.append(cutting.flush())
        pts += step
    fragments.append(cutting.flush())
    whole = [f for f in fragments if f is not None]
    assert numbers([s.data for f in whole for s in f.samples]) == list(range(len(steps)))
    end = 0
    for fragment in whole:
        assert fragment.base_dts_90k >= end
        assert all(s.duration_90k > 0 for s in fragment.samples)
        end = fragment.base_dts_90k + sum(s.duration_90k for s in fragment.samples)
