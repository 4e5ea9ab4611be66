"""The API: the same door as the pages, problems for refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.cast import PASSWORD, account_of, logged_in
from haidang.accounts import actions
from haidang.accounts.models import Account
from haidang.core.units import WallUs
from haidang.footage.models import Gap, Span
from haidang.host.clock import wall_clock
from haidang.web.api.values import rfc3339

pytestmark = pytest.mark.usefixtures("port")
S = 1_000_000


def caller(account: Account, **options: Any) -> Client:
    token = actions.create_token(account, now=wall_clock(), **options).token
    return Client(headers={"authorization": f"Bearer {token}"})


def test_cameras_are_the_accounts_own_with_what_it_may_do() -> None:
    cameras = caller(account_of("bql-cang-ca-binh-dinh")).get("/api/v1/cameras").json()["cameras"]
    assert [camera["id"] for camera in cameras] == [f"{s}-{n}" for s in ("quy-nhon", "de-gi") for n in range(1, 5)]
    assert cameras[0]["actions"] == ["view_live", "view_playback"]
    assert cameras[0]["purposes"] == [{"id": "an-ninh-trat-tu", "name": "An ninh trật tự", "clause": "II.3.a-1"}]
    assert cameras[0]["state"] == {"kind": "unknown", "since": None, "reason": None, "text": "Chưa có tín hiệu"}
    youth = caller(account_of("tinh-doan")).get("/api/v1/cameras").json()["cameras"]
    assert {tuple(camera["actions"]) for camera in youth} == {("view_live",)}
    assert caller(account_of("so-tttt")).get("/api/v1/cameras").json() == {"cameras": []}


def test_no_answer_holds_a_cameras_address_or_password() -> None:
    client = caller(account_of("vien-thong-binh-dinh"))
    for path in ("/api/v1/cameras", "/api/v1/cameras/de-gi-1"):
        assert "10.0.0." not in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/v1/cameras/{}"),
        ("post", "/api/v1/cameras/{}/tickets"),
        ("get", "/api/v1/recordings?camera={}&from=2026-11-24T00:00:00Z&to=2026-11-24T01:00:00Z"),
    ],
)
def test_a_camera_that_one_may_not_know_is_to_the_byte_one_that_is_not_there(method: str, path: str) -> None:
    client = caller(account_of("bql-cang-ca-binh-dinh"))
    answers = []
    for camera in ("tam-quan-1", "tam-quan-99"):
        body: dict[str, Any] = {"action": "view_live"} if method == "post" else {}
        answers.append(getattr(client, method)(path.format(camera), body or None, content_type="application/json"))
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert dict(answers[0].items()) == dict(answers[1].items())


def test_who_is_nobody_gets_401_as_a_problem() -> None:
    for headers in ({}, {"authorization": "Bearer hdt_wrong"}, {"authorization": "Basic eDp5"}):
        answer = Client(headers=headers).get("/api/v1/me")
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "unauthenticated"


def test_a_bad_token_is_refused_even_beside_a_good_session() -> None:
    client = logged_in(account_of("ca-phu-cat"))
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/api/v1/me", headers={"authorization": "Bearer hdt_wrong"}).status_code == 401


def test_a_token_of_a_locked_account_or_one_that_must_change_its_password_is_refused() -> None:
    account = account_of("ca-phu-cat")
    client = caller(account)
    actions.lock_account(account, now=wall_clock())
    assert client.get("/api/v1/me").status_code == 401
    fresh = account_of("ca-quy-nhon", must_change_password=True)
    refused = caller(fresh).get("/api/v1/me")
    assert (refused.status_code, refused.json()["code"]) == (403, "must_change_password")


def test_a_session_needs_the_csrf_token_for_a_ticket() -> None:
    account_of("ca-phu-cat")
    client = Client(enforce_csrf_checks=True)
    client.get("/dang-nhap")
    token = client.cookies["hd_csrf"].value
    client.post("/dang-nhap", {"username": "ca-phu-cat", "password": PASSWORD}, headers={"x-csrftoken": token})
    path, body = "/api/v1/cameras/de-gi-1/tickets", {"action": "view_live"}
    refused = client.post(path, body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    headers = {"x-csrftoken": client.cookies["hd_csrf"].value}
    assert client.post(path, body, content_type="application/json", headers=headers).status_code == 201


def test_me_says_who_speaks_and_with_which_rights() -> None:
    me = caller(account_of("so-tttt")).get("/api/v1/me").json()
    assert me["unit"] == {"id": "so-tttt", "name": "Sở Thông tin và Truyền thông"}
    scope = 'System::"haidang"'
    supervises = ["read_access_log", "view_rights", "approve_policy"]
    assert me["rights"] == [
        {"scope": scope, "actions": supervises, "purposes": [], "clause": "II.2.a"},
        {"scope": scope, "actions": ["aggregate_difficulties"], "purposes": [], "clause": "II.8-3"},
    ]


def test_recordings_show_spans_and_every_hole_with_its_reason() -> None:
    now = wall_clock()
    start = now - 1000 * S
    Span.objects.create(camera="de-gi-1", stream="main", started_at=start, ended_at=start + 300 * S)
    Gap.objects.create(
        camera="de-gi-1", stream="main", started_at=start + 300 * S, ended_at=start + 400 * S, reason="disk_full"
    )
    Span.objects.create(camera="de-gi-1", stream="main", started_at=start + 400 * S, ended_at=now)
    query = {"camera": "de-gi-1", "from": rfc3339(WallUs(start)), "to": rfc3339(now)}
    answer = caller(account_of("ca-phu-cat")).get("/api/v1/recordings", query).json()
    assert len(answer["spans"]) == 2
    assert [(gap["reason"], gap["text"]) for gap in answer["gaps"]] == [("disk_full", "Gián đoạn ghi hình: ổ đĩa đầy")]
    assert answer["gaps"][0]["from"] == answer["spans"][0]["to"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "invalid_input"),
        ({"from": "2026-11-24T01:00:00Z", "to": "2026-11-24T00:00:00Z"}, "window_order"),
        ({"from": "2026-09-01T00:00:00Z", "to": "2026-11-24T00:00:00Z"}, "window_too_long"),
        ({"from": "2199-01-01T00:00:00Z", "to": "2199-01-02T00:00:00Z"}, "window_future"),
        ({"from": "yesterday", "to": "2026-11-24T00:00:00Z"}, "invalid_input"),
        ({"from": "2026-11-24T00:00:00", "to": "2026-11-24T01:00:00Z"}, "invalid_input"),
        ({"from": "0001-01-01T00:00:00+23:59", "to": "2026-11-24T01:00:00Z"}, "invalid_input"),
        ({"from": "2026-11-24T00:00:00Z", "to": "2026-11-24T01:00:00Z", "stream": "side"}, "invalid_input"),
    ],
)
def test_a_window_that_cannot_be_used_is_422(query: dict[str, str], code: str) -> None:
    answer = caller(account_of("ca-phu-cat")).get("/api/v1/recordings", {"camera": "de-gi-1", **query})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_plus_in_a_query_that_was_not_encoded_is_understood() -> None:
    query = "camera=de-gi-1&from=2026-11-24T00:00:00+07:00&to=2026-11-24T01:00:00+07:00"
    assert (
        caller(account_of("ca-phu-cat")).get(f"/api/v1/recordings?{query}").json()["from"]
        == "2026-11-23T17:00:00.000000Z"
    )


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"action": "delete"}', '{"action": "view_live", "more": 1}'])
def test_a_body_that_cannot_be_used_is_a_problem(body: str) -> None:
    client = caller(account_of("ca-phu-cat"))
    answer = client.post("/api/v1/cameras/de-gi-1/tickets", body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_problems_speak_the_language_that_is_asked_for() -> None:
    client = caller(account_of("ca-phu-cat"))
    answers = [client.get("/api/v1/cameras/x", headers={"accept-language": lang}) for lang in ("vi", "en")]
    assert [answer["Content-Language"] for answer in answers] == ["vi", "en"]


def test_the_schema_is_openapi_3_1_and_declares_its_refusals() -> None:
    schema = json.loads(Client().get("/api/v1/openapi.json").content)
    assert schema["openapi"].startswith("3.1")
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            assert {"401", "403"} <= operation["responses"].keys(), path
            assert "application/problem+json" in operation["responses"]["401"]["content"]


def test_an_address_that_is_none_is_a_problem_too() -> None:
    answer = Client().get("/api/v1/videos")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
