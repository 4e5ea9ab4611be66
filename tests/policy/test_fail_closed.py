"""Cedar skips a forbid that errors; the wrapper turns every such case into a refusal."""

from __future__ import annotations

from datetime import date

import cedarpy
import pytest

from haidang.core.policy import Decider, Entity, Uid
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
