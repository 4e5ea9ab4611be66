"""Duty screens: a code works once and for ten minutes, a copied key revokes the screen, a revoked one gets nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from accounts.cast import NOW, account_of
from haidang.accounts.actions import start_session
from haidang.accounts.actions.terminal import (
    NewCode,
    end_terminal_sessions,
    enrol_terminal,
    new_terminal_code,
    record_failed_enrolment,
    record_terminal_health,
    register_terminal,
    renew_terminal_key,
    revoke_terminal,
    show_terminal_key,
)
from haidang.accounts.entities import is_able
from haidang.accounts.models import Account, AccountState, Alert, LoginSession, Terminal, TerminalHealth, Unit
from haidang.accounts.terminals import (
    CODE_ALPHABET,
    HealthReport,
    code_sha256,
    draw_code,
    normal_code,
    terminal_of,
    terminals_of,
)
from haidang.audit.models import Entry
from haidang.core.errors import Conflict
from haidang.core.units import VIETNAM, WallUs, to_datetime

pytestmark = pytest.mark.usefixtures("policy")
DAY = to_datetime(NOW).astimezone(VIETNAM).date()


def later(seconds: float) -> WallUs:
    return WallUs(NOW + int(seconds * 1_000_000))


def registered(unit: str = "ca-phu-cat", name: str = "Phòng trực") -> NewCode:
    manager = Account.objects.filter(username=unit).first() or account_of(unit)
    return register_terminal(Unit.objects.get(slug=unit), name, place="Tầng 1", by=manager, now=NOW)


def enrolled(unit: str = "ca-phu-cat", name: str = "Phòng trực") -> tuple[Terminal, str]:
    done = enrol_terminal(registered(unit, name).code, now=NOW)
    assert done is not None
    return done.terminal, done.key


def test_a_registered_screen_is_an_able_account_that_no_password_opens() -> None:
    account = registered().terminal.account
    assert (account.kind, account.unit.slug, account.display_name) == ("terminal", "ca-phu-cat", "Phòng trực")
    assert account.username.startswith("man-hinh-")
    assert is_able(account, DAY)
    assert not account.has_usable_password()
    assert [(state.reason, state.is_active) for state in AccountState.objects.filter(account=account)] == [
        ("issue", True)
    ]


def test_two_screens_of_a_unit_have_two_names() -> None:
    registered()
    with pytest.raises(Conflict):
        registered()
    assert registered("ca-quy-nhon").terminal.name == "Phòng trực"


def test_a_code_is_kept_as_a_keyed_hash_alone() -> None:
    new = registered()
    row = Terminal.objects.get()
    letters = normal_code(new.code)
    assert letters not in str(vars(row))
    assert new.code not in str(vars(row))
    assert row.code_sha256 not in {hashlib.sha256(text.encode()).hexdigest() for text in (new.code, letters)}


def test_a_code_is_read_however_it_is_typed() -> None:
    code = registered().code
    assert normal_code(f"  {code.lower().replace('-', ' ')} ") == code.replace("-", "")
    for junk in ("", "BCDF", "BCDF-234A", "BCDF-23455", "' OR 1=1", "０１２３４５６７"):
        assert normal_code(junk) == ""


def test_bytes_that_would_favour_some_letters_are_thrown_away() -> None:
    drawn = iter([bytes(range(232, 248)), bytes(range(248, 256)) + bytes(8), b""])
    assert draw_code(lambda _n: next(drawn)) == "BBBB-BBBB"
    assert 256 - 256 % len(CODE_ALPHABET) == 232


def test_a_code_works_once() -> None:
    code = registered().code
    assert enrol_terminal(code, now=NOW) is not None
    assert enrol_terminal(code, now=NOW) is None


def test_a_code_lives_ten_minutes() -> None:
    code = registered().code
    assert enrol_terminal(code, now=later(600)) is None
    assert enrol_terminal(code, now=later(599)) is not None


def test_a_new_code_withdraws_the_one_before_and_its_browser_takes_the_place_of_the_old() -> None:
    terminal, key = enrolled()
    first = new_terminal_code(terminal, actor="", now=NOW)
    second = new_terminal_code(terminal, actor="", now=NOW)
    assert enrol_terminal(first.code, now=NOW) is None
    assert show_terminal_key(key, now=NOW) == terminal, "until the new browser is there"
    session = start_session(terminal.account, now=NOW)
    done = enrol_terminal(second.code, now=NOW)
    assert done is not None
    assert show_terminal_key(key, now=later(3600)) is None
    assert Terminal.objects.get().revoked_at is None, "the old browser is no thief"
    assert LoginSession.objects.get(name=session.name).end_reason == "terminal_enrolled"
    assert show_terminal_key(done.key, now=NOW) == terminal


def test_a_guessed_code_opens_nothing() -> None:
    registered()
    for guess in ("BBBB-BBBB", "2222-2222", "", code_sha256("BBBB-BBBB")):
        assert enrol_terminal(guess, now=NOW) is None


@pytest.mark.parametrize("how", ["account", "unit"])
def test_a_locked_screen_or_unit_can_be_neither_enrolled_nor_known(how: str) -> None:
    new, (terminal, key) = registered(name="Thứ hai"), enrolled()
    if how == "account":
        Account.objects.filter(kind="terminal").update(is_active=False)
    else:
        Unit.objects.filter(slug="ca-phu-cat").update(is_active=False)
    assert enrol_terminal(new.code, now=NOW) is None
    assert show_terminal_key(key, now=NOW) is None
    assert terminal.revoked_at is None


def test_the_old_key_holds_until_the_new_one_is_shown_once() -> None:
    terminal, old = enrolled()
    new = renew_terminal_key(terminal, old, now=later(3600))
    assert new is not None
    assert show_terminal_key(old, now=later(3700)) == terminal, "the answer may have been lost"
    assert show_terminal_key(new, now=later(3800)) == terminal
    assert show_terminal_key(old, now=later(3801)) is None


def test_two_pages_of_one_browser_do_not_take_the_key_from_one_another() -> None:
    terminal, old = enrolled()
    new = renew_terminal_key(terminal, old, now=later(3600))
    assert renew_terminal_key(terminal, old, now=later(3601)) is None
    assert new is not None
    assert show_terminal_key(new, now=later(3602)) == terminal


def test_a_lost_answer_is_made_good_by_the_next_renewal() -> None:
    terminal, old = enrolled()
    lost = renew_terminal_key(terminal, old, now=later(3600))
    new = renew_terminal_key(terminal, old, now=later(7200))
    assert lost is not None
    assert new is not None
    assert show_terminal_key(lost, now=later(7201)) is None
    assert show_terminal_key(new, now=later(7202)) == terminal
    assert Terminal.objects.get().revoked_at is None


def test_a_request_that_was_on_its_way_is_refused_without_an_alarm() -> None:
    terminal, old = enrolled()
    new = renew_terminal_key(terminal, old, now=later(3600))
    assert new is not None
    show_terminal_key(new, now=later(3601))
    assert show_terminal_key(old, now=later(3610)) is None
    assert show_terminal_key(new, now=later(3611)) == terminal


@pytest.mark.parametrize("thief_first", [True, False])
def test_a_copied_key_used_by_both_revokes_the_screen_and_tells_the_managers(thief_first: bool) -> None:  # noqa: FBT001
    terminal, key = enrolled()
    session = start_session(terminal.account, now=NOW)
    # Whoever of the two renews first: the other then shows the key before.
    taken = renew_terminal_key(terminal, key, now=later(3600 if thief_first else 3500))
    assert taken is not None
    assert show_terminal_key(taken, now=later(3700)) == terminal
    assert show_terminal_key(key, now=later(3900)) is None
    row = Terminal.objects.select_related("account").get()
    assert (row.revoke_reason, row.account.is_active) == ("copied", False)
    assert LoginSession.objects.get(name=session.name).end_reason == "terminal_revoked"
    assert show_terminal_key(taken, now=later(3901)) is None, "neither is believed any more"
    alert = Alert.objects.get()
    assert (alert.account, alert.kind, alert.audience) == (row.account, "terminal_copied", "managers")


def test_a_revoked_screen_s_code_key_and_sessions_are_worth_nothing() -> None:
    terminal, key = enrolled()
    code = new_terminal_code(terminal, actor="", now=NOW).code
    session = start_session(terminal.account, now=NOW)
    revoke_terminal(terminal, reason="Thay màn hình", actor='Account::"ca-phu-cat"', now=NOW)
    assert show_terminal_key(key, now=NOW) is None
    assert enrol_terminal(code, now=NOW) is None
    assert renew_terminal_key(terminal, key, now=NOW) is None
    assert LoginSession.objects.get(name=session.name).end_reason == "terminal_revoked"
    with pytest.raises(Conflict):
        new_terminal_code(terminal, actor="", now=NOW)
    states = AccountState.objects.filter(account=terminal.account)
    assert [(state.reason, state.is_active) for state in states] == [("issue", True), ("end", False)]


def test_a_unit_knows_its_own_screens_alone() -> None:
    mine, _key = enrolled()
    theirs, _key = enrolled("ca-quy-nhon")
    unit = Unit.objects.get(slug="ca-phu-cat")
    assert terminal_of(unit, mine.account.username) == mine
    assert terminal_of(unit, theirs.account.username) is None
    assert [each.terminal for each in terminals_of(unit, now=NOW)] == [mine]
    assert {each.terminal for each in terminals_of(None, now=NOW)} == {mine, theirs}


def test_a_day_of_health_is_kept_and_no_more() -> None:
    terminal, _key = enrolled()
    report = HealthReport(bandwidth_kbps=800, tiles=4, tiles_playing=3)
    assert record_terminal_health(terminal, report, now=NOW)
    assert not record_terminal_health(terminal, report, now=later(5)), "a flood is no health"
    assert record_terminal_health(terminal, report, now=later(60))
    assert record_terminal_health(terminal, replace(report, tiles_playing=4), now=later(86_430))
    assert [row.at for row in TerminalHealth.objects.all()] == [later(86_430), later(60)]
    standing = terminals_of(None, now=later(86_431))[0]
    assert standing.latest is not None
    assert (standing.latest.tiles_playing, standing.silent) == (4, False)
    assert terminals_of(None, now=later(86_800))[0].silent


def _back_again() -> None:
    terminal, _key = enrolled()
    start_session(terminal.account, now=NOW)
    end_terminal_sessions(terminal, now=NOW)


CALLS: dict[str, Callable[[], object]] = {
    "register_terminal": registered,
    "new_terminal_code": lambda: new_terminal_code(registered().terminal, actor="", now=NOW),
    "enrol_terminal": enrolled,
    "record_failed_enrolment": lambda: record_failed_enrolment(limited=False, now=NOW),
    "revoke_terminal": lambda: revoke_terminal(registered().terminal, actor="", now=NOW),
    "end_terminal_sessions": _back_again,
}


@pytest.mark.parametrize("name", CALLS)
def test_every_action_leaves_an_entry_without_names_of_places(name: str) -> None:
    CALLS[name]()
    entries = list(Entry.objects.all())
    assert {"record_failed_enrolment": "enrol_terminal"}.get(name, name) in {entry.action for entry in entries}
    assert not any("Phòng trực" in str(vars(entry)) or "Tầng 1" in str(vars(entry)) for entry in entries)
