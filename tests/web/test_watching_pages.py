"""The wall and the camera page: what an account may see, and nothing that tells of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.cast import account_of, logged_in
from haidang.footage.models import Gap, Span
from haidang.host.clock import wall_clock

pytestmark = pytest.mark.usefixtures("port")
S = 1_000_000


def _wall(client: Client) -> dict[str, list[str]]:
    sites = client.get("/giam-sat").context["sites"]
    return {site.site.slug: [camera.slug for camera in site.cameras] for site in sites}


def _four(site: str) -> list[str]:
    return [f"{site}-{number}" for number in range(1, 5)]


@pytest.mark.parametrize(
    ("unit", "sites"),
    [
        ("bql-cang-ca-binh-dinh", ["quy-nhon", "de-gi"]),
        ("ca-phu-cat", ["de-gi"]),
        ("tinh-doan", ["quy-nhon", "de-gi", "tam-quan"]),
        ("tram-bp-tam-quan-bac", ["tam-quan"]),
        ("vien-thong-binh-dinh", ["quy-nhon", "de-gi", "tam-quan"]),
        ("so-tttt", []),
        ("ubnd-tinh", []),
    ],
)
def test_the_wall_shows_an_account_its_own_cameras(unit: str, sites: list[str]) -> None:
    assert _wall(logged_in(account_of(unit))) == {site: _four(site) for site in sites}


@pytest.mark.parametrize(
    ("unit", "room"),
    [
        ("ca-phu-cat", "/giam-sat"),
        ("vien-thong-binh-dinh", "/giam-sat"),
        ("so-tttt", "/phan-quyen/thay-doi"),
        ("vp-ubnd", "/phan-quyen/thay-doi"),
        ("so-tnmt", "/giam-sat"),
    ],
)
def test_the_first_page_is_what_is_the_accounts_business(unit: str, room: str) -> None:
    assert logged_in(account_of(unit)).get("/")["Location"] == room


def test_a_camera_of_another_site_is_the_same_404_as_none() -> None:
    client = logged_in(account_of("bql-cang-ca-binh-dinh"))
    there, nowhere = client.get("/giam-sat/tam-quan-1"), client.get("/giam-sat/tam-quan-77")
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert _without_tokens(there.content) == _without_tokens(nowhere.content).replace(b"tam-quan-77", b"tam-quan-1")


def _without_tokens(page: bytes) -> bytes:
    return b"\n".join(line for line in page.splitlines() if b"csrfmiddlewaretoken" not in line)


def test_a_camera_page_says_what_may_be_done_and_why_not() -> None:
    context = logged_in(account_of("tinh-doan")).get("/giam-sat/de-gi-2").context
    assert (context["may_live"], context["may_playback"]) == (True, False)
    refusal = context["playback_refusal"]
    assert refusal.sentence == "Không thực hiện được: đơn vị chưa được phân quyền xem lại tại Đề Gi (mục II.5)."
    assert refusal.clause == "II.5"
    assert [camera.slug for camera in context["neighbours"]] == ["de-gi-1", "de-gi-3", "de-gi-4"]
    assert [purpose.slug for purpose in context["purposes"]] == ["ve-sinh-moi-truong"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-24T23:30", "2026-11-24"),
        ("2026-11-24T23:30:15", "2026-11-24"),
        ("2026-11-24T17:30:00Z", "2026-11-25"),
        ("2026-11-24T17:30:00+07:00", "2026-11-24"),
    ],
)
def test_a_time_in_the_address_opens_playback_on_its_day(text: str, day: str) -> None:
    context = logged_in(account_of("ca-phu-cat")).get("/giam-sat/de-gi-1", {"t": text}).context
    assert (context["initial_at"] is not None, context["day"]) == (True, day)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00", "2099-01-01T00:00", "2026-11-24", "9" * 5000])
def test_a_time_that_is_none_opens_live(text: str) -> None:
    answer = logged_in(account_of("ca-phu-cat")).get("/giam-sat/de-gi-1", {"t": text, "stream": "side"})
    assert (answer.context["initial_at"], answer.context["initial_stream"]) == (None, "main")


def test_states_say_since_when_and_why() -> None:
    now = wall_clock()
    Span.objects.create(camera="de-gi-1", stream="main", started_at=now - 3600 * S, ended_at=now - S)
    Gap.objects.create(camera="de-gi-2", stream="main", started_at=now - 60 * S, reason="network")
    Span.objects.create(camera="de-gi-3", stream="main", started_at=now - 3600 * S, ended_at=now - 900 * S)
    client = logged_in(account_of("ca-phu-cat"))
    context = client.get("/giam-sat").context
    states = [camera.state for camera in context["sites"][0].cameras]
    assert [state.kind for state in states] == ["recording", "gap", "unknown", "unknown"]
    assert (states[1].reason, states[1].text) == ("network", "Mất tín hiệu: đường truyền gián đoạn")
    assert context["stats"] == {"cameras": 4, "down": 3}


def test_pages_need_a_fixed_number_of_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = logged_in(account_of("tinh-doan"))
    client.get("/giam-sat")
    with django_assert_max_num_queries(11):
        client.get("/giam-sat")
    with django_assert_max_num_queries(18):
        client.get("/giam-sat/de-gi-1")


def test_pages_may_be_loaded_from_us_and_talk_to_us_and_the_gateway_alone(port: Path) -> None:
    answer = logged_in(account_of("tinh-doan")).get("/giam-sat")
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' http://testserver:8001 ws://testserver:8001"
    assert policy["frame-ancestors"] == "'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"
    assert b"<script>" not in answer.content
    assert b"style=" not in answer.content
