"""The cast of the organisations' sign-ins: a provider that is configured, accounts linked there, the way and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from django.test import Client
from pytest_django import Settings

from accounts.cast import NOW, account_of
from haidang.accounts.actions import link_identity
from haidang.accounts.models import Account, LoginSession
from haidang.core.settings import OidcSettings
from haidang.web.organisations import forget_providers
from web.fake_provider import ISSUER, FakeProvider, address

__all__ = ["BACK", "CONFIGURED", "LINK", "START", "SUBJECT", "UNIT", "back", "linked", "nobody_came_in", "provider"]

START, BACK, LINK = "/dang-nhap/to-chuc/cong-an/", "/dang-nhap/to-chuc/cong-an/ve", "/tai-khoan/lien-ket/cong-an"
UNIT, SUBJECT = "ca-phu-cat", "0d5c-an"
CONFIGURED = OidcSettings("cong-an", "Công an tỉnh", ISSUER, "hai-dang", "secrets/cong-an")


@pytest.fixture
def provider(port: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    """The provider, configured."""
    fake = FakeProvider()
    (port / "secrets" / "cong-an").write_text(f"{fake.secret}\n")
    settings.HAIDANG_SETTINGS = replace(settings.HAIDANG_SETTINGS, oidc=(CONFIGURED,))
    monkeypatch.setattr(requests.Session, "request", fake.request)
    forget_providers()
    yield fake
    forget_providers()


def linked(unit: str = UNIT, subject: str = SUBJECT) -> Account:
    account = account_of(unit)
    link_identity(account, "cong-an", subject, now=NOW, actor=f'Account::"{unit}"')
    return account


def back(provider: FakeProvider, subject: str = SUBJECT, client: Client | None = None, start: str = START) -> Any:
    """From the button to the answer of our own address."""
    client = client or Client()
    way = client.get(start)["Location"]
    return client.get(address(BACK, provider.signed_in(way, subject)))


def nobody_came_in() -> bool:
    return not LoginSession.objects.exists()
