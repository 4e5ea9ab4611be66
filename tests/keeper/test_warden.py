"""No stream outlives its right."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from accounts.cast import NOW, account_of, camera
from haidang.accounts import actions
from haidang.accounts.models import Account, ApiToken, LoginSession
from haidang.cameras.actions import switch_camera
from haidang.core.errors import CorruptData, Unavailable
from haidang.core.messages import EndReason, OpenStream
from haidang.core.units import WallUs
from haidang.supervisor.keeper_warden import Warden, streams_to_end

IDLE_S = 3600
pytestmark = pytest.mark.usefixtures("port")


@dataclass(slots=True)
class FakeGateway:
    """Runs what it is given, until told to end it."""

    streams: list[OpenStream] = field(default_factory=list)
    ended: dict[str, EndReason] = field(default_factory=dict)
    checked: int = 0
    unreadable: bool = False
    away: bool = False

    def open_streams(self) -> list[OpenStream]:
        if self.away:
            raise Unavailable("couldn't ask the gateway")
        if self.unreadable:
            raise CorruptData("couldn't read the gateway's list of streams")
        return [stream for stream in self.streams if stream.stream_id not in self.ended]

    def end(self, streams: dict[str, EndReason]) -> None:
        self.ended.update(streams)
        self.checked += 1


def _stream(account: Account, session: str, number: int = 1, *, purpose: str = "an-ninh-trat-tu") -> OpenStream:
    return OpenStream(f"stream-{number}", account.username, session, "de-gi", "de-gi-1", "view_live", purpose, NOW)


def _watching(unit: str = "ca-phu-cat") -> tuple[Account, str, FakeGateway]:
    account = account_of(unit)
    session = actions.start_session(account, now=NOW).name
    return account, session, FakeGateway([_stream(account, session)])


def test_a_stream_with_its_right_runs_on() -> None:
    _, _, gateway = _watching()
    assert Warden(gateway, IDLE_S).run_once(NOW) == 0
    assert gateway.ended == {}


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("logout", "session_ended"),
        ("idle", "session_ended"),
        ("lock", "account_ended"),
        ("unit", "account_ended"),
        ("reset", "account_ended"),
        ("grant", "grant_ended"),
        ("camera", "grant_ended"),
    ],
)
def test_a_stream_whose_right_is_gone_is_ended(what: str, reason: EndReason) -> None:
    account, session, gateway = _watching()
    now = NOW
    if what == "logout":
        actions.end_session(LoginSession.objects.get(name=session), reason="logout", actor="", now=NOW)
    elif what == "idle":
        now = WallUs(NOW + IDLE_S * 1_000_000)
    elif what == "lock":
        actions.lock_account(account, now=NOW)
    elif what == "unit":
        actions.set_unit_active(account.unit, active=False, now=NOW)
    elif what == "reset":
        actions.reset_password(account, now=NOW)
    elif what == "grant":
        actions.end_grant("II.7.b:ca-phu-cat:de-gi", last_day=date(2026, 1, 1), document="Quyết định", now=NOW)
    else:
        switch_camera(camera("de-gi-1"), active=False, now=NOW)
    Warden(gateway, IDLE_S).run_once(now)
    assert gateway.ended == {"stream-1": reason}


def test_a_token_that_ended_ends_its_stream_and_no_other() -> None:
    account, session, _ = _watching()
    new = actions.create_token(account, now=NOW)
    gateway = FakeGateway([_stream(account, session, 1), _stream(account, new.name, 2)])
    actions.end_token(ApiToken.objects.get(name=new.name), actor="", now=NOW)
    Warden(gateway, IDLE_S).run_once(NOW)
    assert gateway.ended == {"stream-2": "session_ended"}


@pytest.mark.parametrize("purpose", ["", "ve-sinh-moi-truong", "unheard-of"])
def test_a_stream_for_a_purpose_that_is_not_granted_is_ended(purpose: str) -> None:
    account, session, _ = _watching()
    ending = streams_to_end([_stream(account, session, purpose=purpose)], now=NOW, idle_s=IDLE_S)
    assert ending == {"stream-1": "grant_ended"}


def test_a_stream_of_a_session_that_is_another_accounts_is_ended() -> None:
    account, _, _ = _watching()
    _, others, _ = _watching("ca-quy-nhon")
    assert streams_to_end([_stream(account, others)], now=NOW, idle_s=IDLE_S) == {"stream-1": "session_ended"}


def test_a_gateway_that_is_away_is_no_failure() -> None:
    _, _, gateway = _watching()
    gateway.away = True
    assert Warden(gateway, IDLE_S).run_once(NOW) == 0


def test_every_round_tells_the_gateway_that_rights_were_checked() -> None:
    _, _, gateway = _watching()
    Warden(gateway, IDLE_S).run_once(NOW)
    assert (gateway.checked, gateway.ended) == (1, {})


def test_while_nobody_can_decide_nothing_counts_as_checked(port: Path) -> None:
    _, _, gateway = _watching()
    warden = Warden(gateway, IDLE_S)
    for broken in (_broken, _broken_after_policy):
        with pytest.raises(DatabaseError), connection.execute_wrapper(broken):
            warden.run_once(NOW)
    assert gateway.checked == 0
    assert warden.run_once(NOW) == 0
    assert gateway.checked == 1


def test_a_list_that_cannot_be_read_does_not_count_as_checked() -> None:
    _, _, gateway = _watching()
    gateway.unreadable = True
    with pytest.raises(CorruptData):
        Warden(gateway, IDLE_S).run_once(NOW)
    assert gateway.checked == 0


def test_where_there_are_no_streams_a_database_that_is_down_is_no_check_either() -> None:
    gateway = FakeGateway()
    with pytest.raises(DatabaseError), connection.execute_wrapper(_broken):
        Warden(gateway, IDLE_S).run_once(NOW)
    assert gateway.checked == 0


def _broken(*_query: object) -> object:
    raise DatabaseError("down")


def _broken_after_policy(execute: object, sql: str, *rest: object) -> object:
    if "policyrevision" in sql:
        assert callable(execute)
        return execute(sql, *rest)
    raise DatabaseError("down")
