"""Which picture is due when."""

from hypothesis import given
from hypothesis import strategies as st

from haidang.core.units import WallUs
from haidang.simulator.catalogue import cameras
from haidang.simulator.looptime import FRAME_US, GOP_FRAMES, frame_at, into_frame_us, loop_frames

_INSTANTS = st.integers(0, 4_000_000_000_000_000).map(WallUs)


@given(at=_INSTANTS, seconds=st.integers(1, 60))
def test_pictures_follow_one_another_without_end(at: WallUs, seconds: int) -> None:
    loop = loop_frames(seconds)
    assert loop % GOP_FRAMES == 0
    first, then = (frame_at("de-gi-luong-vao", WallUs(at + step), loop) for step in (0, FRAME_US))
    assert then == (first + 1) % loop


@given(at=_INSTANTS)
def test_a_picture_begins_where_it_says(at: WallUs) -> None:
    began = WallUs(at - into_frame_us("de-gi-luong-vao", at))
    loop = loop_frames(16)
    assert frame_at("de-gi-luong-vao", began, loop) == frame_at("de-gi-luong-vao", at, loop)
    assert into_frame_us("de-gi-luong-vao", began) == 0


def test_cameras_do_not_have_their_keyframes_at_once() -> None:
    phases = {frame_at(camera.id, WallUs(0), GOP_FRAMES) for camera in cameras(64)}
    assert len(phases) > 30
