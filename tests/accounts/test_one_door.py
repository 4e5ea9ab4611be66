"""authorise(): the one door, with rows from the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.cast import NOW, account_of, camera
from haidang.accounts import actions
from haidang.accounts.authority import SYSTEM, authorise, authority, vietnam_day
from haidang.accounts.models import Grant, PolicyRevision, Unit
from haidang.accounts.queries import FAR, grants_end, grants_of
from haidang.cameras.entities import camera_resource
from haidang.core.errors import Conflict, NotFound
from haidang.core.policy import Decision
from haidang.core.units import WallUs
from policy.shipped import notice

ANTT = "an-ninh-trat-tu"


def _asked(unit: str, action: str, slug: str, purpose: str) -> Decision:
    return authorise(account_of(unit), action, camera_resource(camera(slug)), now=NOW, purpose=purpose)


@pytest.mark.usefixtures("port")
def test_a_right_carries_its_policy_and_clause() -> None:
    decision = _asked("ca-phu-cat", "view_live", "de-gi-1", ANTT)
    assert (decision.allowed, decision.policies, decision.clause) == (True, ("II.7.b:ca-phu-cat:de-gi",), "II.7.b")


@pytest.mark.usefixtures("port")
def test_a_grant_whose_row_is_taken_away_by_hand_counts_no_more() -> None:
    Grant.objects.filter(policy_id="II.7.b:ca-phu-cat:de-gi").delete()
    assert not _asked("ca-phu-cat", "view_live", "de-gi-1", ANTT).allowed
    assert _asked("tinh-doan", "view_live", "de-gi-1", "ve-sinh-moi-truong").allowed, "others keep theirs"


@pytest.mark.usefixtures("port")
def test_a_grant_whose_row_is_dated_by_hand_ends_with_its_day() -> None:
    Grant.objects.filter(policy_id="II.7.b:ca-phu-cat:de-gi").update(valid_to=date(2022, 1, 2))
    assert not _asked("ca-phu-cat", "view_live", "de-gi-1", ANTT).allowed


@pytest.mark.usefixtures("port")
def test_a_row_made_by_hand_gives_nothing() -> None:
    row = Grant.objects.get(policy_id="II.7.b:ca-phu-cat:de-gi")
    row.pk, row.policy_id, row.resource = None, "II.7.b:ca-phu-cat:tam-quan", 'Site::"tam-quan"'
    row.save()
    assert not _asked("ca-phu-cat", "view_live", "tam-quan-1", ANTT).allowed


@pytest.mark.usefixtures("port")
def test_a_refusal_at_a_known_camera_carries_the_clause_by_which_it_is_known() -> None:
    decision = _asked("tinh-doan", "view_playback", "de-gi-1", "ve-sinh-moi-truong")
    assert (decision.allowed, decision.code, decision.clause) == (False, "not_granted", "II.5")


@pytest.mark.usefixtures("port")
def test_a_refusal_at_an_unknown_camera_tells_nothing() -> None:
    decision = _asked("ca-phu-cat", "view_live", "tam-quan-1", ANTT)
    assert (decision.allowed, decision.clause, decision.policies) == (False, "", ())


def test_without_a_policy_in_force_the_answer_is_no(db: None) -> None:
    unit = Unit.objects.create(slug="vien-thong-binh-dinh", name="Viễn thông", name_en="Operator")
    account = account_of(unit.slug)
    assert not authorise(account, "view_operations", SYSTEM, now=NOW).allowed


@pytest.mark.usefixtures("port")
@pytest.mark.parametrize("how", ["locked", "unit off", "password to be changed"])
def test_an_account_that_is_not_able_may_do_nothing(how: str) -> None:
    account = account_of("ca-phu-cat")
    if how == "locked":
        actions.lock_account(account, now=NOW)
    elif how == "unit off":
        actions.set_unit_active(account.unit, active=False, now=NOW)
    else:
        actions.reset_password(account, now=NOW)
    account = type(account).objects.get(pk=account.pk)
    decision = authorise(account, "know_camera", camera_resource(camera("de-gi-1")), now=NOW)
    assert (decision.allowed, decision.clause) == (False, "I.1.a-1")


@pytest.mark.usefixtures("port")
def test_an_ended_grant_no_longer_decides_and_ends_tickets_at_its_midnight() -> None:
    account, resource = account_of("ca-hoai-nhon"), camera_resource(camera("tam-quan-1"))
    policy_id = "II.7.a-1:ca-hoai-nhon:tam-quan"
    assert grants_end([policy_id]) == FAR
    actions.end_grant(policy_id, last_day=date(2026, 11, 25), document="Quyết định thử", now=NOW)
    assert authorise(account, "view_live", resource, now=NOW, purpose=ANTT).allowed
    midnight = WallUs(NOW + 14 * 3_600_000_000)
    assert grants_end([policy_id]) == midnight
    assert not authorise(account, "view_live", resource, now=midnight, purpose=ANTT).allowed
    assert grants_of(account, now=midnight) == []


@pytest.mark.usefixtures("port")
def test_a_grant_ended_in_the_past_is_over_at_once_for_that_unit_alone() -> None:
    police, board = account_of("ca-hoai-nhon"), account_of("bql-cang-ca-hoai-nhon")
    actions.end_grant("II.7.a-1:ca-hoai-nhon:tam-quan", last_day=date(2025, 2, 28), document="Quyết định", now=NOW)
    resource = camera_resource(camera("tam-quan-1"))
    assert not authorise(police, "know_camera", resource, now=NOW).allowed
    assert authorise(board, "know_camera", resource, now=NOW).allowed
    assert authority().decide_on(police, "know_camera", resource, on=date(2025, 2, 28), today=vietnam_day(NOW)).allowed


@pytest.mark.usefixtures("policy")
def test_ending_what_is_no_grant_or_before_it_began_is_refused() -> None:
    with pytest.raises(NotFound):
        actions.end_grant("II.9:nobody:nowhere", last_day=date(2025, 1, 1), document="", now=NOW)
    with pytest.raises(Conflict):
        actions.end_grant("II.7.b:ca-phu-cat:de-gi", last_day=date(2021, 1, 1), document="", now=NOW)


@pytest.mark.usefixtures("policy")
def test_applying_the_same_set_again_writes_nothing() -> None:
    assert not actions.apply_policy(notice(), now=NOW)
    assert PolicyRevision.objects.count() == 1
    renamed = replace(notice().units[0], name_en="Another gloss")
    with pytest.raises(Conflict) as refused:
        actions.apply_policy(replace(notice(), units=(renamed, *notice().units[1:])), now=NOW)
    assert refused.value.code == "two_people"
    assert PolicyRevision.objects.count() == 1


@pytest.mark.usefixtures("policy")
def test_rows_are_the_notices() -> None:
    assert Unit.objects.count() == 22
    assert Grant.objects.filter(kind="site").count() == 21
    assert Unit.objects.get(slug="chi-cuc-bvmt").parent == Unit.objects.get(slug="so-tnmt")


@pytest.mark.usefixtures("port")
def test_a_decision_costs_two_small_queries() -> None:
    account, resource = account_of("ca-phu-cat"), camera_resource(camera("de-gi-1"))
    authorise(account, "view_live", resource, now=NOW, purpose=ANTT)
    with CaptureQueriesContext(connection) as queries:
        authorise(account, "view_live", resource, now=NOW, purpose=ANTT)
    assert len(queries) == 2


def test_days_are_counted_in_gmt_plus_7() -> None:
    evening = WallUs(NOW + 13 * 3_600_000_000 + 3_599_999_999)  # 23:59:59.999999
    assert [str(vietnam_day(at)) for at in (evening, WallUs(evening + 1))] == ["2026-11-25", "2026-11-26"]
