"""Many cameras at once are decided as if one by one, with as few questions as there are differences."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from haidang.core.policy import Decider, Entity, Uid, compile_policies
from haidang.core.policy.compile import named_uids
from policy.shipped import DAY, SITES, account, decider, notice

SCHEMA = """
entity Unit;
entity Account in [Unit] { active: Bool };
entity Site;
entity Camera in [Site, Camera] { indoor?: Bool };
type Asked = { on: datetime, purpose: String, second_factor: Bool, approved: Bool };
action view_live appliesTo { principal: [Account], resource: [Camera], context: Asked };
"""
CAMERA_NAMES = ("a", "b", "c", "d")
SITE_NAMES = ("x", "y")
HEADS = [
    'resource in Site::"x"', 'resource in Site::"y"', 'resource == Camera::"a"', 'resource in Camera::"b"', "resource",
]  # fmt: skip
TESTS = [
    "", 'when { resource == Camera::"c" }', 'unless { [Camera::"d", Camera::"a"].contains(resource) }',
    "when { resource has indoor && resource.indoor }", 'when { principal in Unit::"u" }',
    'when { resource in Site::"x" || resource in Camera::"c" }', 'when { context.purpose == "a" }',
]  # fmt: skip
POLICIES = st.lists(
    st.tuples(st.sampled_from(["permit", "forbid"]), st.sampled_from(HEADS), st.sampled_from(TESTS)), min_size=1,
    max_size=4,
)  # fmt: skip
CAMERAS = st.lists(
    st.tuples(
        st.sampled_from(CAMERA_NAMES),
        st.lists(st.sampled_from(SITE_NAMES), unique=True).map(tuple),
        st.sampled_from([None, False, True]),
        st.sampled_from([None, *CAMERA_NAMES]),
        st.sampled_from(["whole", "whole", "whole", "itself missing", "site missing", "second", "twice"]),
    ),
    max_size=8,
)
A = Uid("Account", "a")
WHO = (Entity(A, (Uid("Unit", "u"),), (("active", True),)), Entity(Uid("Unit", "u")))


def _resource(
    name: str, sites: tuple[str, ...], indoor: bool | None, beneath: str | None, form: str,  # noqa: FBT001 - drawn
) -> tuple[Uid, tuple[Entity, ...]]:  # fmt: skip
    """A camera with its entities, in the order and completeness that ``form`` says."""
    uid = Uid("Camera", name)
    above = tuple(Uid("Site", site) for site in sites)
    if beneath is not None and beneath != name:
        above = (*above, Uid("Camera", beneath))
    itself = Entity(uid, above, () if indoor is None else (("indoor", indoor),))
    others = tuple(Entity(parent) for parent in above)
    forms = {
        "whole": (itself, *others), "itself missing": others, "site missing": (itself,), "second": (*others, itself),
        "twice": (itself, *others, itself),
    }  # fmt: skip
    return uid, forms[form]


@bounds(max_examples=150, deadline=None)
@given(POLICIES, CAMERAS, st.sampled_from(["", "a"]))
def test_many_are_decided_as_one_by_one(
    policies: list[tuple[str, str, str]],
    cameras: list[tuple[str, tuple[str, ...], bool | None, str | None, str]],
    purpose: str,
) -> None:
    text = "\n".join(
        f'@id("p{number}") @clause("II.6") {effect} (principal, action, {head}) {test};'
        for number, (effect, head, test) in enumerate(policies)
    )
    under_test = Decider(text, SCHEMA)
    resources = [_resource(*camera) for camera in cameras]
    many = under_test.decide_many(A, "view_live", resources, WHO, on=DAY, purpose=purpose)
    alone = Decider(text, SCHEMA)
    assert many == [alone.decide(A, "view_live", uid, WHO + own, on=DAY, purpose=purpose) for uid, own in resources]


def _cameras(count: int) -> list[tuple[Uid, tuple[Entity, ...]]]:
    made: list[tuple[Uid, tuple[Entity, ...]]] = []
    for number in range(count):
        camera, site = Uid("Camera", f"camera-{number}"), Uid("Site", SITES[number % len(SITES)])
        made.append((camera, (Entity(camera, (site,)), Entity(site))))
    return made


def _questions(under_test: Decider, cameras: list[tuple[Uid, tuple[Entity, ...]]], unit: str) -> int:
    under_test.decide_many(Uid("Account", unit), "know_camera", cameras, account(unit), on=DAY)
    return under_test.questions


def test_as_many_questions_are_asked_as_there_are_sites() -> None:
    fresh = Decider(compile_policies(notice().grants, notice().base, notice().schema), notice().schema)
    assert _questions(fresh, _cameras(300), "chi-cuc-thuy-san") == len(SITES)
    assert _questions(fresh, _cameras(300), "chi-cuc-thuy-san") == len(SITES)


def test_a_camera_that_the_text_names_is_asked_about_by_itself() -> None:
    rule = '@id("own") @clause("II.6") forbid (principal, action, resource == Camera::"camera-3");'
    fresh = Decider(compile_policies(notice().grants, f"{notice().base}\n{rule}", notice().schema), notice().schema)
    cameras = _cameras(30)
    unit = "chi-cuc-thuy-san"
    many = fresh.decide_many(Uid("Account", unit), "know_camera", cameras, account(unit), on=DAY)
    assert [number for number, decision in enumerate(many) if not decision.allowed] == [3]
    assert many[3].policies == ("own",)
    assert fresh.questions == len(SITES) + 1


def test_the_accounts_own_unit_is_told_from_other_units() -> None:
    # Nothing in the text names a unit here, but the account's side does.
    units = [Uid("Unit", name) for name in ("ca-phu-cat", "ca-quy-nhon", "so-tnmt", "ca-phu-cat")]
    many = decider().decide_many(
        Uid("Account", "ca-phu-cat"), "manage_unit", [(unit, (Entity(unit),)) for unit in units],
        account("ca-phu-cat", manager=True), on=DAY,
    )  # fmt: skip
    assert [decision.allowed for decision in many] == [True, False, False, True]


@pytest.mark.parametrize(
    "rule",
    [
        'permit (principal, action, resource == Camera::"one");',
        'permit (principal, action, resource) when { resource == Camera::"one" };',
        'permit (principal, action, resource) when { [Camera::"one"].contains(resource) };',
        'permit (principal, action, resource) unless { resource in [Site::"x", Camera::"one"] };',
        'permit (principal, action, resource) when { if context.approved then resource in Camera::"one" else true };',
    ],
)
def test_named_things_are_read_from_wherever_the_text_names_them(rule: str) -> None:
    assert ("Camera", "one") in named_uids(f'@id("a") {rule}')


def test_each_flag_and_day_is_a_question_of_its_own() -> None:
    cameras, unit = _cameras(3), "vien-thong-binh-dinh"
    asked = Uid("Account", unit), "execute_extraction", cameras, account(unit)
    answers = [
        decider().decide_many(*asked, on=on, purpose="van-hanh", second_factor=second_factor, approved=approved)
        for on, second_factor, approved in (
            (DAY, True, True), (DAY, False, True), (DAY, True, False), (date(2021, 6, 1), True, True),
        )
    ]  # fmt: skip
    assert [[decision.allowed for decision in each] for each in answers] == [
        [True] * 3,
        [False] * 3,
        [False] * 3,
        [False] * 3,
    ]
