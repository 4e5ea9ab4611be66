"""Which cameras an account may know of: 12 units as the notice says, nobody else, and fast for many cameras."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.cast import NOW, account_of, camera
from haidang.accounts.models import Unit
from haidang.cameras.actions import switch_camera
from haidang.cameras.queries import known_camera, visible_cameras
from haidang.core.errors import NotFound
from policy.test_notice_matrix import HOLDERS, OPERATOR, UNITS

pytestmark = pytest.mark.usefixtures("port")


def test_every_unit_sees_its_sites_cameras_and_no_other() -> None:
    assert set(Unit.objects.values_list("slug", flat=True)) == set(UNITS)
    for unit in UNITS:
        sites = {"quy-nhon", "de-gi", "tam-quan"} if unit == OPERATOR else set(HOLDERS.get(unit, ((),))[0])
        visible = visible_cameras(account_of(unit), now=NOW)
        assert {each.site.slug for each in visible} == sites, unit
        assert len(visible) == 4 * len(sites), unit


def test_a_camera_out_of_use_is_not_there() -> None:
    account = account_of("ca-phu-cat")
    switch_camera(camera("de-gi-1"), active=False, now=NOW)
    assert len(visible_cameras(account, now=NOW)) == 3
    with pytest.raises(NotFound):
        known_camera(account, "de-gi-1", now=NOW)


def test_an_unknown_and_a_forbidden_camera_are_the_same_error() -> None:
    account, told = account_of("ca-phu-cat"), []
    for slug in ("tam-quan-1", "no-such-camera"):
        with pytest.raises(NotFound) as refused:
            known_camera(account, slug, now=NOW)
        told.append((str(refused.value), refused.value.code, refused.value.clause))
    assert told[0] == told[1]


def test_the_list_takes_three_queries_however_long(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    account = account_of("tinh-doan")
    visible_cameras(account, now=NOW)
    with django_assert_num_queries(3):
        visible_cameras(account, now=NOW)
