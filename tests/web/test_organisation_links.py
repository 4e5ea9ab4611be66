"""Linking one's identity at an organisation to the own account; what of the sign-in is there at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from pytest_django import Settings

from accounts.cast import NOW, account_of, enrolled, logged_in
from haidang.accounts.models import Account, ExternalIdentity, LoginSession
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.web import organisations
from web.fake_provider import FakeProvider, address
from web.organisation import BACK, CONFIGURED, LINK, START, SUBJECT, UNIT, back, linked

pytestmark = pytest.mark.usefixtures("provider")


# -- what is there at all


def test_other_providers_are_not_there() -> None:
    for path in ("/dang-nhap/to-chuc/khac/", "/dang-nhap/to-chuc/khac/ve"):
        assert Client().get(path).status_code == 404


def test_the_sign_in_page_offers_what_the_settings_name(settings: Settings) -> None:
    assert "Đăng nhập bằng tài khoản Công an tỉnh" in Client().get("/dang-nhap").content.decode()
    settings.HAIDANG_SETTINGS = replace(settings.HAIDANG_SETTINGS, oidc=())
    assert "to-chuc" not in Client().get("/dang-nhap").content.decode()


def test_none_of_allauths_own_addresses_answers() -> None:
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert not {name for name in names if name.startswith(("account_", "socialaccount_", "openid_connect"))}
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/", "/accounts/social/signup/"):
        assert Client().get(path).status_code == 404


def test_nothing_of_a_sign_in_is_in_allauths_tables(provider: FakeProvider) -> None:
    linked()
    assert back(provider).status_code == 302
    models = [model for label in ("account", "socialaccount") for model in apps.get_app_config(label).get_models()]
    there = set(connection.introspection.table_names())
    assert [model for model in models if model._meta.db_table in there and model._default_manager.exists()] == []


def test_the_secret_is_on_no_page_and_in_no_address(provider: FakeProvider) -> None:
    linked()
    client = Client()
    way = client.get(START)
    answer = client.get(address(BACK, provider.signed_in(way["Location"], SUBJECT)))
    pages = "".join([way["Location"], answer["Location"], client.get("/tai-khoan").content.decode()])
    assert provider.secret not in pages
    assert SUBJECT not in pages


# -- linking


def link(client: Client, provider: FakeProvider, subject: str = SUBJECT) -> Any:
    page = client.post(LINK)
    return client.get(address(BACK, provider.signed_in(page.context["way"], subject)))


def test_who_is_signed_in_links_the_own_identity_and_ends_it(provider: FakeProvider) -> None:
    account = account_of(UNIT)
    client = logged_in(account)
    assert "chưa liên kết" in client.get("/tai-khoan").content.decode()
    assert link(client, provider)["Location"] == LINK
    assert ExternalIdentity.objects.get(ended_at=None).account == account
    assert "đã liên kết từ" in client.get("/tai-khoan").content.decode()
    assert back(provider).status_code == 302
    client.post(LINK, {"step": "unlink"})
    assert back(provider).status_code == 403


def test_linking_needs_a_second_factor_shown_lately(provider: FakeProvider) -> None:
    account = account_of(UNIT)
    enrolled(account)
    client = logged_in(account)
    assert client.get(LINK).status_code == 200
    LoginSession.objects.update(second_factor_at=wall_clock() - 601_000_000)
    for answer in (client.get(LINK), client.post(LINK)):
        assert answer["Location"].startswith("/dang-nhap/xac-thuc")
    assert provider.asked == []


def test_without_a_factor_linking_needs_a_sign_in_of_lately(provider: FakeProvider) -> None:
    client = logged_in(account_of(UNIT))
    LoginSession.objects.update(started_at=wall_clock() - 601_000_000)
    page = client.post(LINK)
    assert (page.context["way"], provider.asked) == ("", [])
    assert "10 phút" in page.content.decode()


def test_a_link_begun_by_one_account_is_not_anothers(provider: FakeProvider) -> None:
    client = logged_in(account_of(UNIT))
    told = provider.signed_in(client.post(LINK).context["way"], SUBJECT)
    Account.objects.filter(username=UNIT).update(username="an-cu")
    account_of(UNIT, username="khac")
    assert client.get(address(BACK, told)).status_code == 403
    assert not ExternalIdentity.objects.exists()


def test_a_link_that_took_too_long_is_begun_anew(provider: FakeProvider) -> None:
    client = logged_in(account_of(UNIT))
    told = provider.signed_in(client.post(LINK).context["way"], SUBJECT)
    LoginSession.objects.update(started_at=wall_clock() - 601_000_000)
    assert client.get(address(BACK, told)).status_code == 403
    assert not ExternalIdentity.objects.exists()


def test_a_link_begun_and_signed_out_of_links_nobody(provider: FakeProvider) -> None:
    client = logged_in(account_of(UNIT))
    told = provider.signed_in(client.post(LINK).context["way"], SUBJECT)
    client.post("/dang-xuat")
    assert client.get(address(BACK, told)).status_code == 403
    assert not ExternalIdentity.objects.exists()


def test_an_attempt_to_sign_in_does_not_link_who_is_signed_in(provider: FakeProvider) -> None:
    """Or a browser that was signed in elsewhere under another name would be linked to it unasked."""
    client = Client()
    told = provider.signed_in(client.get(START)["Location"], SUBJECT)
    logged_in(account_of(UNIT), client)
    assert client.get(address(BACK, told)).status_code == 403
    assert not ExternalIdentity.objects.exists()


def test_an_identity_that_opens_another_account_is_not_linked_again(provider: FakeProvider) -> None:
    linked("tinh-doan")
    answer = link(logged_in(account_of(UNIT)), provider)
    assert (answer.status_code, "đã liên kết với một tài khoản khác" in answer.content.decode()) == (409, True)


def test_linking_takes_a_token_against_forged_forms(provider: FakeProvider) -> None:
    client = logged_in(account_of(UNIT))
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = client.cookies
    assert forged.post(LINK).status_code == 403
    assert provider.asked == []


def test_nobody_links_before_the_gates_are_passed(provider: FakeProvider) -> None:
    account = account_of(UNIT)
    Account.objects.filter(pk=account.pk).update(pledged_at=None)
    client = logged_in(account)
    assert client.get(LINK)["Location"] == "/cam-ket"
    assert Client().get(LINK)["Location"].startswith("/dang-nhap")


def test_the_known_words_of_a_provider_are_kept_for_a_while(provider: FakeProvider) -> None:
    organisations._words_of(CONFIGURED, NOW)
    organisations._words_of(CONFIGURED, WallUs(NOW + 599_000_000))
    assert len(provider.asked) == 1
    organisations._words_of(CONFIGURED, WallUs(NOW + 601_000_000))
    assert len(provider.asked) == 2
