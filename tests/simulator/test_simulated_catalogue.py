"""The cameras one can ask for."""

import pytest

from haidang.core.errors import NotFound
from haidang.core.layout import check_slug
from haidang.simulator.catalogue import DEMO_CAMERAS, SITES, by_id, cameras
from haidang.simulator.scenes.places import PLACES


def test_every_site_has_four_cameras_and_each_looks_at_a_scene_of_its_own() -> None:
    assert [sum(camera.site == site for camera in DEMO_CAMERAS) for site in SITES] == [4, 4, 4]
    assert {camera.scene for camera in DEMO_CAMERAS} == set(PLACES)


def test_any_number_of_cameras_has_distinct_ids_and_names() -> None:
    many = cameras(130)
    assert many[:12] == DEMO_CAMERAS
    assert len({camera.id for camera in many}) == len({camera.name for camera in many}) == 130
    assert all(check_slug(camera.id, "a camera") for camera in many)


def test_an_unknown_camera_is_not_found() -> None:
    with pytest.raises(NotFound):
        by_id("hon-ca-cau-cang")
