"""Which worker records what, and when files end."""

from hypothesis import given
from hypothesis import strategies as st

from haidang.core.units import WallUs
from haidang.recorder.shares import Rotation, worker_of

CAMERAS = [f"de-gi-{number}" for number in range(200)]
PERIOD_US = 300_000_000


def test_every_camera_has_one_of_the_workers() -> None:
    shares = [worker_of(camera, 4) for camera in CAMERAS]
    assert set(shares) == {0, 1, 2, 3}
    assert all(shares.count(worker) > 25 for worker in range(4))


def test_one_more_worker_takes_cameras_and_moves_none_between_the_others() -> None:
    before = {camera: worker_of(camera, 3) for camera in CAMERAS}
    after = {camera: worker_of(camera, 4) for camera in CAMERAS}
    assert all(after[camera] in (before[camera], 3) for camera in CAMERAS)
    assert any(after[camera] == 3 for camera in CAMERAS)


def test_rotations_are_spread_and_main_and_sub_differ() -> None:
    phases = {Rotation.of(camera, stream, PERIOD_US).phase_us for camera in CAMERAS for stream in ("main", "sub")}
    assert len(phases) == 400
    quarter = PERIOD_US // 4
    assert all(sum(phase // quarter == part for phase in phases) > 60 for part in range(4))


@given(st.integers(0, 2**52), st.integers(1, 4 * PERIOD_US), st.integers(0, PERIOD_US - 1))
def test_a_rotation_is_due_once_the_moment_has_passed_and_within_one_period(
    opened: int, later: int, phase: int
) -> None:
    rotation = Rotation(PERIOD_US, phase)
    due = rotation.is_due(WallUs(opened), WallUs(opened + later))
    to_moment = (phase - opened) % PERIOD_US or PERIOD_US
    assert due == (later >= to_moment)
