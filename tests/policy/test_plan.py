"""What a change does, in words that people agree to; whatever may open something is called wider."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import product

import pytest
from hypothesis import given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from haidang.core.policy import (
    Decider,
    Grant,
    Notice,
    Plan,
    Protection,
    Retention,
    Transfer,
    end_grant,
    end_unit,
    plan,
    plan_from_json,
    plan_to_json,
    rename_unit,
    site_uid,
    transfer,
)
from haidang.core.policy.plan import CHANGE_KINDS, Change
from policy.shipped import ask_of, compiled, notice, notice_2025

NAME = "II.7.b:ca-phu-cat:de-gi"
DAY = date(2024, 1, 1)


def _grant(**changes: object) -> Notice:
    """The shipped notice with one grant changed."""
    old = next(grant for grant in notice().grants if grant.policy_id == NAME)
    new = replace(old, **changes)  # type: ignore[arg-type]
    return replace(notice(), grants=tuple(new if grant is old else grant for grant in notice().grants))


def _unit(slug: str, **changes: object) -> Notice:
    units = [replace(u, **changes) if u.slug == slug else u for u in notice().units]  # type: ignore[arg-type]
    return replace(notice(), units=tuple(units))


def _first(field: str, **changes: object) -> Notice:
    """The shipped notice with the first of its purposes, answers, … changed."""
    first, *others = getattr(notice(), field)
    return replace(notice(), **{field: (replace(first, **changes), *others)})  # type: ignore[arg-type]


def _protected_by(unit: str) -> Notice:
    return replace(notice(), protections=(*notice().protections, Protection(unit, "de-gi", "II.2")))


def _only(new: Notice) -> Change:
    shown = plan(notice(), new)
    assert len(shown.changes) == 1, shown
    return shown.changes[0]


def test_nothing_changed_is_an_empty_plan() -> None:
    assert plan(notice(), notice()) == Plan(())
    assert not plan(notice(), notice()).widens


def test_the_first_notice_adds_everything() -> None:
    shown = plan(None, notice())
    assert shown.widens
    assert {change.kind for change in shown.changes} >= {
        "unit_added", "site_added", "purpose_added", "grant_added", "duty_changed", "route_changed", "base_changed",
        "schema_changed",
    }  # fmt: skip
    assert sum(change.kind == "grant_added" for change in shown.changes) == len(notice().grants)


OLD = ("view_live", "view_playback", "place_hold", "request_extraction", "report_incident")
CASES: list[tuple[Callable[[], Notice], str, bool]] = [
    (partial(_grant, actions=("view_live",)), "grant_narrowed", False),
    (partial(_grant, actions=tuple(reversed(OLD))), "grant_narrowed", False),
    (partial(_grant, actions=(*OLD, "control_ptz")), "grant_widened", True),
    (partial(_grant, actions=("control_ptz",)), "grant_widened", True),
    (partial(_grant, purposes=("an-ninh-trat-tu", "van-hanh")), "grant_widened", True),
    (partial(_grant, purposes=("van-hanh",)), "grant_widened", True),
    (partial(_grant, purposes=()), "grant_widened", True),
    (partial(_grant, valid_to=DAY), "grant_ended", False),
    (partial(_grant, valid_from=DAY), "grant_narrowed", False),
    (partial(_grant, valid_from=date(2021, 1, 1)), "grant_widened", True),
    (partial(_grant, valid_from=DAY, valid_to=date(2025, 1, 1)), "grant_narrowed", False),
    (partial(_grant, document="Văn bản khác"), "grant_widened", True),
    (partial(_grant, unit="ca-hoai-nhon"), "", True),
    (partial(_grant, resource=site_uid("tam-quan")), "", True),
    (partial(_unit, "ca-phu-cat", valid_to=DAY), "unit_ended", False),
    (partial(_unit, "ca-phu-cat", valid_from=DAY), "unit_changed", True),
    (partial(_unit, "so-tttt", role="holder"), "unit_changed", True),
    (partial(_unit, "tinh-doan", focal_person=False), "unit_changed", True),
    (partial(_unit, "ca-phu-cat", name="Tên khác"), "name_changed", False),
    (partial(_unit, "ca-phu-cat", aliases=("CA",)), "name_changed", False),
    (lambda: end_grant(notice(), NAME, DAY), "grant_ended", False),
    (lambda: rename_unit(notice(), "ca-phu-cat", "Tên khác", "Other", DAY), "name_changed", False),
    (lambda: replace(notice(), base=notice().base + "\n"), "base_changed", True),
    (lambda: replace(notice(), schema=notice().schema + "\n"), "schema_changed", True),
    (lambda: replace(notice(), protections=notice().protections[1:]), "duty_changed", False),
    (partial(_protected_by, "so-tttt"), "duty_changed", True),
    (lambda: replace(notice(), sites=notice().sites[1:]), "site_changed", False),
    (partial(_first, "purposes", name="Khác"), "purpose_changed", True),
    (partial(_first, "answers", value="x"), "answer_changed", True),
    (partial(_first, "answers", reason="x"), "answer_changed", False),
    (partial(_first, "routes", deputies=()), "route_changed", False),
    (partial(_first, "routes", unit="tinh-doan"), "route_changed", True),
    (partial(_first, "kinds", name="Khác"), "route_changed", False),
]  # fmt: skip


@pytest.mark.parametrize(("make", "kind", "widens"), CASES)
def test_each_kind_of_change_is_told_and_judged(make: Callable[[], Notice], kind: str, *, widens: bool) -> None:
    if kind:
        change = _only(make())
        assert (change.kind, change.widens) == (kind, widens)
    assert plan(notice(), make()).widens == widens


def test_a_grant_to_another_unit_is_one_removed_and_one_added() -> None:
    shown = plan(notice(), _grant(unit="ca-hoai-nhon"))
    assert {(change.kind, change.unit) for change in shown.changes} == {
        ("grant_added", "ca-hoai-nhon"), ("grant_removed", "ca-phu-cat"),
    }  # fmt: skip
    assert shown.gaining_units == ("ca-hoai-nhon",)


def test_facts_say_what_was_and_what_is() -> None:
    change = _only(_grant(valid_to=DAY))
    assert (change.unit, change.site, change.facts) == ("ca-phu-cat", "de-gi", (("valid_to", "– → 2024-01-01"),))


def test_a_longer_life_of_an_ended_unit_or_grant_is_wider() -> None:
    ended = end_unit(notice(), "ca-phu-cat", DAY)
    assert not plan(notice(), ended).widens
    assert plan(ended, notice()).widens
    assert plan(ended, notice()).gaining_units == ("ca-phu-cat",)
    gone = replace(ended, units=tuple(u for u in ended.units if u.slug != "ca-phu-cat"))
    assert plan(ended, gone).widens, "the rows of a unit stay, so a last day that is forgotten opens it again"


def test_a_transfer_is_told_by_who_ends_and_who_gains() -> None:
    shown = plan(notice(), transfer(notice(), Transfer("ca-phu-cat", "ca-hoai-nhon", DAY, "Văn bản")))
    assert [(change.kind, change.unit) for change in shown.changes] == [
        ("grant_ended", "ca-phu-cat"), ("grant_added", "ca-hoai-nhon"), ("succession_added", "ca-hoai-nhon"),
    ]  # fmt: skip
    assert shown.gaining_units == ("ca-hoai-nhon",)


def test_plans_are_kept_and_read_back_and_every_kind_is_known() -> None:
    for shown in (plan(None, notice()), plan(notice(), notice_2025()), plan(notice_2025(), notice())):
        assert plan_from_json(json.loads(json.dumps(plan_to_json(shown)))) == shown
        assert {change.kind for change in shown.changes} <= set(CHANGE_KINDS)


# -- the law, tried at random: no decision opens without the plan saying so

UNITS, PURPOSES = ("ca-phu-cat", "tram-bp-de-gi"), ("an-ninh-trat-tu", "quan-ly-neo-dau")
ACTIONS = ("view_live", "view_playback", "place_hold")
DAYS = [date(2022, 1, 1), date(2023, 1, 1), date(2024, 1, 1), date(2025, 1, 1)]


def _some(values: tuple[str, ...], least: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=least, unique=True).map(tuple)


@st.composite
def _grants(draw: st.DrawFn) -> Grant:
    first = draw(st.sampled_from(DAYS))
    return Grant(
        kind="site", unit=draw(st.sampled_from(UNITS)), resource=site_uid("de-gi"), actions=draw(_some(ACTIONS, 1)),
        purposes=draw(_some(PURPOSES, 0)), clause=draw(st.sampled_from(["II.6", "II.7.b"])), document="Văn bản",
        valid_from=first, valid_to=draw(st.none() | st.sampled_from([day for day in DAYS if day >= first])),
    )  # fmt: skip


NOTICES = st.lists(_grants(), max_size=3, unique_by=lambda grant: grant.policy_id).map(
    lambda grants: replace(notice(), grants=tuple(grants))
)


@st.composite
def _changed(draw: st.DrawFn) -> tuple[Notice, Notice]:
    """A notice and one that differs a little: a field of one grant, a grant more or less, or another notice."""
    old = draw(NOTICES)
    if not old.grants or draw(st.booleans()):
        return old, draw(NOTICES)
    other, at = draw(_grants()), draw(st.integers(0, len(old.grants) - 1))
    field = draw(st.sampled_from(["actions", "purposes", "valid_from", "valid_to"]))
    grant = replace(old.grants[at], **{field: getattr(other, field)})
    if grant.valid_to is not None and grant.valid_to < grant.valid_from:
        grant = replace(grant, valid_to=None)
    return old, replace(old, grants=(*old.grants[:at], grant, *old.grants[at + 1 :]))


def _open(door: Decider) -> set[tuple[object, ...]]:
    """Everything that the door says yes to."""
    days = [date(2021, 6, 1), *DAYS, date(2026, 1, 1)]
    actions, purposes = ("know_camera", *ACTIONS), (*PURPOSES, "")
    return {
        asked
        for asked in product(UNITS, actions, purposes, days)
        if ask_of(door, asked[0], asked[1], "de-gi", purpose=asked[2], on=asked[3]).allowed
    }


@bounds(max_examples=40, deadline=None)
@given(_changed())
def test_whenever_a_decision_opens_the_plan_widens_and_names_the_unit(change: tuple[Notice, Notice]) -> None:
    old, new = change
    shown = plan(old, new)
    opened = _open(compiled(new)) - _open(compiled(old))
    if opened:
        assert shown.widens
        assert {unit for unit, *_ in opened} <= set(shown.gaining_units)


def _kept(*periods: tuple[int, date | None]) -> Notice:
    """The shipped notice with these periods at Đề Gi."""
    others = [each for each in notice().retentions if each.site != "de-gi"]
    here = [Retention("de-gi", days, "Quyết định 9", "A6", since) for days, since in periods]
    return replace(notice(), retentions=(*others, *here))


def _told(old: Notice, new: Notice) -> list[tuple[str, str, bool]]:
    return [
        (dict(change.facts)["days"], dict(change.facts).get("valid_from", ""), change.widens)
        for change in plan(old, new).changes
        if change.kind == "retention_changed"
    ]


def test_a_shorter_retention_erases_earlier_so_it_needs_two() -> None:
    shown = plan(_kept((30, None)), _kept((15, None)))
    assert [change.kind for change in shown.changes] == ["retention_changed"]
    assert shown.needs_two
    assert _told(_kept((30, None)), _kept((15, None))) == [("30 → 15", "", True)]


def test_a_longer_one_is_shown_and_one_person_is_enough() -> None:
    assert _told(_kept((30, None)), _kept((60, None))) == [("30 → 60", "", False)]
    assert not plan(_kept((30, None)), _kept((60, None))).needs_two


def test_a_first_period_erases_what_was_kept_for_good_and_none_keeps_all() -> None:
    assert _told(_kept(), _kept((3650, None))) == [("– → 3650", "", True)]
    assert _told(_kept((30, None)), _kept()) == [("30 → –", "", False)]


def test_a_period_from_a_day_on_is_told_for_that_day_alone() -> None:
    later = _kept((30, None), (15, DAY))
    assert _told(_kept((30, None)), later) == [("30 → 15", DAY.isoformat(), True)]
    assert later.retention_on("de-gi", date(2023, 12, 31)) == Retention("de-gi", 30, "Quyết định 9", "A6")
    assert later.retention_on("de-gi", DAY) == Retention("de-gi", 15, "Quyết định 9", "A6", DAY)


def test_a_longer_period_that_hides_a_shorter_one_of_some_days_is_no_way_round() -> None:
    new = _kept((30, None), (1, date(2026, 1, 1)), (60, date(2026, 1, 3)))
    assert _told(_kept((30, None)), new) == [("30 → 1", "2026-01-01", True), ("30 → 60", "2026-01-03", False)]


@given(
    st.lists(st.tuples(st.integers(1, 40), st.none() | st.dates(DAY, date(2024, 2, 1))), max_size=3),
    st.lists(st.tuples(st.integers(1, 40), st.none() | st.dates(DAY, date(2024, 2, 1))), max_size=3),
    st.dates(date(2023, 12, 30), date(2024, 2, 3)),
)
def test_whatever_is_erased_earlier_on_some_day_needs_two(
    before: list[tuple[int, date | None]], after: list[tuple[int, date | None]], day: date
) -> None:
    old, new = _kept(*before), _kept(*after)
    was, now = old.retention_on("de-gi", day), new.retention_on("de-gi", day)
    if now is not None and (was is None or now.days < was.days):
        assert plan(old, new).needs_two
