"""Which recording may expire: by its site's period, by want of room, and never while it is held."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from haidang.core.retention import (
    DAY_US,
    HeldTime,
    StoredFile,
    bytes_short,
    days_left,
    is_held,
    plan_emergency,
    plan_expiry,
)
from haidang.core.units import WallUs

NOW = WallUs(1_795_575_600_000_000)
MINUTE = 60_000_000
DAYS = {"de-gi": 30, "quy-nhon": 15}


def file(age_days: float, *, site: str = "de-gi", camera: str = "de-gi-1", size: int = 100) -> StoredFile:
    """Five minutes that ended so long ago."""
    ended = WallUs(NOW - int(age_days * DAY_US))
    return StoredFile(f"{site}/{camera}/{ended}", site, camera, "main", WallUs(ended - 5 * MINUTE), ended, size)


def hold(about: StoredFile, *, camera: str | None = None, before: int = 0, after: int = 0) -> HeldTime:
    return HeldTime(
        about.site, about.camera if camera is None else camera,
        WallUs(about.started_at - before), WallUs(about.ended_at + after),
    )  # fmt: skip


def test_a_file_goes_when_its_last_moment_is_older_than_its_sites_period() -> None:
    old, young = file(30.001), file(29.999)
    assert list(plan_expiry([old, young], DAYS, [], NOW)) == [old]


def test_a_file_that_straddles_the_end_of_the_period_stays_whole() -> None:
    straddling = file(30 - 2 * MINUTE / DAY_US)
    assert straddling.started_at < NOW - 30 * DAY_US < straddling.ended_at
    assert list(plan_expiry([straddling], DAYS, [], NOW)) == []


def test_the_very_instant_of_the_period_is_still_inside_it() -> None:
    assert list(plan_expiry([file(30)], DAYS, [], NOW)) == []


def test_each_site_has_its_own_period_and_a_site_without_one_keeps_everything() -> None:
    here, there, nowhere = file(20), file(20, site="quy-nhon"), file(4000, site="tam-quan")
    assert list(plan_expiry([here, there, nowhere], DAYS, [], NOW)) == [there]


def test_a_hold_that_touches_one_moment_keeps_the_whole_file() -> None:
    old = file(40)
    touching = HeldTime("de-gi", "de-gi-1", WallUs(old.ended_at - 1), WallUs(old.ended_at + DAY_US))
    beside = HeldTime("de-gi", "de-gi-1", WallUs(old.ended_at + 1), WallUs(old.ended_at + DAY_US))
    assert list(plan_expiry([old], DAYS, [touching], NOW)) == []
    assert list(plan_expiry([old], DAYS, [beside], NOW)) == [old]


def test_a_hold_of_a_site_keeps_all_its_cameras_and_no_other_sites() -> None:
    here, neighbour, elsewhere = file(40), file(40, camera="de-gi-2"), file(40, site="quy-nhon")
    held = hold(here, camera="")
    assert is_held(neighbour, [held])
    assert list(plan_expiry([here, neighbour, elsewhere], DAYS, [held], NOW)) == [elsewhere]


def test_a_hold_of_one_camera_keeps_no_other() -> None:
    assert not is_held(file(40, camera="de-gi-2"), [hold(file(40))])


def test_short_of_room_the_oldest_goes_first_and_no_more_than_is_needed() -> None:
    files = [file(age) for age in (5, 4, 3, 2)]
    assert list(plan_emergency(files, [], 150)) == files[:2]
    assert list(plan_emergency(files, [], 0)) == []


def test_held_footage_does_not_go_for_want_of_room() -> None:
    files = [file(age) for age in (5, 4, 3)]
    assert list(plan_emergency(files, [hold(files[0])], 100)) == [files[1]]
    assert list(plan_emergency(files, [hold(each) for each in files], 10_000)) == []


def test_how_many_bytes_are_short_is_rounded_up() -> None:
    assert bytes_short(1000, 50, 5) == 0
    assert bytes_short(1000, 49, 5) == 1
    assert bytes_short(999, 0, 5) == 50


def test_the_days_that_are_left_never_promise_too_much() -> None:
    assert days_left(NOW, 30, NOW) == 30
    assert days_left(WallUs(NOW - 1), 30, NOW) == 29
    assert days_left(WallUs(NOW - 40 * DAY_US), 30, NOW) == 0


ages = st.floats(0, 60)


@given(
    ages=st.lists(ages, max_size=12),
    held=st.lists(st.tuples(ages, ages), max_size=4),
    needed=st.integers(0, 2000),
)
def test_whatever_is_planned_is_old_enough_and_unheld(
    ages: list[float], held: list[tuple[float, float]], needed: int
) -> None:
    files = sorted((file(age) for age in ages), key=lambda each: each.started_at)
    holds = [
        HeldTime("de-gi", "", WallUs(NOW - int(max(pair) * DAY_US)), WallUs(NOW - int(min(pair) * DAY_US)))
        for pair in held
    ]
    for each in plan_expiry(files, DAYS, holds, NOW):
        assert each.ended_at < NOW - 30 * DAY_US
        assert not is_held(each, holds)
    going = list(plan_emergency(files, holds, needed))
    unheld = [each for each in files if not is_held(each, holds)]
    assert going == unheld[: len(going)]
    assert len(going) == min(len(unheld), -(-needed // 100))
