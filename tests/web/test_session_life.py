"""A session ends when idle, when its account or unit may no more, and from elsewhere; the person sees them all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.cast import PASSWORD, account_of, logged_in
from haidang.accounts import actions
from haidang.accounts.models import Account, Device, LoginSession, Unit
from haidang.host.clock import wall_clock
from haidang.web.arrival import device_label, peer_address

pytestmark = pytest.mark.usefixtures("port")
START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def test_use_keeps_a_session_and_idleness_ends_it() -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = logged_in(account_of("ca-phu-cat"))
        for _hour in range(12):
            clock.shift(timedelta(hours=1))
            assert client.get("/giam-sat").status_code == 200
        clock.shift(timedelta(hours=8, seconds=1))
        answer = client.get("/giam-sat")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/dang-nhap?")
        assert answer.cookies["hd_viewer"].value == ""


@pytest.mark.parametrize("how", ["account_locked", "unit_inactive"])
def test_locking_an_account_or_its_unit_ends_its_pages_and_api_at_once(how: str) -> None:
    account = account_of("ca-phu-cat")
    client = logged_in(account)
    if how == "account_locked":
        actions.lock_account(account, now=wall_clock())
    else:
        actions.set_unit_active(account.unit, active=False, now=wall_clock())
    assert client.get("/api/v1/cameras").status_code == 401
    answer = logged_out_reason(client.get("/giam-sat")["Location"])
    assert answer in ("", how)


def logged_out_reason(location: str) -> str:
    assert location.startswith("/dang-nhap")
    return location.partition("ended=")[2].partition("&")[0]


def test_the_login_page_says_why_the_session_ended() -> None:
    account = account_of("ca-phu-cat")
    client = logged_in(account)
    actions.lock_account(account, now=wall_clock())
    location = client.get("/giam-sat")["Location"]
    assert "tài khoản đã bị khóa" in client.get(location).content.decode()


def test_a_person_ends_own_sessions_and_nobody_elses() -> None:
    account, other = account_of("ca-phu-cat"), account_of("ca-quy-nhon")
    here, there = logged_in(account), logged_in(account)
    stranger = logged_in(other)
    mine = LoginSession.objects.filter(account=account).order_by("pk")
    theirs = LoginSession.objects.get(account=other)
    assert here.post(f"/tai-khoan/phien/{theirs.name}/ket-thuc").status_code == 404
    assert here.post(f"/tai-khoan/phien/{mine[1].name}/ket-thuc").status_code == 302
    assert there.get("/giam-sat").status_code == 302
    assert stranger.get("/giam-sat").status_code == 200


def test_a_session_ends_on_the_day_after_the_accounts_last() -> None:
    with time_machine.travel(START, tick=False) as clock:
        account = account_of("ca-phu-cat")
        Account.objects.filter(pk=account.pk).update(expires_on=date(2026, 11, 25))
        clock.shift(timedelta(hours=13, minutes=59))
        client = logged_in(account)
        assert client.get("/giam-sat").status_code == 200
        clock.shift(timedelta(minutes=1))
        location = client.get("/giam-sat")["Location"]
        assert logged_out_reason(location) == "account_over"
        assert "tài khoản hết thời hạn" in client.get(location).content.decode()


@pytest.mark.parametrize("single", [True, False])
def test_in_a_unit_of_single_sessions_a_new_one_ends_the_others(*, single: bool) -> None:
    account = account_of("ca-phu-cat")
    Unit.objects.filter(pk=account.unit_id).update(single_session=single)
    here, there = logged_in(account), logged_in(account)
    answer = here.get("/giam-sat")
    assert (answer.status_code == 302) == single
    if single:
        assert logged_out_reason(answer["Location"]) == "elsewhere"
        assert "đơn vị chỉ cho một phiên" in here.get(answer["Location"]).content.decode()
    assert there.get("/giam-sat").status_code == 200


CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def test_a_person_sees_own_sessions_with_device_and_address_and_nobody_elses() -> None:
    account, other = account_of("ca-phu-cat"), account_of("ca-quy-nhon")
    logged_in(other, Client(REMOTE_ADDR="198.51.100.9"))
    page = logged_in(account, Client(REMOTE_ADDR="203.0.113.7", headers={"user-agent": CHROME})).get("/tai-khoan")
    (session,) = page.context["sessions"]
    assert (session.device, session.address, session.current) == ("Chrome · Windows", "203.0.113.7", True)
    assert [(row.label, row.current) for row in page.context["devices"]] == [("Chrome · Windows", True)]
    assert "198.51.100.9" not in page.content.decode()


def test_a_new_device_is_told_on_every_page_until_the_person_has_seen_it() -> None:
    account, other = account_of("ca-phu-cat"), account_of("ca-quy-nhon")
    client = logged_in(account)
    logged_in(account, client)  # the same browser: no news
    assert client.get("/giam-sat").context["notices"] == []
    there = logged_in(account, Client(headers={"user-agent": CHROME}))
    (notice,) = client.get("/giam-sat").context["notices"]
    assert "Chrome · Windows" in notice.sentence
    seen = f"/tai-khoan/canh-bao/{notice.number}/da-xem"
    assert logged_in(other).post(seen).status_code == 404
    assert client.post(seen, {"next": "//evil.example"})["Location"] == "/"
    assert there.get("/tai-khoan").context["notices"] == []


def test_the_device_cookie_is_long_lived_closed_to_scripts_and_kept_as_a_hash() -> None:
    account, client = account_of("ca-phu-cat"), Client()
    answer = client.post("/dang-nhap", {"username": account.username, "password": PASSWORD})
    cookie = answer.cookies["hd_device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 400 * 86_400)
    assert cookie.value not in str(list(Device.objects.values()))


@pytest.mark.parametrize(
    ("public_url", "forwarded", "address"),
    [
        ("", "198.51.100.1", "203.0.113.7"),
        ("https://camera.example.vn", "198.51.100.1, 192.0.2.5", "192.0.2.5"),
        ("https://camera.example.vn", "192.0.2.5, nonsense", ""),
    ],
)
def test_the_address_is_the_peers_or_what_the_proxy_in_front_wrote_last(
    settings: Settings, public_url: str, forwarded: str, address: str
) -> None:
    ours = settings.HAIDANG_SETTINGS
    settings.HAIDANG_SETTINGS = replace(ours, web=replace(ours.web, public_url=public_url))
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7", headers={"x-forwarded-for": forwarded})
    assert peer_address(request) == address


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (CHROME, "Chrome · Windows"),
        (CHROME + " Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("curl/8.0", ""),
    ],
)
def test_browsers_in_few_words(agent: str, label: str) -> None:
    assert device_label(agent) == label
