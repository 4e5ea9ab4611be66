"""``/api/v1/decisions`` and ``/api/v1/who``: decisions explained, and nothing told to whom it is not for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.cast import NOW, account_of
from haidang.accounts import actions
from haidang.accounts.models import Account

pytestmark = pytest.mark.usefixtures("port")


def asked(speaker: Account, path: str, **query: str) -> tuple[int, dict[str, Any], bytes]:
    token = actions.create_token(speaker, now=NOW).token
    answer = Client().get(f"/api/v1/{path}", query, headers={"authorization": f"Bearer {token}"})
    return answer.status_code, answer.json(), answer.content


def test_the_own_decision_names_clause_and_document() -> None:
    status, said, _ = asked(account_of("ca-phu-cat"), "decisions", action="view_live", resource="de-gi-1")
    assert (status, said["allowed"], said["clause"]) == (200, True, "II.7.b")
    assert said["document"].startswith("Thông báo năm 2022")
    assert said["sentence"] == "Được xem trực tiếp tại Đề Gi theo mục II.7.b."


def test_a_refusal_says_the_missing_right_and_a_forbid_its_clause() -> None:
    youth = account_of("tinh-doan")
    _, missing, _ = asked(youth, "decisions", action="view_playback", resource="de-gi-1")
    _, forbidden, _ = asked(youth, "decisions", action="copy_recording", resource="de-gi-1")
    assert (missing["allowed"], missing["reason"], missing["clause"]) == (False, "not_granted", "II.5")
    assert "chưa được phân quyền xem lại tại Đề Gi" in missing["sentence"]
    assert (forbidden["reason"], forbidden["clause"]) == ("forbidden", "I.2.c-3")


def test_another_units_camera_or_account_is_as_absent_as_one_that_never_was() -> None:
    police = account_of("ca-phu-cat")
    account_of("ca-quy-nhon")
    cameras = [asked(police, "decisions", action="view_live", resource=name) for name in ("tam-quan-1", "no-such-1")]
    people = [
        asked(police, "decisions", action="view_live", resource="de-gi-1", account=name)
        for name in ("ca-quy-nhon", "no-such")
    ]
    assert cameras[0] == cameras[1]
    assert people[0] == people[1]
    assert (cameras[0][0], people[0][0]) == (404, 404)


def test_the_supervisor_asks_about_anybody_on_any_day() -> None:
    account_of("ca-phu-cat")
    supervisor = account_of("so-tttt")
    question = {"action": "view_live", "resource": "de-gi-1", "account": "ca-phu-cat"}
    days = {
        day: asked(supervisor, "decisions", on=day, **question)[1]["allowed"] for day in ("2021-12-31", "2022-01-01")
    }
    assert days == {"2021-12-31": False, "2022-01-01": True}
    assert asked(supervisor, "decisions", on="2022-13-01", **question)[0] == 422


def test_who_is_for_those_who_see_rights() -> None:
    account_of("ca-phu-cat")
    status, said, _ = asked(account_of("so-tttt"), "who", action="view_playback", resource="de-gi-1")
    assert status == 200
    assert [holder["unit"]["id"] for holder in said["holders"]] == [
        "bql-cang-ca-binh-dinh", "chi-cuc-thuy-san", "chi-cuc-bvmt", "tram-bp-de-gi", "ca-phu-cat",
    ]  # fmt: skip
    assert said["holders"][-1]["accounts"] == ["ca-phu-cat"]
    assert asked(Account.objects.get(username="ca-phu-cat"), "who", action="view_live", resource="de-gi-1")[0] == 403
