"""Second factors set up, shown anew and ended: who must have one, what a direct POST cannot get round."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.cast import PASSWORD, account_of, code_now, enrolled, logged_in
from haidang.accounts import actions
from haidang.accounts.factors import step_of, totp_code
from haidang.accounts.models import SecondFactor
from haidang.accounts.queries import credential_of_token
from haidang.audit.models import Entry
from haidang.host.clock import wall_clock
from web.second_step import HOLDER, OPERATOR, PAGE, STEP, half

pytestmark = pytest.mark.usefixtures("port")
START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


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


def test_at_a_session_left_open_nobody_sets_up_the_first_factor() -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = logged_in(account_of(HOLDER))
        assert client.get(PAGE).context["totp"] is not None
        clock.shift(timedelta(minutes=10))
        page = client.get(PAGE)
        assert page.context["totp"] is None
        assert "đăng xuất rồi đăng nhập lại" in page.content.decode()
        for path in (f"{PAGE}/ung-dung", f"{PAGE}/khoa"):
            answer = client.post(path, {"code": "000000", "answer": "{}"}, follow=True)
            assert answer.redirect_chain[-1][0] == PAGE
        assert SecondFactor.objects.count() == 0


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
