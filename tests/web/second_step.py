"""A browser at the second step of a sign-in, and a passkey in it."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.test import Client

from accounts.cast import PASSWORD, logged_in
from accounts.passkey import SoftKey
from haidang.accounts.factors import Party
from haidang.accounts.models import Account

__all__ = ["HOLDER", "OPERATOR", "PAGE", "PARTY", "STEP", "add", "challenge_of", "half", "with_passkey"]

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
