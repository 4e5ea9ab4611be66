"""Every public action leaves an entry, or is listed here with the reason why not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from accounts.cast import NOW, account_of, camera
from haidang.accounts import actions as accounts
from haidang.accounts.models import ApiToken, LoginSession
from haidang.audit.models import Entry
from haidang.cameras import actions as cameras
from haidang.cameras.actions import CameraFacts
from haidang.core.policy import Notice
from policy.shipped import notice

EXEMPT = {
    "touch_session": "every request that matters has its own entry",
}
KEY = bytes(32)
FACTS = CameraFacts("Luồng vào", "rtsp://10.0.0.9/main")


def _session() -> LoginSession:
    return LoginSession.objects.get(name=accounts.start_session(account_of("ca-phu-cat"), now=NOW).name)


def _token() -> ApiToken:
    return ApiToken.objects.get(name=accounts.create_token(account_of("ca-phu-cat"), now=NOW).name)


def _renamed_notice() -> Notice:
    return replace(notice(), units=(replace(notice().units[0], name_en="Another"), *notice().units[1:]))


CALLS: dict[str, Callable[[], object]] = {
    "add_account": lambda: accounts.add_account("an", "ca-phu-cat", now=NOW),
    "apply_policy": lambda: accounts.apply_policy(_renamed_notice(), now=NOW),
    "change_password": lambda: accounts.change_password(account_of("tinh-doan"), "x", keep_session="", now=NOW),
    "create_token": _token,
    "end_grant": lambda: accounts.end_grant(
        "II.4:chi-cuc-bvmt:de-gi", last_day=date(2026, 1, 1), document="Quyết định", now=NOW
    ),
    "end_session": lambda: accounts.end_session(_session(), reason="logout", actor="", now=NOW),
    "end_token": lambda: accounts.end_token(_token(), actor="", now=NOW),
    "lock_account": lambda: accounts.lock_account(account_of("tinh-doan"), now=NOW),
    "record_failed_login": lambda: accounts.record_failed_login("tinh-doan", locked=False, now=NOW),
    "reset_password": lambda: accounts.reset_password(account_of("tinh-doan"), now=NOW),
    "set_unit_active": lambda: accounts.set_unit_active(account_of("tinh-doan").unit, active=False, now=NOW),
    "start_session": _session,
    "unlock_account": lambda: accounts.unlock_account(account_of("tinh-doan"), now=NOW),
    "add_camera": lambda: cameras.add_camera("de-gi-9", "de-gi", FACTS, key=KEY, now=NOW),
    "apply_sites": lambda: cameras.apply_sites([replace(notice().sites[0], name_en="Another")], now=NOW),
    "switch_camera": lambda: cameras.switch_camera(camera("de-gi-1"), active=False, now=NOW),
    "update_camera": lambda: cameras.update_camera(camera("de-gi-1"), FACTS, key=KEY, now=NOW),
}


def _public() -> set[str]:
    return {
        name for module in (accounts, cameras) for name in module.__all__ if inspect.isfunction(getattr(module, name))
    }


def test_every_action_is_called_here_or_exempt() -> None:
    assert _public() == CALLS.keys() | EXEMPT.keys()


@pytest.mark.usefixtures("port")
@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_action_appends_its_entry(name: str) -> None:
    CALLS[name]()
    actions = set(Entry.objects.values_list("action", flat=True))
    words = {"start_session": "login", "record_failed_login": "login", "end_session": "logout"}
    assert words.get(name, name) in actions
