"""Cedar skips a forbid that errors; the wrapper turns every such case into a refusal."""

from __future__ import annotations

from datetime import date

import cedarpy
import pytest

from haidang.core.policy import Decider, Decision, Entity, Uid
from haidang.core.policy.compile import cedar_day
from policy.shipped import DAY, account, camera, decider

SCHEMA = """
entity Unit;
entity Account in [Unit] { active: Bool, level?: Long };
entity Site;
entity Camera in [Site] { secret?: Bool };
type Asked = { on: datetime, purpose: String };
action view_live appliesTo { principal: [Account], resource: [Camera], context: Asked };
"""
PERMIT = '@id("permit") @clause("II.6") permit (principal, action, resource);'
A, C = Uid("Account", "a"), Uid("Camera", "c")
ACCOUNT, CAMERA = Entity(A, (), (("active", True),)), Entity(C, (), (("secret", True),))
CONTEXT: dict[str, object] = {"on": cedar_day(DAY), "purpose": ""}


def test_a_missing_entity_that_cedar_alone_would_allow_is_refused() -> None:
    forbid = '@id("f") forbid (principal, action, resource) when { resource has secret && resource.secret };'
    under_test = Decider(f"{PERMIT}\n{forbid}", SCHEMA)
    handles = cedarpy.Entities.from_json_str(
        '[{"uid":{"type":"Account","id":"a"},"attrs":{"active":true},"parents":[]}]'
    )
    request = {
        "principal": {"type": "Account", "id": "a"}, "action": {"type": "Action", "id": "view_live"},
        "resource": {"type": "Camera", "id": "c"}, "context": CONTEXT,
    }  # fmt: skip
    bare = cedarpy.is_authorized(request, cedarpy.PolicySet.from_str(f"{PERMIT}\n{forbid}"), handles)
    assert bare.allowed, "Cedar itself fails open here; if it no longer does, read its changelog"
    assert under_test.evaluate(A, "view_live", C, (ACCOUNT,), CONTEXT).code == "unknown_entity"
    assert under_test.evaluate(A, "view_live", C, (CAMERA,), CONTEXT).code == "unknown_entity"
    assert under_test.evaluate(A, "view_live", C, (ACCOUNT, CAMERA), CONTEXT).code == "forbidden"


def test_a_parent_that_is_not_among_the_entities_is_refused() -> None:
    orphan = Entity(C, (Uid("Site", "s"),))
    assert Decider(PERMIT, SCHEMA).evaluate(A, "view_live", C, (ACCOUNT, orphan), CONTEXT).code == "unknown_entity"


@pytest.mark.parametrize(
    "context",
    [{}, {"on": cedar_day(DAY)}, {"purpose": ""}, {"on": "no day", "purpose": ""}, {**CONTEXT, "purpose": 7},
     {**CONTEXT, "more": True}],
)  # fmt: skip
def test_a_wrong_context_is_no_decision(context: dict[str, object]) -> None:
    decision = Decider(PERMIT, SCHEMA).evaluate(A, "view_live", C, (ACCOUNT, CAMERA), context)
    assert (decision.allowed, decision.code) == (False, "no_decision")


@pytest.mark.parametrize("wrong", [(("active", "yes"),), (), (("active", True), ("admin", True))])
def test_an_entity_that_does_not_fit_the_schema_is_refused(wrong: tuple[tuple[str, bool | str | int], ...]) -> None:
    decision = Decider(PERMIT, SCHEMA).evaluate(A, "view_live", C, (Entity(A, (), wrong), CAMERA), CONTEXT)
    assert (decision.allowed, decision.code) == (False, "evaluation_error")


def test_a_forbid_that_fails_while_it_is_evaluated_refuses() -> None:
    # 2^63-1 + 1 overflows: Cedar skips the forbid and would allow.
    forbid = '@id("f") forbid (principal, action, resource) when { principal has level && principal.level + 1 > 5 };'
    big = Entity(A, (), (("active", True), ("level", 2**63 - 1)))
    decision = Decider(f"{PERMIT}\n{forbid}", SCHEMA).evaluate(A, "view_live", C, (big, CAMERA), CONTEXT)
    assert (decision.allowed, decision.code) == (False, "evaluation_error")


def test_an_unknown_action_is_no_decision() -> None:
    entities = account("ca-phu-cat") + camera("de-gi")
    decision = decider().decide(Uid("Account", "ca-phu-cat"), "view_all", Uid("Camera", "de-gi-1"), entities, on=DAY)
    assert (decision.allowed, decision.code) == (False, "no_decision")


def test_an_action_on_the_wrong_kind_of_thing_is_no_decision() -> None:
    entities = account("vien-thong-binh-dinh") + camera("de-gi")
    asked = Uid("Account", "vien-thong-binh-dinh"), "manage_accounts", Uid("Camera", "de-gi-1")
    assert decider().decide(*asked, entities, on=DAY).code == "no_decision"


def test_before_the_notice_nobody_had_a_right() -> None:
    entities = account("ca-phu-cat") + camera("de-gi")
    asked = Uid("Account", "ca-phu-cat"), "know_camera", Uid("Camera", "de-gi-1")
    assert not decider().decide(*asked, entities, on=date(2021, 12, 31)).allowed
    assert decider().decide(*asked, entities, on=date(2022, 1, 1)).allowed


# -- the shipped rules: whoever asks wrongly is refused, also where a forbid alone stands between them and a yes

OPERATOR = "vien-thong-binh-dinh"
GOOD_CONTEXT: dict[str, object] = {
    "on": cedar_day(DAY), "purpose": "van-hanh", "second_factor": True, "approved": True,
}  # fmt: skip
FACTS = {"active": True, "manager": False, "terminal": False}


def _ask(
    context: dict[str, object], facts: dict[str, bool | str | int] | None = None, action: str = "execute_extraction"
) -> Decision:
    """The operator executes an approved extraction: a yes that four forbids guard."""
    who, unit = Uid("Account", OPERATOR), Uid("Unit", OPERATOR)
    entities = (Entity(who, (unit,), tuple((facts or {**FACTS}).items())), Entity(unit), *camera("de-gi"))
    return decider().evaluate(who, action, Uid("Camera", "de-gi-1"), entities, context)


def test_asked_rightly_the_answer_is_yes() -> None:
    assert _ask(GOOD_CONTEXT).allowed


@pytest.mark.parametrize("missing", GOOD_CONTEXT)
def test_a_missing_key_of_the_context_is_no_decision(missing: str) -> None:
    decision = _ask({key: value for key, value in GOOD_CONTEXT.items() if key != missing})
    assert (decision.allowed, decision.code) == (False, "no_decision")


@pytest.mark.parametrize("key", ["second_factor", "approved"])
@pytest.mark.parametrize("value", ["true", 1, 0, "", None, [], {}, cedar_day(DAY)])
def test_a_flag_of_another_type_is_no_decision(key: str, value: object) -> None:
    decision = _ask({**GOOD_CONTEXT, key: value})
    assert (decision.allowed, decision.code) == (False, "no_decision")


@pytest.mark.parametrize("key", ["admin", "Second_factor", "approved ", "principal"])
def test_a_key_too_many_is_no_decision(key: str) -> None:
    assert _ask({**GOOD_CONTEXT, key: True}).code == "no_decision"


@pytest.mark.parametrize("missing", FACTS)
def test_a_missing_fact_of_an_account_is_refused(missing: str) -> None:
    facts: dict[str, bool | str | int] = {key: value for key, value in FACTS.items() if key != missing}
    decision = _ask(GOOD_CONTEXT, facts)
    assert (decision.allowed, decision.code) == (False, "evaluation_error")


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("value", ["true", "", 1, 0, 2**63])
def test_a_fact_of_another_type_is_refused(fact: str, value: str | int) -> None:
    decision = _ask(GOOD_CONTEXT, {**FACTS, fact: value})
    assert (decision.allowed, decision.code) == (False, "evaluation_error")


def test_a_fact_too_many_is_refused() -> None:
    assert _ask(GOOD_CONTEXT, {**FACTS, "admin": True}).code == "evaluation_error"


def test_an_entity_told_twice_is_one_only_if_it_is_the_same() -> None:
    who, unit = Uid("Account", OPERATOR), Uid("Unit", OPERATOR)
    good = Entity(who, (unit,), tuple(FACTS.items()))
    locked = Entity(who, (unit,), (("active", False), ("manager", False), ("terminal", False)))
    about = (Entity(unit), *camera("de-gi"))
    asked = who, "execute_extraction", Uid("Camera", "de-gi-1")
    assert decider().evaluate(*asked, (good, good, *about), GOOD_CONTEXT).allowed
    for both in ((good, locked), (locked, good)):
        assert decider().evaluate(*asked, (*both, *about), GOOD_CONTEXT).code == "evaluation_error"


def test_a_circle_of_parents_is_refused() -> None:
    who, unit, other = Uid("Account", OPERATOR), Uid("Unit", OPERATOR), Uid("Unit", "b")
    circle = (Entity(unit, (other,)), Entity(other, (unit,)))
    entities = (Entity(who, (unit,), tuple(FACTS.items())), *circle, *camera("de-gi"))
    decision = decider().evaluate(who, "execute_extraction", Uid("Camera", "de-gi-1"), entities, GOOD_CONTEXT)
    assert (decision.allowed, decision.code) == (False, "evaluation_error")


def test_a_unit_is_in_no_other_unit() -> None:
    # A grant to an agency is not one to its parts, so an entity that says otherwise does not fit the schema.
    who, unit, operator = Uid("Account", "a"), Uid("Unit", "ca-phu-cat"), Uid("Unit", OPERATOR)
    entities = (
        Entity(who, (unit,), tuple(FACTS.items())), Entity(unit, (operator,)), Entity(operator), *camera("de-gi"),
    )  # fmt: skip
    decision = decider().evaluate(who, "execute_extraction", Uid("Camera", "de-gi-1"), entities, GOOD_CONTEXT)
    assert (decision.allowed, decision.code) == (False, "evaluation_error")


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_each_missing_entity_is_refused(missing: int) -> None:
    who, unit = Uid("Account", OPERATOR), Uid("Unit", OPERATOR)
    entities = [Entity(who, (unit,), tuple(FACTS.items())), Entity(unit), *camera("de-gi")]
    del entities[missing]
    asked = who, "execute_extraction", Uid("Camera", "de-gi-1")
    assert decider().evaluate(*asked, tuple(entities), GOOD_CONTEXT).code == "unknown_entity"


@pytest.mark.parametrize(
    "name",
    ['x" || true || "', "x\\", "\x00", "a\nb", '"]}', "vien-thong-binh-dinh ", "VIEN-THONG-BINH-DINH", "", "\ud800"],
)
def test_a_unit_of_a_crafted_name_has_nothing(name: str) -> None:
    who, unit = Uid("Account", name), Uid("Unit", name)
    entities = (Entity(who, (unit,), tuple(FACTS.items())), Entity(unit), *camera("de-gi"))
    assert not decider().evaluate(who, "execute_extraction", Uid("Camera", "de-gi-1"), entities, GOOD_CONTEXT).allowed


@pytest.mark.parametrize(
    "action", ["", "View_live", "view_live ", 'view_live"', "know_camera\x00", "*", "Action::view"]
)
def test_an_action_of_a_crafted_name_is_refused(action: str) -> None:
    assert not _ask(GOOD_CONTEXT, action=action).allowed


def test_an_account_is_no_unit_and_a_site_no_camera() -> None:
    for principal, resource in (
        (Uid("Unit", OPERATOR), Uid("Camera", "de-gi-1")), (Uid("Account", OPERATOR), Uid("Site", "de-gi")),
        (Uid("Nothing", OPERATOR), Uid("Camera", "de-gi-1")),
    ):  # fmt: skip
        entities = (
            *account(OPERATOR),
            *camera("de-gi"),
            *((Entity(principal),) if principal.type == "Nothing" else ()),
        )
        assert not decider().evaluate(principal, "view_live", resource, entities, GOOD_CONTEXT).allowed
