"""The second step of a sign-in, attacked: half sessions, codes replayed and guessed, passkeys, fixation, step-up."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.cast import PASSWORD, account_of, code_now, enrolled, logged_in
from accounts.passkey import SoftKey
from haidang.accounts import actions
from haidang.accounts.factors import Party, step_of, totp_code
from haidang.accounts.models import Account, Alert, LoginSession, SecondFactor
from haidang.accounts.queries import credential_of_token
from haidang.audit.models import Entry
from haidang.config import commands
from haidang.config.demonstration import DemoAccount
from haidang.host.clock import wall_clock
from haidang.web import lockout

pytestmark = pytest.mark.usefixtures("port")
START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
STEP = "/dang-nhap/xac-thuc"
PAGE = "/tai-khoan/xac-thuc"
HOLDER, OPERATOR = "ca-phu-cat", "vien-thong-binh-dinh"
PARTY = Party("localhost", "http://localhost")


def half(account: Account, client: Client | None = None, **more: str) -> Client:
    """A browser that has shown the password."""
    client = client or Client()
    answer = client.post("/dang-nhap", {"username": account.username, "password": PASSWORD, **more})
    assert answer["Location"] == STEP
    return client


def with_passkey(account: Account) -> tuple[SoftKey, Client]:
    """A passkey of the account, set up on its page in a browser at ``localhost``, and that browser."""
    client, key = logged_in(account, Client(headers={"host": "localhost"})), SoftKey()
    add(client, key)
    return key, client


def challenge_of(page: dict[str, Any]) -> bytes:
    text = page["challenge"]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def add(client: Client, key: SoftKey) -> Any:
    challenge = challenge_of(client.get(PAGE).context["passkey"])
    answer = json.dumps(key.make(PARTY, challenge))
    return client.post(f"{PAGE}/khoa", {"answer": answer, "name": "Khóa của phòng"})


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
    assert client.cookies["hd_viewer"].value == "" if "hd_viewer" in client.cookies else True
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


# -- where one is required


def test_who_must_have_one_reaches_only_the_page_that_sets_it_up() -> None:
    account, client = account_of(OPERATOR), Client()
    client.post("/dang-nhap", {"username": account.username, "password": PASSWORD})
    for path in ("/giam-sat", "/van-hanh", "/tai-khoan"):
        assert client.get(path)["Location"] == PAGE
    problem = client.get("/api/v1/cameras")
    assert (problem.status_code, problem.json()["code"]) == (403, "second_factor_needed")
    page = client.get(PAGE)
    assert page.context["forced"]
    assert page.context["nav"] == []
    secret = page.context["totp"]["text"].replace(" ", "")
    assert "data:image/svg+xml" in page.context["totp"]["image"]
    assert client.get(PAGE).context["totp"]["text"].replace(" ", "") == secret, "loading it twice keeps the secret"


def test_the_first_factor_is_kept_after_its_code_and_counts_as_shown() -> None:
    account, client = account_of(OPERATOR), Client()
    client.post("/dang-nhap", {"username": account.username, "password": PASSWORD})
    client.get(PAGE)
    wrong = client.post(f"{PAGE}/ung-dung", {"code": "000000"})
    assert SecondFactor.objects.count() == 0
    assert "Mã không đúng" in wrong.content.decode()
    code = own_code(client)
    assert client.post(f"{PAGE}/ung-dung", {"code": code, "name": "Điện thoại"})["Location"] == PAGE
    assert client.get("/van-hanh").status_code == 200
    kept = SecondFactor.objects.get()
    assert "Điện thoại" not in str(list(Entry.objects.values()))
    assert own_secret(client) not in kept.sealed_secret
    assert half(account).post(STEP, {"code": code}).status_code == 200, "the code that set it up is used up"


def own_secret(client: Client) -> str:
    return str(client.get(PAGE).context["totp"]["text"]).replace(" ", "")


def own_code(client: Client) -> str:
    """The code of the secret that the page shows."""
    return totp_code(base64.b32decode(own_secret(client)), step_of(wall_clock()))


def test_sessions_that_began_without_the_first_factor_end_with_it() -> None:
    account = account_of(HOLDER)
    here, there = logged_in(account), logged_in(account)
    here.post(f"{PAGE}/ung-dung", {"code": own_code(here)})
    assert here.get("/giam-sat").status_code == 200
    assert there.get("/giam-sat")["Location"].startswith("/dang-nhap?ended=second_factor")


def test_the_last_one_of_who_must_have_one_is_not_ended_and_a_holders_is() -> None:
    operator, holder = account_of(OPERATOR), account_of(HOLDER)
    for account, status in ((operator, 409), (holder, 302)):
        factor = enrolled(account)
        client = logged_in(account)
        assert client.post(f"{PAGE}/{factor.pk}/ket-thuc").status_code == status
    assert SecondFactor.objects.filter(ended_at=None).get().account == operator


def test_an_ended_factor_keeps_no_secret_and_its_recovery_codes_end_with_the_last() -> None:
    account = account_of(HOLDER)
    factor = enrolled(account)
    actions.draw_recovery_codes(account, now=wall_clock())
    logged_in(account).post(f"{PAGE}/{factor.pk}/ket-thuc")
    assert list(SecondFactor.objects.filter(ended_at=None)) == []
    assert [row.sealed_secret for row in SecondFactor.objects.all()] == ["", ""]


# -- shown anew


@pytest.mark.parametrize("path", [f"{PAGE}/ung-dung", f"{PAGE}/khoa", f"{PAGE}/ma-du-phong", f"{PAGE}/1/ket-thuc"])
def test_changing_factors_wants_one_shown_within_ten_minutes_on_direct_posts_too(path: str) -> None:
    account = account_of(HOLDER)
    factor = enrolled(account)
    with time_machine.travel(START, tick=False) as clock:
        client = logged_in(account)
        clock.shift(timedelta(minutes=10))
        path = path.replace("/1/", f"/{factor.pk}/")
        page = client.get(PAGE)
        assert page.context["totp"] is None
        assert page.context["passkey"] is None
        answer = client.post(path, {"code": code_now(), "answer": "{}"})
        assert answer["Location"] == f"{STEP}?next=%2Ftai-khoan%2Fxac-thuc"
        assert list(SecondFactor.objects.values_list("ended_at", flat=True)) == [None]
        assert client.post(STEP, {"code": code_now(), "next": PAGE})["Location"] == PAGE
        assert client.get(PAGE).context["totp"] is not None


def test_a_clock_that_was_set_back_makes_no_factor_fresh() -> None:
    account = account_of(HOLDER)
    factor = enrolled(account)
    with time_machine.travel(START, tick=False) as clock:
        client = logged_in(account)
        clock.shift(timedelta(hours=-1))
        assert client.post(f"{PAGE}/{factor.pk}/ket-thuc")["Location"].startswith(STEP)


def test_nobody_ends_anothers_factor() -> None:
    mine, other = account_of(HOLDER), account_of("ca-quy-nhon")
    theirs = enrolled(other)
    enrolled(mine)
    assert logged_in(mine).post(f"{PAGE}/{theirs.pk}/ket-thuc").status_code == 404


def test_a_session_without_a_factor_cannot_add_one_beside_those_of_the_account() -> None:
    account = account_of(HOLDER)
    client = logged_in(account)
    enrolled(account)
    assert client.post(f"{PAGE}/ung-dung", {"code": code_now()})["Location"].startswith(STEP)
    assert SecondFactor.objects.count() == 1


def test_recovery_codes_are_shown_once() -> None:
    account = account_of(HOLDER)
    enrolled(account)
    client = logged_in(account)
    answer = client.post(f"{PAGE}/ma-du-phong")
    codes = answer.context["codes"]
    assert len(set(codes)) == 10
    assert answer["Cache-Control"] == "no-store"
    assert codes[0] not in client.get(PAGE).content.decode()
    kept = str(list(SecondFactor.objects.values())) + str(list(Entry.objects.values()))
    assert not any(code in kept for code in codes)


def test_an_api_token_never_stands_for_a_second_factor() -> None:
    account = account_of(OPERATOR)
    enrolled(account)
    token = actions.create_token(account, now=wall_clock()).token
    client = Client(headers={"authorization": f"Bearer {token}"})
    assert client.get("/api/v1/me").status_code == 200
    credential = credential_of_token(token, now=wall_clock())
    assert credential is not None
    assert not credential.second_factor


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
    assert answer["Location"] == "/giam-sat"
    return client
