"""Logins and tokens: good until they end, end with their account and unit."""

from __future__ import annotations

import pytest

from accounts.cast import NOW, account_of
from haidang.accounts import actions
from haidang.accounts.models import ApiToken, LoginSession
from haidang.accounts.queries import credential_of_token, live_credentials, live_session
from haidang.core.tickets import holder_of
from haidang.core.units import WallUs

IDLE_S = 3600
pytestmark = pytest.mark.usefixtures("policy")


def _later(seconds: float) -> WallUs:
    return WallUs(NOW + int(seconds * 1_000_000))


def test_a_session_lives_while_it_is_used_and_ends_when_idle() -> None:
    new = actions.start_session(account_of("ca-phu-cat"), now=NOW)
    session = live_session(new.name, now=_later(IDLE_S - 1), idle_s=IDLE_S)
    assert session is not None
    assert live_session(new.name, now=_later(IDLE_S), idle_s=IDLE_S) is None
    actions.touch_session(session, now=_later(IDLE_S - 1))
    assert live_session(new.name, now=_later(IDLE_S + 10), idle_s=IDLE_S) is not None


def test_a_session_keeps_only_the_hash_of_its_viewer_cookie() -> None:
    new = actions.start_session(account_of("ca-phu-cat"), now=NOW)
    assert LoginSession.objects.get(name=new.name).viewer_sha256 == holder_of(new.viewer)


@pytest.mark.parametrize("how", ["lock", "unit", "reset"])
def test_locking_an_account_its_unit_or_resetting_its_password_ends_its_sessions(how: str) -> None:
    account, other = account_of("ca-phu-cat"), account_of("ca-quy-nhon")
    new, others = actions.start_session(account, now=NOW), actions.start_session(other, now=NOW)
    if how == "lock":
        actions.lock_account(account, now=NOW)
    elif how == "unit":
        actions.set_unit_active(account.unit, active=False, now=NOW)
    else:
        actions.reset_password(account, now=NOW)
    assert set(live_credentials([new.name, others.name], now=NOW, idle_s=IDLE_S)) == {others.name}


def test_a_changed_password_ends_the_other_sessions() -> None:
    account = account_of("ca-phu-cat")
    here, there = actions.start_session(account, now=NOW), actions.start_session(account, now=NOW)
    actions.change_password(account, "Đèn-biển 2026 sáng", keep_session=here.name, now=NOW)
    assert set(live_credentials([here.name, there.name], now=NOW, idle_s=IDLE_S)) == {here.name}


def test_a_token_is_known_by_its_hash_and_ends() -> None:
    account = account_of("ca-phu-cat")
    new = actions.create_token(account, expires_at=_later(60), now=NOW)
    row = ApiToken.objects.get(name=new.name)
    assert new.token not in str(vars(row))
    credential = credential_of_token(new.token, now=NOW)
    assert credential is not None
    assert (credential.account, credential.viewer_sha256, credential.ends_at) == (account, "", _later(60))
    assert credential_of_token(new.token, now=_later(60)) is None
    assert credential_of_token(new.token + "x", now=NOW) is None
    actions.end_token(row, actor="", now=NOW)
    assert credential_of_token(new.token, now=NOW) is None
    assert live_credentials([new.name], now=NOW, idle_s=IDLE_S) == {}


def test_a_session_says_whether_a_second_factor_was_shown_and_a_token_never_does() -> None:
    account = account_of("ca-phu-cat")
    plain = actions.start_session(account, now=NOW)
    shown = actions.start_session(account, now=NOW, second_factor="totp")
    token = actions.create_token(account, now=NOW)
    live = live_credentials([plain.name, shown.name, token.name], now=NOW, idle_s=IDLE_S)
    assert {name: live[name].second_factor for name in live} == {plain.name: False, shown.name: True, token.name: False}


def test_of_many_sessions_in_a_unit_of_single_ones_the_last_stays() -> None:
    account = account_of("ca-phu-cat")
    account.unit.single_session = True
    account.unit.save()
    names = [actions.start_session(account, now=NOW).name for _ in range(3)]
    assert set(live_credentials(names, now=NOW, idle_s=IDLE_S)) == {names[-1]}
    assert LoginSession.objects.get(name=names[0]).end_reason == "elsewhere"
