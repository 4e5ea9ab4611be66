"""22 units × 3 sites × every action: exactly what the notice gives, written here a second time by hand."""

from __future__ import annotations

import hashlib
import re
from itertools import product

import pytest

from haidang.core.policy import (
    APPROVAL_ACTIONS,
    FORBIDDEN_ACTIONS,
    SECOND_FACTOR_ACTIONS,
    SITE_ACTIONS,
    SYSTEM_ACTIONS,
    Entity,
    Uid,
)
from policy.shipped import DAY, SITES, account, ask, ask_of, decider, notice, overlay_texts, texts

# unit: (sites, purpose, clause, playback) — from the notice's text, not from the data files
HOLDERS = {
    "bql-cang-ca-binh-dinh": (("quy-nhon", "de-gi"), "an-ninh-trat-tu", "II.3.a-1", True),
    "chi-cuc-thuy-san": (SITES, "chua-neu", "II.3.a-2", True),
    "chi-cuc-bvmt": (SITES, "ve-sinh-moi-truong", "II.4", True),
    "tinh-doan": (SITES, "ve-sinh-moi-truong", "II.5", False),
    "hoi-lhpn": (SITES, "ve-sinh-moi-truong", "II.5", False),
    "tram-bp-quy-nhon": (("quy-nhon",), "quan-ly-neo-dau", "II.6", True),
    "tram-bp-de-gi": (("de-gi",), "quan-ly-neo-dau", "II.6", True),
    "tram-bp-tam-quan-bac": (("tam-quan",), "quan-ly-neo-dau", "II.6", True),
    "ca-hoai-nhon": (("tam-quan",), "an-ninh-trat-tu", "II.7.a-1", True),
    "bql-cang-ca-hoai-nhon": (("tam-quan",), "an-ninh-trat-tu", "II.7.a-1", True),
    "ca-phu-cat": (("de-gi",), "an-ninh-trat-tu", "II.7.b", True),
    "ca-quy-nhon": (("quy-nhon",), "an-ninh-trat-tu", "II.7.c", True),
}
OPERATOR = "vien-thong-binh-dinh"
WITHOUT_VIDEO = (
    "so-tttt", "so-nnptnt", "so-tnmt", "bch-bdbp", "ubnd-hoai-nhon", "ubnd-phu-cat", "ubnd-quy-nhon", "ubnd-tinh",
    "vp-ubnd",
)  # fmt: skip
UNITS = (*HOLDERS, OPERATOR, *WITHOUT_VIDEO)
PURPOSES = (
    "phong-chong-thien-tai", "an-ninh-trat-tu", "ve-sinh-moi-truong", "quan-ly-neo-dau", "van-hanh", "chua-neu", "",
)  # fmt: skip
NO_FOOTAGE_ASKED_BY = ("chi-cuc-bvmt", "tinh-doan", "hoi-lhpn")
BOARDS = ("bql-cang-ca-binh-dinh", "bql-cang-ca-hoai-nhon")

# Every action of the schema, written a second time.
ON_CAMERAS = (
    "know_camera", "view_live", "view_playback", "control_ptz", "place_hold", "request_extraction", "report_incident",
    "handle_violation", "execute_extraction", "receive_bundle",
)  # fmt: skip
FORBIDDEN = {
    "stop_recording": "I.2.a-1", "block_transmission": "I.2.a-1", "disable_feature": "I.2.a-2",
    "connect_device": "I.2.b", "delete_recording": "I.2.c-1", "alter_recording": "I.2.c-2", "copy_recording": "I.2.c-3",
}  # fmt: skip
UNTIL_APPROVED = {"extract_recording": "I.2.c-4", "provide_recording": "I.2.d"}
# Over the system: who, by which clause, and whether a second factor is asked for.
OVER_THE_SYSTEM = {
    "view_operations": ({OPERATOR: "II.1.a-2"}, False),
    "change_configuration": ({OPERATOR: "II.1.a-2"}, True),
    "manage_accounts": ({OPERATOR: "II.1.b"}, True),
    "view_rights": ({OPERATOR: "II.1.b", "so-tttt": "II.2.a", "ubnd-tinh": "P", "vp-ubnd": "C"}, False),
    "propose_policy": ({OPERATOR: "II.1.b"}, True),
    "approve_policy": ({"so-tttt": "II.2.a", "ubnd-tinh": "P", "vp-ubnd": "C"}, True),
    "read_access_log": ({"so-tttt": "II.2.a"}, True),
    "approve_extraction": ({"ubnd-tinh": "P", "vp-ubnd": "C"}, True),
    "report_difficulty": (dict.fromkeys(UNITS, "II.8-2"), False),
    "aggregate_difficulties": ({"so-tttt": "II.8-3"}, False),
}


def _actions_of(unit: str) -> tuple[str, ...]:
    """What a unit may do at its sites, for its purpose."""
    if unit == OPERATOR:
        return "view_live", "control_ptz", "execute_extraction"
    playback = HOLDERS[unit][3]
    return (
        "view_live", "report_incident", *(("view_playback", "place_hold") if playback else ()),
        *(() if unit in NO_FOOTAGE_ASKED_BY else ("request_extraction",)),
        *(("handle_violation",) if unit in BOARDS else ()),
    )  # fmt: skip


def _expected(
    unit: str, action: str, site: str, purpose: str, *, second_factor: bool, approved: bool
) -> tuple[bool, str]:
    if action == "execute_extraction" and not (second_factor and approved):
        return False, "I.1.a-1" if not second_factor else "I.2.c-4"
    sites, own_purpose, clause, _ = HOLDERS.get(unit, ((), "", "", False))
    if unit == OPERATOR:
        sites, own_purpose, clause = SITES, "van-hanh", "II.1.a-3"
    if site not in sites:
        return False, ""
    if action == "know_camera":
        return True, clause
    given = purpose == own_purpose and action in _actions_of(unit)
    return given, clause if given else ""


def test_there_are_22_units_3_sites_and_21_grants_7_a_site() -> None:
    grants = list(notice().site_grants())
    assert {unit.slug for unit in notice().units} == set(UNITS)
    assert len(notice().units) == 22
    assert [site.slug for site in notice().sites] == list(SITES)
    assert len(grants) == 21
    assert [sum(grant.resource == f'Site::"{site}"' for grant in grants) for site in SITES] == [7, 7, 7]
    assert len({grant.unit for grant in grants}) == 12


def test_the_tables_here_name_every_action_of_the_schema() -> None:
    heads = re.findall(r"^action ([\w,\s]+?)\s+appliesTo", notice().schema, re.MULTILINE)
    there = [name.strip() for head in heads for name in head.split(",")]
    assert sorted(there) == sorted([*ON_CAMERAS, *FORBIDDEN, *UNTIL_APPROVED, *OVER_THE_SYSTEM, "manage_unit"])
    assert set(SITE_ACTIONS) == set(ON_CAMERAS) - {"know_camera"}
    assert set(SYSTEM_ACTIONS) == set(OVER_THE_SYSTEM)
    assert set(FORBIDDEN_ACTIONS) == set(FORBIDDEN)
    assert set(APPROVAL_ACTIONS) == {*UNTIL_APPROVED, "execute_extraction"}
    assert set(SECOND_FACTOR_ACTIONS) == {
        "execute_extraction", *(action for action, (_, needed) in OVER_THE_SYSTEM.items() if needed)
    }  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(("second_factor", "approved"), list(product((False, True), repeat=2)))
def test_every_act_of_every_unit_at_a_camera_is_what_the_notice_says(
    unit: str, *, second_factor: bool, approved: bool
) -> None:
    for site, action, purpose in product(SITES, ON_CAMERAS, PURPOSES):
        decision = ask_of(
            decider(), unit, action, site, purpose=purpose, second_factor=second_factor, approved=approved
        )
        expected = _expected(unit, action, site, purpose, second_factor=second_factor, approved=approved)
        assert (decision.allowed, decision.clause) == expected, (unit, action, site, purpose)


@pytest.mark.parametrize("unit", UNITS)
def test_what_section_i_2_forbids_is_forbidden_to_every_unit_with_its_clause(unit: str) -> None:
    for site, (action, clause), purpose in product(SITES, FORBIDDEN.items(), PURPOSES):
        decision = ask_of(
            decider(), unit, action, site, purpose=purpose, manager=True, second_factor=True, approved=True
        )
        assert (decision.allowed, decision.code, decision.clause) == (False, "forbidden", clause), (unit, action)


@pytest.mark.parametrize("unit", UNITS)
def test_taking_out_and_giving_away_are_forbidden_until_approved_and_granted_to_nobody(unit: str) -> None:
    for site, (action, clause), purpose in product(SITES, UNTIL_APPROVED.items(), PURPOSES):
        before = ask_of(decider(), unit, action, site, purpose=purpose, second_factor=True)
        assert (before.allowed, before.code, before.clause) == (False, "forbidden", clause)
        after = ask_of(decider(), unit, action, site, purpose=purpose, second_factor=True, approved=True)
        assert (after.allowed, after.code) == (False, "not_granted")


@pytest.mark.parametrize("second_factor", [False, True])
def test_rights_over_the_system_are_those_that_the_notice_gives(*, second_factor: bool) -> None:
    for unit, (action, (who, needs_factor)), purpose in product(UNITS, OVER_THE_SYSTEM.items(), ("", "van-hanh")):
        decision = ask_of(decider(), unit, action, "", purpose=purpose, second_factor=second_factor)
        if needs_factor and not second_factor:
            assert (decision.allowed, decision.code, decision.clause) == (False, "forbidden", "I.1.a-1")
        else:
            assert (decision.allowed, decision.clause) == (unit in who, who.get(unit, "")), (unit, action)


def test_only_a_manager_manages_and_only_the_own_unit() -> None:
    for unit, other, manager in product(UNITS, UNITS, (False, True)):
        resource = Uid("Unit", other)
        decision = decider().decide(
            Uid("Account", unit), "manage_unit", resource, (*account(unit, manager=manager), Entity(resource)), on=DAY
        )
        assert decision.allowed == (manager and unit == other), (unit, other, manager)
        assert decision.clause == ("I.1.a-1" if decision.allowed else "")


def test_a_terminal_watches_live_and_does_nothing_else() -> None:
    for unit, site, action in product(UNITS, SITES, (*ON_CAMERAS, *FORBIDDEN, *UNTIL_APPROVED)):
        for purpose in PURPOSES:
            plain = ask_of(decider(), unit, action, site, purpose=purpose, second_factor=True, approved=True)
            decision = ask_of(
                decider(), unit, action, site, purpose=purpose, terminal=True, second_factor=True, approved=True
            )
            assert decision.allowed == (plain.allowed and action in {"know_camera", "view_live"})
    for unit, action in product(UNITS, OVER_THE_SYSTEM):
        decision = ask_of(decider(), unit, action, "", terminal=True, second_factor=True)
        assert (decision.code, decision.clause) == ("forbidden", "I.1.b-1")


def test_a_manager_has_no_other_right_than_managing() -> None:
    for unit, site, action in product(UNITS, SITES, ON_CAMERAS):
        for purpose in PURPOSES:
            plain = ask_of(decider(), unit, action, site, purpose=purpose)
            assert ask_of(decider(), unit, action, site, purpose=purpose, manager=True) == plain
    for unit, action in product(UNITS, OVER_THE_SYSTEM):
        assert ask_of(decider(), unit, action, "", manager=True) == ask_of(decider(), unit, action, "")


def test_an_inactive_account_may_do_nothing() -> None:
    for unit, site, action, purpose in product(UNITS, SITES, (*ON_CAMERAS, *UNTIL_APPROVED), PURPOSES):
        asked = ask_of(
            decider(),
            unit,
            action,
            site,
            purpose=purpose,
            active=False,
            manager=True,
            second_factor=True,
            approved=True,
        )
        assert (asked.allowed, asked.code) == (False, "forbidden")
    for unit, action in product(UNITS, OVER_THE_SYSTEM):
        assert not ask_of(decider(), unit, action, "", active=False, second_factor=True).allowed
    assert not ask("ca-phu-cat", "know_camera", "de-gi", active=False).allowed


def test_cameras_are_protected_by_the_operator_and_exactly_two_boards() -> None:
    duties = {(duty.unit, duty.site, duty.clause) for duty in notice().protections}
    assert duties == {
        *((OPERATOR, site, "II.1.c") for site in SITES),
        ("bql-cang-ca-binh-dinh", "quy-nhon", "II.3.b"),
        ("bql-cang-ca-binh-dinh", "de-gi", "II.3.b"),
        ("bql-cang-ca-hoai-nhon", "tam-quan", "II.7.a-2"),
    }


def test_the_units_of_ii_5_and_no_others_must_name_a_person() -> None:
    assert {unit.slug for unit in notice().units if unit.focal_person} == {"tinh-doan", "hoi-lhpn"}


def test_the_shipped_files_are_the_ones_that_were_reviewed() -> None:
    # One letter changed in a policy file must be a change that somebody looked at: these values change with it.
    digests = [_digest(dict(texts())), _digest(dict(overlay_texts()))]
    assert digests == [
        "e6df2b91c185fe746a4d55dd442f4eb51439374e93ea5b81dbd0a2bbca1ebccb",
        "68196adbfd86b61706de8ff3cc2878ea23233df3bf489fc6cc24bc361022c9b3",
    ]


def _digest(files: dict[str, str]) -> str:
    return hashlib.sha256("\0".join(f"{name}\0{files[name]}" for name in sorted(files)).encode()).hexdigest()
