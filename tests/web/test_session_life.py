"""A session ends when idle, when its account or unit is locked, and when the person ends it from elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.cast import account_of, logged_in
from haidang.accounts import actions
from haidang.accounts.models import LoginSession
from haidang.host.clock import wall_clock

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
