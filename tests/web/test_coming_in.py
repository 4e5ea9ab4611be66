"""Login, logout, changes of password, the pledge, lockout, language."""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from pytest_django import Settings

from accounts.cast import PASSWORD, account_of, logged_in
from haidang.accounts import actions
from haidang.accounts.authority import vietnam_day
from haidang.accounts.models import Account, Alert, LoginSession, PasswordBefore, Unit
from haidang.audit.models import Entry
from haidang.core.tickets import holder_of
from haidang.host.clock import wall_clock
from haidang.web import lockout

pytestmark = pytest.mark.usefixtures("port")
NEW = "Đèn-biển 2026 sáng"
START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def test_a_login_gives_two_cookies_and_the_wall() -> None:
    account_of("ca-phu-cat")
    client = Client()
    answer = client.post("/dang-nhap", {"username": "ca-phu-cat", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    session, viewer = answer.cookies["hd_session"], answer.cookies["hd_viewer"]
    assert session["httponly"]
    assert viewer["httponly"]
    assert viewer["samesite"] == "Strict"
    assert holder_of(viewer.value) == LoginSession.objects.get().viewer_sha256
    assert Entry.objects.filter(action="login", decision="allow", actor='Account::"ca-phu-cat"').count() == 1


def test_a_login_never_keeps_the_session_that_the_browser_came_with() -> None:
    account, client = account_of("ca-phu-cat"), Client()
    client.post("/dang-nhap", {"username": account.username, "password": PASSWORD})
    first = client.cookies["hd_session"].value
    client.post("/dang-nhap", {"username": account.username, "password": PASSWORD})
    assert client.cookies["hd_session"].value != first


@pytest.mark.parametrize("username", ["ca-phu-cat", "nobody"])
def test_a_wrong_password_and_a_wrong_name_are_told_alike(username: str) -> None:
    account_of("ca-phu-cat")
    answer = Client().post("/dang-nhap", {"username": username, "password": "Sai-mật-khẩu 1"})
    assert answer.status_code == 200
    assert "Tài khoản hoặc mật khẩu không đúng" in answer.content.decode()
    assert "hd_viewer" not in answer.cookies
    known = 'Account::"ca-phu-cat"' if username == "ca-phu-cat" else 'Account::"?"'
    assert Entry.objects.filter(action="login", decision="deny", resource=known).count() == 1


def test_five_failures_lock_the_name_at_that_address_even_for_the_right_password() -> None:
    account, client = account_of("ca-phu-cat"), Client()
    wrong = {"username": account.username, "password": "Sai-mật-khẩu 1"}
    statuses = [client.post("/dang-nhap", wrong).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    locked = client.post("/dang-nhap", {**wrong, "password": PASSWORD})
    assert locked.status_code == 429
    assert locked.context["locked_for_s"] == 300
    elsewhere = Client(REMOTE_ADDR="10.9.8.7").post("/dang-nhap", {**wrong, "password": PASSWORD})
    assert elsewhere.status_code == 302
    assert Entry.objects.filter(action="login", facts__locked=True).count() >= 1


def test_behind_a_proxy_guesses_are_counted_by_the_browsers_address(settings: Settings) -> None:
    ours = settings.HAIDANG_SETTINGS
    settings.HAIDANG_SETTINGS = replace(ours, web=replace(ours.web, public_url="https://camera.example.vn"))
    account = account_of("ca-phu-cat")
    stranger, person = (Client(headers={"x-forwarded-for": f"10.0.0.1, {peer}"}) for peer in ("192.0.2.5", "192.0.2.6"))
    wrong = {"username": account.username, "password": "Sai-mật-khẩu 1"}
    assert [stranger.post("/dang-nhap", wrong).status_code for _ in range(5)] == [200] * 4 + [429]
    assert person.post("/dang-nhap", {**wrong, "password": PASSWORD}).status_code == 302


def test_a_login_after_failures_starts_the_count_anew() -> None:
    account, client = account_of("ca-phu-cat"), Client()
    wrong = {"username": account.username, "password": "Sai-mật-khẩu 1"}
    for _round in range(2):
        assert [client.post("/dang-nhap", wrong).status_code for _ in range(4)] == [200] * 4
        assert client.post("/dang-nhap", {**wrong, "password": PASSWORD}).status_code == 302


def test_a_locked_account_cannot_log_in() -> None:
    account = account_of("ca-phu-cat")
    actions.lock_account(account, now=wall_clock())
    answer = Client().post("/dang-nhap", {"username": account.username, "password": PASSWORD})
    assert answer.status_code == 200
    assert LoginSession.objects.count() == 0


def test_an_account_of_a_unit_that_is_off_cannot_log_in() -> None:
    account = account_of("ca-phu-cat")
    actions.set_unit_active(account.unit, active=False, now=wall_clock())
    assert Client().post("/dang-nhap", {"username": account.username, "password": PASSWORD}).status_code == 200
    assert LoginSession.objects.count() == 0


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/tai-khoan", "/tai-khoan"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_after_login_one_goes_on_to_our_own_addresses_only(wanted: str, goes_to: str) -> None:
    account_of("ca-phu-cat")
    answer = Client().post("/dang-nhap", {"username": "ca-phu-cat", "password": PASSWORD, "next": wanted})
    assert answer["Location"] == goes_to


def test_logout_ends_the_session_and_drops_the_cookies() -> None:
    client = logged_in(account_of("ca-phu-cat"))
    answer = client.post("/dang-xuat")
    assert answer.cookies["hd_viewer"].value == ""
    assert LoginSession.objects.get().end_reason == "logout"
    assert client.get("/giam-sat")["Location"].startswith("/dang-nhap")
    assert client.get("/dang-xuat").status_code == 405


@pytest.mark.parametrize("path", ["/giam-sat", "/giam-sat/de-gi-1", "/tai-khoan", "/van-hanh"])
def test_before_the_first_change_of_password_there_is_no_other_page(path: str) -> None:
    client = logged_in(account_of("ca-phu-cat", must_change_password=True))
    assert client.get(path)["Location"] == "/doi-mat-khau"
    assert client.get("/api/v1/cameras").json()["code"] == "must_change_password"
    assert client.get("/doi-mat-khau").context["nav"] == []


def test_the_first_change_of_password_opens_the_rest() -> None:
    account = account_of("ca-phu-cat", must_change_password=True)
    client = logged_in(account)
    refused = client.post("/doi-mat-khau", {"current": PASSWORD, "new": "ngắn", "repeat": "ngắn"})
    assert "Mật khẩu phải có ít nhất 12 ký tự." in refused.content.decode()
    same = client.post("/doi-mat-khau", {"current": PASSWORD, "new": PASSWORD, "repeat": PASSWORD})
    assert same.status_code == 200
    wrong = client.post("/doi-mat-khau", {"current": "x", "new": NEW, "repeat": NEW})
    assert wrong.context["form"].has_error("current", "wrong_password")
    differs = client.post("/doi-mat-khau", {"current": PASSWORD, "new": NEW, "repeat": NEW + "!"})
    assert differs.context["form"].has_error("repeat", "repeat")
    assert client.post("/doi-mat-khau", {"current": PASSWORD, "new": NEW, "repeat": NEW}).status_code == 302
    assert client.get("/giam-sat").status_code == 200


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one() -> None:
    account = account_of("ca-phu-cat")
    here, there = logged_in(account), logged_in(account)
    here.post("/doi-mat-khau", {"current": PASSWORD, "new": NEW, "repeat": NEW})
    assert here.get("/giam-sat").status_code == 200
    assert there.get("/giam-sat")["Location"] == "/dang-nhap?ended=password_changed&next=%2Fgiam-sat"


def test_pages_are_vietnamese_until_somebody_switches() -> None:
    client = Client(headers={"accept-language": "en-US,en;q=0.9"})
    assert client.get("/dang-nhap")["Content-Language"] == "vi"
    client.post("/ngon-ngu", {"language": "en", "next": "/dang-nhap"})
    assert client.get("/dang-nhap")["Content-Language"] == "en"
    client.post("/ngon-ngu", {"language": "xx", "next": "/dang-nhap"})
    assert client.get("/dang-nhap")["Content-Language"] == "en"


def test_a_form_without_its_token_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/dang-nhap", {"username": "x", "password": "y"}).status_code == 403


def test_there_is_no_admin_site_and_no_sign_up() -> None:
    for path in ("/admin/", "/dang-ky", "/register", "/signup"):
        assert Client().get(path).status_code == 404


def test_guesses_at_the_current_password_are_counted_like_logins() -> None:
    account = account_of("ca-phu-cat")
    client = logged_in(account)
    guess = {"current": "Sai-mật-khẩu 1", "new": NEW, "repeat": NEW}
    assert [client.post("/doi-mat-khau", guess).status_code for _ in range(5)] == [200] * 4 + [429]
    assert client.post("/doi-mat-khau", {**guess, "current": PASSWORD}).status_code == 429
    assert Client().post("/dang-nhap", {"username": account.username, "password": PASSWORD}).status_code == 429
    assert Entry.objects.filter(action="login", decision="deny").count() >= 6


def test_the_new_password_does_not_tell_whether_it_is_the_current_one() -> None:
    client = logged_in(account_of("ca-phu-cat"))
    answer = client.post("/doi-mat-khau", {"current": "x", "new": PASSWORD, "repeat": PASSWORD})
    assert not answer.context["form"].has_error("new")


def test_what_is_typed_as_a_name_is_kept_nowhere() -> None:
    typed = "Mật-khẩu-của-tôi 1"
    Client().post("/dang-nhap", {"username": typed, "password": "x"})
    kept = AccessAttempt.objects.get()
    assert typed.lower() not in str(vars(kept)).lower()
    assert typed.lower() not in str(list(Entry.objects.values())).lower()


def test_a_password_is_the_same_however_its_letters_are_composed() -> None:
    account = account_of("ca-phu-cat")
    account.set_password(unicodedata.normalize("NFC", "Đèn-biển 2026 sáng"))
    account.save()
    typed = unicodedata.normalize("NFD", "Đèn-biển 2026 sáng")
    assert Client().post("/dang-nhap", {"username": account.username, "password": typed}).status_code == 302


def test_a_flood_of_logins_is_told_to_come_again_and_leaves_the_rest_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockout, "_seats", threading.BoundedSemaphore(1))
    watching = logged_in(account_of("ca-phu-cat"))
    attempt = {"username": "ca-phu-cat", "password": PASSWORD}
    with lockout.password_seat():
        assert Client().post("/dang-nhap", attempt).status_code == 503
        assert watching.get("/giam-sat").status_code == 200
    assert Client().post("/dang-nhap", attempt).status_code == 302


# -- the gates


def test_before_the_pledge_there_is_no_other_page_and_accepting_it_once_opens_them() -> None:
    account = account_of("ca-phu-cat")
    Account.objects.filter(pk=account.pk).update(pledged_at=None)
    client = logged_in(account)
    for path in ("/giam-sat", "/tai-khoan", "/tai-khoan/xac-thuc", "/doi-mat-khau"):
        assert client.get(path)["Location"] == "/cam-ket"
    problem = client.get("/api/v1/cameras")
    assert (problem.status_code, problem.json()["code"]) == (403, "pledge_needed")
    page = client.get("/cam-ket")
    assert page.context["nav"] == []
    assert "không để lộ hoặc cung cấp tài khoản, mật khẩu" in page.content.decode()
    for _again in range(2):
        assert client.post("/cam-ket")["Location"] == "/"
    assert client.get("/giam-sat").status_code == 200
    assert Entry.objects.filter(action="accept_pledge", clause="I.1.a").count() == 1


def test_the_gates_come_in_order_password_pledge_second_factor() -> None:
    account = account_of("vien-thong-binh-dinh", must_change_password=True)
    Account.objects.filter(pk=account.pk).update(pledged_at=None)
    client = Client()
    client.post("/dang-nhap", {"username": account.username, "password": PASSWORD})
    assert client.get("/cam-ket")["Location"] == "/doi-mat-khau"
    client.post("/doi-mat-khau", {"current": PASSWORD, "new": NEW, "repeat": NEW})
    assert client.get("/tai-khoan/xac-thuc")["Location"] == "/cam-ket"
    client.post("/cam-ket")
    assert client.get("/giam-sat")["Location"] == "/tai-khoan/xac-thuc"
    assert client.get("/cam-ket")["Location"] == "/tai-khoan/xac-thuc"
    assert client.post("/dang-xuat").status_code == 302


def test_a_password_of_half_a_year_must_be_changed_and_tokens_know_no_such_day() -> None:
    with time_machine.travel(START, tick=False) as clock:
        account = account_of("ca-phu-cat")
        token = actions.create_token(account, now=wall_clock()).token
        clock.shift(timedelta(days=180, seconds=-1))
        client = logged_in(account)
        assert client.get("/giam-sat").status_code == 200
        clock.shift(timedelta(seconds=1))
        assert client.get("/giam-sat")["Location"] == "/doi-mat-khau"
        assert "quá 180 ngày" in client.get("/doi-mat-khau").content.decode()
        assert client.get("/api/v1/cameras").json()["code"] == "must_change_password"
        bearer = Client(headers={"authorization": f"Bearer {token}"})
        assert bearer.get("/api/v1/cameras").status_code == 200
        client.post("/doi-mat-khau", {"current": PASSWORD, "new": NEW, "repeat": NEW})
        assert client.get("/giam-sat").status_code == 200


def test_the_last_five_passwords_do_not_come_back_and_the_sixth_does() -> None:
    client = logged_in(account_of("ca-phu-cat"))
    used = [PASSWORD, *(f"Đèn-biển 2026 sáng {number}" for number in range(5))]

    def change(current: str, new: str) -> Any:
        return client.post("/doi-mat-khau", {"current": current, "new": new, "repeat": new})

    for current, new in pairwise(used):
        assert change(current, new).status_code == 302
    change(used[-1], NEW)
    for old in used[1:]:
        assert change(NEW, old).context["form"].has_error("new", "same_password"), old
    assert change(NEW, used[0]).status_code == 302
    assert PasswordBefore.objects.count() == 5


def test_a_wrong_current_password_tells_nothing_of_those_before() -> None:
    client = logged_in(account_of("ca-phu-cat"))
    client.post("/doi-mat-khau", {"current": PASSWORD, "new": NEW, "repeat": NEW})
    answer = client.post("/doi-mat-khau", {"current": "x", "new": PASSWORD, "repeat": PASSWORD})
    assert not answer.context["form"].has_error("new")


def test_a_password_that_was_reset_may_not_come_back_either() -> None:
    account = account_of("ca-phu-cat")
    drawn = actions.reset_password(account, now=wall_clock())
    client = Client()
    client.post("/dang-nhap", {"username": account.username, "password": drawn})
    answer = client.post("/doi-mat-khau", {"current": drawn, "new": PASSWORD, "repeat": PASSWORD})
    assert answer.context["form"].has_error("new", "same_password")


@pytest.mark.parametrize("what", ["expired", "unit over", "terminal"])
def test_who_may_not_sign_in_is_told_what_a_wrong_password_is_told(what: str) -> None:
    account = account_of("ca-phu-cat")
    yesterday = vietnam_day(wall_clock()) - timedelta(days=1)
    if what == "expired":
        Account.objects.filter(pk=account.pk).update(expires_on=yesterday)
    elif what == "unit over":
        Unit.objects.filter(pk=account.unit_id).update(valid_to=yesterday)
    else:
        Account.objects.filter(pk=account.pk).update(kind="terminal")
    answer = Client().post("/dang-nhap", {"username": account.username, "password": PASSWORD})
    assert "Tài khoản hoặc mật khẩu không đúng" in answer.content.decode()
    assert LoginSession.objects.count() == 0


def test_the_managers_are_told_of_an_account_that_guesses_locked() -> None:
    account, client = account_of("ca-phu-cat"), Client()
    for _guess in range(6):
        client.post("/dang-nhap", {"username": account.username, "password": "Sai-mật-khẩu 1"})
        client.post("/dang-nhap", {"username": "nobody", "password": "Sai-mật-khẩu 1"})
    alert = Alert.objects.get()
    assert (alert.kind, alert.account, alert.audience) == ("locked_out", account, "managers")
