"""Signing in with one's organisation: a proof that holds opens the linked account, and nothing else opens anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.internal import statekit
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from pytest_django import Settings

from accounts.cast import NOW, PASSWORD, account_of, enrolled
from haidang.accounts.actions import link_identity, lock_account
from haidang.accounts.models import Account, ExternalIdentity, LoginSession
from haidang.audit.models import Entry
from haidang.web import organisations
from web.fake_provider import FakeProvider, address, query
from web.organisation import BACK, CONFIGURED, START, SUBJECT, UNIT, back, linked, nobody_came_in

pytestmark = pytest.mark.usefixtures("provider")


# -- what opens


def test_a_linked_account_signs_in_where_it_wanted_to_go(provider: FakeProvider) -> None:
    account, client = linked(), Client()
    answer = back(provider, client=client, start=f"{START}?next=/tai-khoan")
    assert (answer.status_code, answer["Location"]) == (302, "/tai-khoan")
    assert LoginSession.objects.get().account == account
    assert client.get("/tai-khoan").status_code == 200
    assert client.cookies["hd_viewer"]["samesite"] == "Strict"


def test_the_way_there_carries_pkce_state_and_a_nonce_and_asks_for_no_personal_data(provider: FakeProvider) -> None:
    first, second = (query(Client().get(START)["Location"]) for _ in range(2))
    assert first["code_challenge_method"] == "S256"
    assert first["scope"] == "openid"
    assert first["redirect_uri"] == f"http://testserver{BACK}"
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name]) >= 16


def test_behind_a_proxy_the_way_back_is_the_public_address(settings: Settings) -> None:
    web = replace(settings.HAIDANG_SETTINGS.web, public_url="https://camera.example.vn/")
    settings.HAIDANG_SETTINGS = replace(settings.HAIDANG_SETTINGS, web=web)
    asked = query(Client().get(START)["Location"])
    assert asked["redirect_uri"] == f"https://camera.example.vn{BACK}"


def test_what_the_browser_adds_to_the_button_does_not_reach_the_provider() -> None:
    asked = query(Client().get(f"{START}?scope=admin&auth_params=prompt%3Dnone&process=connect")["Location"])
    assert (asked["scope"], "prompt" in asked) == ("openid", False)


def test_the_second_factor_is_asked_where_the_account_has_one(provider: FakeProvider) -> None:
    account, client = linked("vien-thong-binh-dinh"), Client()
    enrolled(account)
    assert back(provider, client=client)["Location"] == "/dang-nhap/xac-thuc"
    assert nobody_came_in()
    assert client.get("/giam-sat")["Location"].startswith("/dang-nhap")


def test_who_must_have_a_second_factor_and_has_none_stands_at_its_gate(provider: FakeProvider) -> None:
    linked("vien-thong-binh-dinh")
    client = Client()
    back(provider, client=client)
    assert client.get("/giam-sat")["Location"] == "/tai-khoan/xac-thuc"


@pytest.mark.parametrize(
    ("field", "value", "gate"), [("must_change_password", True, "/doi-mat-khau"), ("pledged_at", None, "/cam-ket")]
)
def test_the_other_gates_stand_as_after_a_password(
    provider: FakeProvider, field: str, value: object, gate: str
) -> None:
    Account.objects.filter(pk=linked().pk).update(**{field: value})
    client = Client()
    back(provider, client=client)
    assert client.get("/giam-sat")["Location"] == gate


def test_a_session_key_from_before_is_worth_nothing_after(provider: FakeProvider) -> None:
    linked()
    client = Client()
    client.get(START)
    before = client.cookies["hd_session"].value
    back(provider, client=client)
    assert client.cookies["hd_session"].value != before


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_afterwards(provider: FakeProvider, wanted: str) -> None:
    linked()
    assert back(provider, start=f"{START}?next={wanted}")["Location"] == "/"


# -- what opens nothing


def test_an_identity_that_nobody_linked_makes_nothing(provider: FakeProvider) -> None:
    linked()
    before = (Account.objects.count(), ExternalIdentity.objects.count())
    answer = back(provider, "la-hoac")
    assert answer.status_code == 403
    assert "chưa được liên kết" in answer.content.decode()
    assert nobody_came_in()
    assert (Account.objects.count(), ExternalIdentity.objects.count()) == before
    entry = Entry.objects.get(action="login")
    assert (entry.resource, entry.decision, entry.facts) == ('Account::"?"', "deny", {"provider": "cong-an"})


def test_an_identity_with_the_name_of_an_account_is_not_that_account(provider: FakeProvider) -> None:
    account_of(UNIT)
    provider.claims = {"preferred_username": UNIT, "email": f"{UNIT}@vn", "email_verified": True}
    assert back(provider, UNIT).status_code == 403
    assert nobody_came_in()


def test_a_link_of_another_provider_opens_nothing(provider: FakeProvider) -> None:
    link_identity(account_of(UNIT), "khac", SUBJECT, now=NOW)
    assert back(provider).status_code == 403
    assert nobody_came_in()


def test_a_locked_account_stays_out_and_the_entry_names_it(provider: FakeProvider) -> None:
    account = linked()
    lock_account(account, now=NOW)
    answer = back(provider)
    assert (answer.status_code, nobody_came_in()) == (403, True)
    assert Entry.objects.get(action="login").resource == f'Account::"{UNIT}"'


def test_an_ended_link_opens_nothing(provider: FakeProvider) -> None:
    linked()
    ExternalIdentity.objects.update(ended_at=NOW)
    assert back(provider).status_code == 403
    assert nobody_came_in()


def test_a_duty_screens_account_is_no_way_in(provider: FakeProvider) -> None:
    Account.objects.filter(pk=linked().pk).update(kind="terminal")
    assert back(provider).status_code == 403
    assert nobody_came_in()


FORGED: dict[str, dict[str, Any]] = {
    "signed by another key": {"key": rsa.generate_private_key(65537, 2048)},
    "signed with the client's secret": {"alg": "HS256", "key": "bi-mat-cua-don-vi" * 4},
    "not signed": {"alg": "none", "key": None},
    "of no known key": {"kid": "k2"},
    "of another issuer": {"claims": {"iss": "https://evil.example"}},
    "for another party": {"claims": {"aud": "another"}},
    "for another party too": {"claims": {"aud": ["hai-dang", "another"]}},
    "given to another party": {"claims": {"azp": "another"}},
    "expired": {"claims": {"exp": 1_000_000_000}},
    "of the future": {"claims": {"iat": 9_000_000_000}},
    "of another attempt": {"claims": {"nonce": "another"}},
    "without a nonce": {"left_out": {"nonce"}},
    "without an end": {"left_out": {"exp"}},
    "without a subject": {"left_out": {"sub"}},
    "with a subject that is no text": {"claims": {"sub": ["0d5c-an"]}},
    "with an empty subject": {"claims": {"sub": ""}},
}


@pytest.mark.parametrize("forged", FORGED, ids=str)
def test_a_proof_that_does_not_hold_opens_nothing(provider: FakeProvider, forged: str) -> None:
    linked()
    for name, value in FORGED[forged].items():
        setattr(provider, name, value)
    answer = back(provider)
    assert answer.status_code == 403
    assert "không xác nhận được danh tính" in answer.content.decode()
    assert nobody_came_in()


def test_another_claim_is_taken_from_the_token_where_the_settings_say_so(
    provider: FakeProvider, settings: Settings
) -> None:
    configured = replace(CONFIGURED, claim="so_hieu")
    settings.HAIDANG_SETTINGS = replace(settings.HAIDANG_SETTINGS, oidc=(configured,))
    linked()
    assert back(provider, SUBJECT).status_code == 403, "without the claim the subject is no substitute"
    provider.claims = {"so_hieu": SUBJECT}
    assert back(provider, "la-hoac").status_code == 302


# -- attempts


def test_a_callback_serves_once(provider: FakeProvider) -> None:
    linked()
    client = Client()
    told = provider.signed_in(client.get(START)["Location"], SUBJECT)
    assert client.get(address(BACK, told)).status_code == 302
    again = client.get(address(BACK, told))
    assert again.status_code == 403
    assert "lượt đăng nhập đã dùng" in again.content.decode()
    assert LoginSession.objects.count() == 1


def test_an_attempt_of_one_browser_is_worth_nothing_in_another(provider: FakeProvider) -> None:
    """Or who sends a link signs somebody else in as oneself."""
    linked()
    told = provider.signed_in(Client().get(START)["Location"], SUBJECT)
    other = Client()
    other.get(START)
    assert other.get(address(BACK, told)).status_code == 403
    assert Client().get(address(BACK, told)).status_code == 403
    assert nobody_came_in()


def test_a_code_of_another_attempt_of_the_same_browser_is_refused(provider: FakeProvider) -> None:
    """PKCE: a code that was stolen is exchanged by nobody else."""
    linked()
    client = Client()
    first = provider.signed_in(client.get(START)["Location"], SUBJECT)
    second = provider.signed_in(client.get(START)["Location"], SUBJECT)
    assert client.get(address(BACK, {"code": first["code"], "state": second["state"]})).status_code == 403
    assert nobody_came_in()


@pytest.mark.parametrize("told", [{}, {"state": "x"}, {"code": "x"}, {"state": "x", "code": "x"}, {"error": "x"}])
def test_a_callback_that_nobody_began_asks_the_provider_nothing(provider: FakeProvider, told: dict[str, str]) -> None:
    assert Client().get(address(BACK, told)).status_code == 403
    assert provider.asked == []


def test_an_old_attempt_is_over(provider: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    linked()
    client = Client()
    told = provider.signed_in(client.get(START)["Location"], SUBJECT)
    monkeypatch.setattr(statekit, "STATE_TTL", -1)
    assert client.get(address(BACK, told)).status_code == 403
    assert nobody_came_in()


def test_who_gives_up_there_reads_that(provider: FakeProvider) -> None:
    client = Client()
    state = query(client.get(START)["Location"])["state"]
    answer = client.get(address(BACK, {"error": "access_denied", "state": state}))
    assert (answer.status_code, "đã được hủy" in answer.content.decode()) == (403, True)


def test_what_the_provider_says_of_the_error_is_not_shown(provider: FakeProvider) -> None:
    client = Client()
    state = query(client.get(START)["Location"])["state"]
    told = {"error": "x", "error_description": "<script>gọi 0900</script>", "state": state}
    assert "gọi 0900" not in client.get(address(BACK, told)).content.decode()


# -- a provider in trouble


def test_a_provider_that_is_down_is_told_plainly_and_the_password_still_serves(provider: FakeProvider) -> None:
    account_of(UNIT)
    provider.away = True
    answer = Client().get(START)
    assert answer.status_code == 503
    assert "Không liên lạc được với hệ thống đăng nhập của Công an tỉnh" in answer.content.decode()
    assert Client().get("/dang-nhap").status_code == 200
    assert Client().post("/dang-nhap", {"username": UNIT, "password": PASSWORD}).status_code == 302


def test_a_provider_that_is_down_is_not_asked_by_everybody(provider: FakeProvider) -> None:
    provider.away = True
    for _ in range(5):
        assert Client().get(START).status_code == 503
    assert len(provider.asked) == 1


def test_a_provider_that_goes_between_the_steps_is_told_plainly(provider: FakeProvider) -> None:
    linked()
    client = Client()
    told = provider.signed_in(client.get(START)["Location"], SUBJECT)
    provider.away = True
    assert client.get(address(BACK, told)).status_code == 503
    assert nobody_came_in()


@pytest.mark.parametrize(
    "words",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://sso.cong-an.vn/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
    ids=str,
)
def test_a_provider_whose_words_do_not_fit_sends_nobody_anywhere(provider: FakeProvider, words: dict[str, Any]) -> None:
    provider.words = words
    assert Client().get(START).status_code == 403


def test_too_many_at_once_are_told_to_come_again() -> None:
    taken = [organisations._seats.acquire(blocking=False) for _ in range(organisations.SEATS)]
    try:
        assert all(taken)
        assert Client().get(START).status_code == 503
    finally:
        for _ in taken:
            organisations._seats.release()


def test_a_secret_that_is_not_there_is_the_operators_to_mend(provider: FakeProvider, port: Path) -> None:
    (port / "secrets" / "cong-an").unlink()
    answer = Client().get(START)
    assert answer.status_code == 503
    assert "chưa được cấu hình xong" in answer.content.decode()
    assert provider.asked == []
