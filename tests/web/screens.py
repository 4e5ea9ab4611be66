"""Duty screens and managers for the tests of their pages, and a clock that stands."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client

from accounts.cast import account_of, logged_in
from haidang.accounts.actions.terminal import register_terminal
from haidang.accounts.models import Account, Unit
from haidang.host.clock import wall_clock

START = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def manager(unit: str = "ca-phu-cat") -> Client:
    account = Account.objects.filter(username=unit).first() or account_of(unit)
    Account.objects.filter(pk=account.pk).update(is_manager=True, pledged_at=1)
    return logged_in(account)


def a_code(unit: str = "ca-phu-cat", name: str = "Phòng trực") -> str:
    by = Account.objects.filter(username=unit).first() or account_of(unit)
    return register_terminal(Unit.objects.get(slug=unit), name, by=by, now=wall_clock()).code


def a_screen(unit: str = "ca-phu-cat") -> Client:
    """A browser that is a duty screen of the unit."""
    client = Client()
    answer = client.post("/man-hinh", {"code": a_code(unit)})
    assert (answer.status_code, answer["Location"]) == (302, "/man-hinh")
    return client
