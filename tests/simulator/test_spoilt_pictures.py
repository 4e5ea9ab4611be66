"""What the picture faults do to a picture."""

import numpy as np
import pytest

from haidang.simulator.scenes.places import scene
from haidang.simulator.scenes.planes import Planes
from haidang.simulator.spoiling import MOVED_TO, spoil


@pytest.fixture(scope="module")
def picture() -> Planes:
    return scene("quy-nhon-luong-vao", 100).picture(20)


def _detail(planes: Planes) -> float:
    return float(np.abs(np.diff(planes.y[40:].astype(int), axis=1)).mean())


def test_forms_that_only_encode_differently_leave_it_alone(picture: Planes) -> None:
    assert all(spoil(picture, form) is picture for form in ("plain", "low", "high", "small", "h265"))


def test_a_covered_lens_sees_next_to_nothing(picture: Planes) -> None:
    covered = spoil(picture, "cover")
    assert covered.y.max() < 48
    assert covered.y.shape == picture.y.shape


def test_a_lens_out_of_focus_loses_the_detail_and_keeps_the_light(picture: Planes) -> None:
    blurred = spoil(picture, "blur")
    assert _detail(blurred) < 0.4 * _detail(picture)
    assert abs(float(blurred.y.mean()) - float(picture.y.mean())) < 2


def test_a_moved_camera_sees_another_part(picture: Planes) -> None:
    moved = spoil(picture, "move")
    left, top, width, height = MOVED_TO
    middle = picture.y[top + height // 2 - 4 : top + height // 2 + 4, left + width // 2 - 4 : left + width // 2 + 4]
    assert abs(float(moved.y[534:546, 954:966].mean()) - float(middle.mean())) < 8
    assert float(np.abs(moved.y.astype(int) - picture.y).mean()) > 5
