"""The second step of a sign-in, attacked: half sessions, codes replayed and guessed, passkeys, fixation."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from accounts.cast import PASSWORD, account_of, code_now, enrolled, logged_in
from accounts.passkey import SoftKey
from haidang.accounts import actions
from haidang.accounts.factors import step_of, totp_code
from haidang.accounts.models import Alert, LoginSession, SecondFactor
from haidang.audit.models import Entry
from haidang.config import commands
from haidang.config.demonstration import DemoAccount
from haidang.host.clock import wall_clock
from haidang.web import lockout
from web.second_step import HOLDER, OPERATOR, PAGE, PARTY, STEP, add, challenge_of, half, with_passkey

pytestmark = pytest.mark.usefixtures("port")
START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


# -- the two steps


def test_a_code_after_the_password_opens_the_session_that_was_wanted() -> None:
    account = account_of(HOLDER)
    enrolled(account)
    client = half(account, next="/tai-khoan")
    assert LoginSession.objects.count() == 0
    answer = client.post(STEP, {"code": code_now()})
    assert answer["Location"] == "/tai-khoan"
    session = LoginSession.objects.get()
    assert session.second_factor_at is not None
    assert client.get("/giam-sat").status_code == 200
    assert Entry.objects.get(action="login", decision="allow").facts["second_factor"] == "totp"


def test_without_a_second_factor_a_holder_comes_in_by_password_alone() -> None:
    client = logged_in(account_of(HOLDER))
    assert client.get("/giam-sat").status_code == 200
    assert LoginSession.objects.get().second_factor_at is None


@pytest.mark.parametrize(
    "path", ["/", "/giam-sat", "/giam-sat/de-gi-1", "/tai-khoan", PAGE, "/cam-ket", "/doi-mat-khau", "/van-hanh"]
)
def test_half_a_session_opens_no_page(path: str) -> None:
    account = account_of(HOLDER)
    enrolled(account)
    answer = half(account).get(path, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/dang-nhap")
    assert answer.context["account"] is None


def test_half_a_session_opens_no_api_and_has_no_viewer_cookie() -> None:
    account = account_of(HOLDER)
    enrolled(account)
    client = half(account)
    assert client.cookies["hd_viewer"].value == ""
    for path in ("/api/v1/me", "/api/v1/cameras"):
        assert client.get(path).status_code == 401
    ticket = client.post(
        "/api/v1/cameras/de-gi-1/tickets", json.dumps({"action": "view_live"}), content_type="application/json"
    )
    assert ticket.status_code == 401
    for path in (f"{PAGE}/ung-dung", f"{PAGE}/khoa", f"{PAGE}/ma-du-phong"):
        assert client.post(path, {"code": code_now()})["Location"].startswith("/dang-nhap")
    assert SecondFactor.objects.count() == 1


@pytest.mark.parametrize("what", ["time", "clock back", "password", "lock"])
def test_half_a_session_ends_with_its_five_minutes_its_password_or_its_account(what: str) -> None:
    with time_machine.travel(START, tick=False) as clock:
        account = account_of(HOLDER)
        enrolled(account)
        client = half(account)
        if what == "time":
            clock.shift(timedelta(minutes=5))
        elif what == "clock back":
            clock.shift(timedelta(seconds=-1))
        elif what == "password":
            actions.change_password(account, "Đèn-biển 2026 sáng", keep_session="", now=wall_clock())
        else:
            actions.lock_account(account, now=wall_clock())
        assert client.post(STEP, {"code": code_now()})["Location"] == "/dang-nhap"
        assert LoginSession.objects.count() == 0


def test_each_step_has_a_session_key_of_its_own() -> None:
    account = account_of(HOLDER)
    enrolled(account)
    client = Client()
    client.get("/dang-nhap")
    client.cookies["hd_session"] = "a" * 32  # what an attacker put there
    half(account, client)
    first = client.cookies["hd_session"].value
    client.post(STEP, {"code": code_now()})
    second = client.cookies["hd_session"].value
    assert len({"a" * 32, first, second}) == 3
    stale = Client()
    stale.cookies["hd_session"] = first
    assert stale.get("/giam-sat")["Location"].startswith("/dang-nhap")
    assert stale.post(STEP, {"code": code_now(steps=1)})["Location"] == "/dang-nhap"


def test_beginning_a_sign_in_ends_the_browsers_session_before_it() -> None:
    account = account_of(HOLDER)
    client = logged_in(account)
    enrolled(account)
    half(account, client)
    assert LoginSession.objects.get().ended_at is not None
    assert client.cookies["hd_viewer"].value == ""
    assert client.post(STEP, {"code": code_now()}).status_code == 302
    assert client.get("/giam-sat").status_code == 200


# -- codes


def test_a_code_that_was_used_is_refused_and_so_is_one_before_it() -> None:
    account = account_of(HOLDER)
    enrolled(account)
    with time_machine.travel(START, tick=False):
        assert half(account).post(STEP, {"code": code_now()}).status_code == 302
        for steps in (0, -1):
            assert half(account).post(STEP, {"code": code_now(steps=steps)}).status_code == 200
        assert half(account).post(STEP, {"code": code_now(steps=1)}).status_code == 302


def test_a_code_that_was_used_stays_used_when_the_clock_is_set_back() -> None:
    account = account_of(HOLDER)
    enrolled(account)
    with time_machine.travel(START, tick=False) as clock:
        used = code_now()
        half(account).post(STEP, {"code": used})
        clock.shift(timedelta(hours=-1))
        early = code_now()
        clock.shift(timedelta(hours=1))
        clock.shift(timedelta(hours=-1))
        for code in (used, early):
            assert half(account).post(STEP, {"code": code}).status_code == 200


def test_five_wrong_codes_lock_the_name_at_that_address_for_the_right_code_and_the_password_too() -> None:
    account = account_of(HOLDER)
    enrolled(account)
    client = half(account)
    assert [client.post(STEP, {"code": "000000"}).status_code for _ in range(5)] == [200] * 4 + [429]
    assert client.post(STEP, {"code": code_now()}).status_code == 429
    assert Client().post("/dang-nhap", {"username": account.username, "password": PASSWORD}).status_code == 429
    assert LoginSession.objects.count() == 0
    denied = Entry.objects.filter(action="show_second_factor", decision="deny")
    assert denied.count() == 5
    assert denied.filter(facts__locked=True).count() == 1
    assert "000000" not in str(list(Entry.objects.values_list("facts", flat=True)))
    assert Alert.objects.get(kind="locked_out").audience == "managers"


def test_wrong_passwords_and_wrong_codes_are_one_count_that_a_right_password_does_not_reset() -> None:
    account = account_of(HOLDER)
    enrolled(account)
    wrong = {"username": account.username, "password": "Sai-mật-khẩu 1"}
    assert [Client().post("/dang-nhap", wrong).status_code for _ in range(2)] == [200] * 2
    client = half(account)
    assert [client.post(STEP, {"code": "000000"}).status_code for _ in range(3)] == [200, 200, 429]


def test_guesses_from_many_addresses_are_counted_by_the_account() -> None:
    account = account_of(HOLDER)
    enrolled(account)
    statuses = []
    for number in range(lockout.CODES // 4 + 1):
        client = half(account, Client(REMOTE_ADDR=f"10.9.{number}.1"))
        statuses += [client.post(STEP, {"code": "000000"}).status_code for _ in range(4)]
    assert statuses.index(429) == lockout.CODES - 1
    elsewhere = half(account, Client(REMOTE_ADDR="10.8.8.8"))
    assert elsewhere.post(STEP, {"code": code_now()}).status_code == 429


def test_a_recovery_code_serves_once_and_the_others_stay() -> None:
    account = account_of(HOLDER)
    enrolled(account)
    codes = actions.draw_recovery_codes(account, now=wall_clock())
    assert half(account).post(STEP, {"code": codes[0].upper()}).status_code == 302
    assert half(account).post(STEP, {"code": codes[0]}).status_code == 200
    assert half(account).post(STEP, {"code": codes[1]}).status_code == 302


def test_another_accounts_recovery_code_is_none() -> None:
    mine, other = account_of(HOLDER), account_of("ca-quy-nhon")
    for account in (mine, other):
        enrolled(account)
    codes = actions.draw_recovery_codes(other, now=wall_clock())
    assert half(mine).post(STEP, {"code": codes[0]}).status_code == 200


def test_a_secret_moved_to_another_account_opens_nothing() -> None:
    mine, other = account_of(HOLDER), account_of("ca-quy-nhon")
    stolen = enrolled(other).sealed_secret
    SecondFactor.objects.filter(pk=enrolled(mine).pk).update(sealed_secret=stolen)
    assert half(mine).post(STEP, {"code": code_now()}).status_code == 200


def test_a_form_of_the_second_step_without_its_token_is_refused() -> None:
    account = account_of(HOLDER)
    enrolled(account)
    client = half(account)
    client.handler.enforce_csrf_checks = True
    assert client.post(STEP, {"code": code_now()}).status_code == 403


# -- passkeys


def test_a_passkey_opens_the_session_and_its_answer_serves_once() -> None:
    account = account_of(HOLDER)
    key, _client = with_passkey(account)
    client = half(account, Client(headers={"host": "localhost"}))
    challenge = challenge_of(client.get(STEP).context["passkey"])
    answer = json.dumps(key.sign(PARTY, challenge))
    other = half(account, Client(headers={"host": "localhost"}))
    other.get(STEP)
    assert other.post(STEP, {"answer": answer}).status_code == 200, "another browser's challenge"
    assert client.post(STEP, {"answer": answer}).status_code == 302
    assert Entry.objects.filter(action="login", facts__second_factor="passkey").count() == 1


def test_a_challenge_is_used_up_by_a_wrong_answer() -> None:
    account = account_of(HOLDER)
    key, _client = with_passkey(account)
    client = half(account, Client(headers={"host": "localhost"}))
    challenge = challenge_of(client.get(STEP).context["passkey"])
    wrong, right = json.dumps(SoftKey().sign(PARTY, challenge)), json.dumps(key.sign(PARTY, challenge))
    assert client.post(STEP, {"answer": wrong}).status_code == 200
    assert client.post(STEP, {"answer": right}).status_code == 200
    assert Entry.objects.filter(action="show_second_factor", decision="deny", facts__kind="passkey").count() == 2


def test_another_accounts_passkey_opens_nothing() -> None:
    mine, other = account_of(HOLDER), account_of("ca-quy-nhon")
    with_passkey(mine)
    theirs, _client = with_passkey(other)
    client = half(mine, Client(headers={"host": "localhost"}))
    challenge = challenge_of(client.get(STEP).context["passkey"])
    assert client.post(STEP, {"answer": json.dumps(theirs.sign(PARTY, challenge))}).status_code == 200


def test_a_passkey_belongs_to_one_account() -> None:
    key, _client = with_passkey(account_of(HOLDER))
    other = logged_in(account_of("ca-quy-nhon"), Client(headers={"host": "localhost"}))
    assert "Không xác thực được" in add(other, key).content.decode()
    assert SecondFactor.objects.filter(kind="passkey").count() == 1


def test_at_an_address_that_browsers_allow_no_passkeys_on_the_page_says_so() -> None:
    client = logged_in(account_of(HOLDER), Client(headers={"host": "127.0.0.1"}))
    page = client.get(PAGE)
    assert page.context["passkey"] is None
    assert "chỉ cho phép khi trang mở bằng https và tên miền" in page.content.decode()


# -- a demonstration


def test_a_demonstrations_accounts_sign_in_with_what_its_file_says_and_a_second_start_keeps_it(port: Path) -> None:
    first = commands.demo_setup(port, [])
    entries = {entry["account"]: entry for entry in first}
    assert commands.demo_setup(port, []) == first
    assert not entries[HOLDER]["totp_secret"]
    assert sign_in(entries[HOLDER]).get("/giam-sat").status_code == 200
    for unit in (OPERATOR, "so-tttt"):
        assert sign_in(entries[unit]).get("/tai-khoan").status_code == 200


def sign_in(entry: DemoAccount) -> Client:
    client = Client()
    answer = client.post("/dang-nhap", {"username": entry["account"], "password": entry["password"]})
    if entry["totp_secret"]:
        assert answer["Location"] == STEP
        code = totp_code(base64.b32decode(entry["totp_secret"]), step_of(wall_clock()))
        answer = client.post(STEP, {"code": code})
    assert answer["Location"] == "/"
    return client
