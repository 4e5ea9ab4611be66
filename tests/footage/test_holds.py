"""Who may hold which minutes, for how long and how much, and who releases them."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.cast import NOW, account_of
from haidang.accounts.authority import authority
from haidang.audit.models import Entry
from haidang.core.errors import Conflict, Denied, InvalidInput, NotFound
from haidang.core.retention import DAY_US
from haidang.core.timeline import Span
from haidang.core.units import WallUs
from haidang.footage.actions import HoldFacts, extend_hold, place_automatic_hold, place_hold, release_hold
from haidang.footage.expiring import held_times
from haidang.footage.holds import HOUR_US, hold_numbered, holdable_sites, holds_of_sites, holds_touching, unit_hours
from haidang.footage.models import Hold

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("port")]
CAMERA = "de-gi-1"
UNTIL = WallUs(NOW + 60 * DAY_US)


def facts(
    *, camera: str = CAMERA, hours: float = 1, ago_h: float = 10, reason: str = "Mất cắp", until: WallUs = UNTIL
) -> HoldFacts:
    start = WallUs(NOW - int(ago_h * HOUR_US))
    return HoldFacts(camera, start, WallUs(start + int(hours * HOUR_US)), reason, until)


def placed(unit: str = "ca-phu-cat", *, quota: int = 720, **about: Any) -> Hold:
    return place_hold(facts(**about), by=account_of(unit), quota_hours=quota, now=NOW)


def test_a_holder_unit_keeps_the_minutes_that_it_needs() -> None:
    hold = placed()
    assert (hold.site, hold.camera, hold.unit, hold.kind) == ("de-gi", CAMERA, "ca-phu-cat", "manual")
    assert [(each.camera, each.from_us) for each in held_times(NOW)] == [(CAMERA, hold.started_at)]
    entry = Entry.objects.latest("pk")
    assert (entry.action, entry.decision, entry.clause, entry.purpose) == (
        "place_hold", "allow", "II.7.b", "an-ninh-trat-tu"
    )  # fmt: skip
    assert entry.facts["hold"] == hold.pk
    assert "Mất cắp" not in str(entry.facts)


@pytest.mark.parametrize("unit", ["vien-thong-binh-dinh", "tinh-doan", "so-tttt"])
def test_who_has_no_such_right_is_refused_and_it_is_noted(unit: str) -> None:
    with pytest.raises((Denied, NotFound)):
        placed(unit)
    assert not Hold.objects.exists()
    if unit != "so-tttt":  # who may not know of the camera is told that there is none
        assert Entry.objects.filter(action="place_hold", decision="deny").count() == 1


def test_another_sites_camera_is_not_there() -> None:
    with pytest.raises(NotFound):
        placed("ca-quy-nhon")


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"hours": 0}, "window_order"), ({"hours": -1}, "window_order"), ({"ago_h": 0.5}, "window_future"),
        ({"reason": "  "}, "reason_needed"), ({"until": NOW}, "hold_until"),
        ({"until": WallUs(NOW + 181 * DAY_US)}, "hold_until"),
    ],
)  # fmt: skip
def test_what_cannot_be_held_is_said(about: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        placed(**about)
    assert refused.value.code == code


def test_a_unit_holds_no_more_than_its_hours_and_others_are_not_charged() -> None:
    by = account_of("ca-phu-cat")
    place_hold(facts(hours=3), by=by, quota_hours=4, now=NOW)
    with pytest.raises(Conflict) as refused:
        place_hold(facts(hours=2), by=by, quota_hours=4, now=NOW)
    assert refused.value.code == "hold_quota"
    place_hold(facts(hours=1), by=by, quota_hours=4, now=NOW)
    assert unit_hours("ca-phu-cat", now=NOW) == pytest.approx(4)
    placed("tram-bp-de-gi", quota=4, hours=4)


def test_what_the_system_keeps_is_charged_to_nobody_and_may_cover_a_site() -> None:
    hold = place_automatic_hold(
        "storm", site="de-gi", camera="", from_us=WallUs(NOW - HOUR_US), to_us=WallUs(NOW + DAY_US), until=UNTIL,
        reason="Bão số 13", now=NOW,
    )  # fmt: skip
    assert (hold.placed_by, hold.unit) == (None, "")
    assert unit_hours("", now=NOW) == pytest.approx(25 * 4)
    window = Span(WallUs(NOW - 60), NOW)
    assert holds_touching("de-gi", "de-gi-3", window, now=NOW) == [hold]
    assert holds_touching("quy-nhon", "quy-nhon-1", window, now=NOW) == []
    release_hold(hold, reason="Bão tan", by=account_of("ca-phu-cat"), now=NOW)


def test_who_placed_it_does_not_release_it() -> None:
    hold = placed()
    assert hold.placed_by is not None
    with pytest.raises(Denied) as refused:
        release_hold(hold, reason="Không cần", by=hold.placed_by, now=NOW)
    assert refused.value.code == "own_hold"
    assert Entry.objects.filter(action="release_hold", decision="deny").count() == 1
    assert held_times(NOW)


def test_another_person_who_may_place_holds_there_releases_it_with_a_reason() -> None:
    hold, other = placed(), account_of("ca-phu-cat", username="pho-ca")
    with pytest.raises(InvalidInput):
        release_hold(hold, reason=" ", by=other, now=NOW)
    release_hold(hold, reason="Đã bàn giao", by=other, now=NOW)
    assert held_times(NOW) == []
    kept = Hold.objects.get()
    assert (kept.released_by, kept.released_at, kept.release_reason) == (other, NOW, "Đã bàn giao")
    with pytest.raises(Conflict) as refused:
        release_hold(hold, reason="Lần nữa", by=other, now=NOW)
    assert refused.value.code == "hold_over"


@pytest.mark.parametrize("unit", ["ca-quy-nhon", "vien-thong-binh-dinh", "tinh-doan"])
def test_nobody_without_the_right_there_releases_or_extends_it(unit: str) -> None:
    hold, other = placed(), account_of(unit)
    with pytest.raises(Denied):
        release_hold(hold, reason="Dọn chỗ", by=other, now=NOW)
    with pytest.raises(Denied):
        extend_hold(hold, until=WallUs(UNTIL + DAY_US), by=other, now=NOW)
    assert Hold.objects.get().in_force(NOW)


def test_it_lapses_by_itself_and_whoever_needs_it_extends_it_before() -> None:
    hold = placed()
    assert hold.in_force(WallUs(UNTIL - 1))
    assert not hold.in_force(UNTIL)
    assert held_times(UNTIL) == []
    longer = WallUs(UNTIL + 30 * DAY_US)
    extend_hold(hold, until=longer, by=account_of("ca-phu-cat", username="pho-ca"), now=NOW)
    assert held_times(UNTIL)
    board = account_of("bql-cang-ca-binh-dinh")
    for until in (longer, WallUs(NOW + 300 * DAY_US)):
        with pytest.raises(InvalidInput) as refused:
            extend_hold(hold, until=until, by=board, now=NOW)
        assert refused.value.code == "hold_until"
    with pytest.raises(Conflict):
        extend_hold(hold, until=WallUs(longer + DAY_US), by=account_of("tram-bp-de-gi"), now=longer)


def test_people_see_the_holds_of_the_sites_where_they_may_hold() -> None:
    hold = placed()
    port_board, police = account_of("bql-cang-ca-binh-dinh"), account_of("ca-quy-nhon")
    assert holdable_sites(port_board, now=NOW, door=authority()) == ["quy-nhon", "de-gi"]
    assert holds_of_sites(["quy-nhon", "de-gi"], now=NOW) == [hold]
    assert holds_of_sites(["de-gi"], now=NOW, in_force=False) == []
    assert hold_numbered(hold.pk, ["de-gi"]) == hold
    with pytest.raises(NotFound):
        hold_numbered(hold.pk, holdable_sites(police, now=NOW, door=authority()))
