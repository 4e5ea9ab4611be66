"""What the truth says is there can be seen there."""

from dataclasses import replace

import numpy as np
import pytest

from haidang.core.units import WallUs
from haidang.simulator.catalogue import DEMO_CAMERAS, by_id
from haidang.simulator.looptime import frame_at
from haidang.simulator.scenes.places import PLACES, scene
from haidang.simulator.scenes.scene import Scene
from haidang.simulator.truth import truth

_FRAMES = 100


def _emptied(shown: Scene) -> Scene:
    """The same place with nobody there."""
    return replace(shown, actors=tuple(actor for actor in shown.actors if actor.kind is None))


@pytest.fixture(scope="module")
def quay() -> Scene:
    return scene("quy-nhon-luong-vao", _FRAMES)


def test_objects_differ_from_the_empty_place_in_their_boxes_and_nowhere_else(quay: Scene) -> None:
    empty = _emptied(quay)
    for index in (0, 33, 70):
        changed = np.abs(quay.picture(index).y.astype(int) - empty.picture(index).y) > 24
        seen = quay.seen(index)
        assert seen
        for one in seen:
            box = one.box
            assert changed[box.y0 : box.y1, box.x0 : box.x1].mean() > 0.15, one
            # Reflections, wakes and shadows lie beside and below; above a thing there is nothing of it.
        clear = changed.copy()
        for one in seen:
            box = one.box
            clear[box.y0 - 3 :, max(0, box.x0 - 60) : box.x1 + 60] = False
        assert clear[40:].mean() < 0.001


def test_a_passing_boat_moves_and_a_moored_one_stays(quay: Scene) -> None:
    early, late = ({one.plate: one for one in quay.seen(index)} for index in (30, 50))
    moving = [plate for plate, one in early.items() if one.kind == "boat" and one.moving and plate in late]
    moored = [plate for plate, one in early.items() if one.kind == "boat" and not one.moving]
    assert moving
    assert moored
    assert all(abs(early[plate].box.x0 - late[plate].box.x0) > 100 for plate in moving)
    assert all(abs(early[plate].box.x0 - late[plate].box.x0) <= 1 for plate in moored)


def test_the_loop_closes_without_a_jump(quay: Scene) -> None:
    last, first, second = (quay.picture(index).y.astype(int) for index in (_FRAMES - 1, 0, 1))
    seam, step = np.abs(first - last).mean(), np.abs(second - first).mean()
    assert seam < 1.5 * step + 0.2


def test_truth_is_that_of_the_picture_shown(quay: Scene) -> None:
    camera, at = by_id("quy-nhon-luong-vao"), WallUs(1_795_568_999_123_456)
    told = truth(camera, at, loop_s=4)
    assert told.frame == frame_at(camera.id, at, _FRAMES)
    assert told.objects == quay.seen(told.frame)
    assert (told.night, told.weather) == (False, "clear")


def test_truth_scales_with_the_sub_stream(quay: Scene) -> None:
    camera = by_id("quy-nhon-luong-vao")
    told = truth(camera, WallUs(0), loop_s=4)
    for large, small in zip(told.objects, told.scaled(3).objects, strict=True):
        assert abs(small.box.x0 * 3 - large.box.x0) <= 3
        assert abs(small.box.y1 * 3 - large.box.y1) <= 3


def test_every_plate_in_the_harbour_is_written_as_registered() -> None:
    for key in ("quy-nhon-luong-vao", "tam-quan-cho-ca"):
        plates = [one.plate for one in scene(key, _FRAMES).seen(10) if one.kind == "boat"]
        assert plates
        assert len(plates) == len(set(plates))
        assert all(plate.endswith("-TS") and len(plate.split("-")[1]) == 5 for plate in plates)


def test_every_camera_has_a_scene() -> None:
    assert all(camera.scene in PLACES for camera in DEMO_CAMERAS)
