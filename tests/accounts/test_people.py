"""Accounts in time: states of past days, last use, days of expiry, focal persons."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.cast import NOW, PASSWORD, account_of, enrolled
from haidang.accounts import actions
from haidang.accounts.authority import vietnam_day
from haidang.accounts.entities import may_sign_in
from haidang.accounts.models import (
    Account,
    AccountRequest,
    Alert,
    ApiToken,
    ExternalIdentity,
    FocalPerson,
    LoginSession,
    Unit,
)
from haidang.accounts.people import people, person_named, standing_of, states_of, unit_named, unused
from haidang.accounts.states import account_on
from haidang.audit.models import Entry
from haidang.core.errors import Conflict, InvalidInput, NotFound
from haidang.core.units import WallUs

pytestmark = pytest.mark.usefixtures("policy")

DAY_US = 86_400_000_000
TODAY = vietnam_day(NOW)
PAPER = "Công văn 7-CV/TĐTN"


def _later(days: int) -> WallUs:
    return WallUs(NOW + days * DAY_US)


def _again(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def test_an_account_made_by_the_host_is_active_at_once_and_the_managers_are_told() -> None:
    account, password = actions.add_account("an", "ca-phu-cat", display_name="An", manager=True, now=NOW)
    assert account.check_password(password)
    assert (standing_of(account, TODAY), account.confirmed_at, account.is_manager) == ("active", NOW, True)
    assert [(alert.kind, alert.facts) for alert in Alert.objects.filter(audience="managers")] == [
        ("host_account", {"act": "add_account"})
    ]
    actions.reset_password(account, now=NOW)
    actions.set_expiry(account, None, now=NOW)  # has none: nothing done, nothing told
    told = Alert.objects.filter(kind="host_account").order_by("pk")
    assert [alert.facts["act"] for alert in told] == ["add_account", "reset_password"], "each act, not one a day"


def test_no_account_takes_the_address_of_a_page() -> None:
    with pytest.raises(Conflict):
        actions.add_account("moi", "ca-phu-cat", now=NOW)


def test_past_days_are_answered_from_states_that_every_change_leaves() -> None:
    account = account_of("ca-phu-cat")
    actions.lock_account(account, reason="Nghỉ thai sản", now=_later(2))
    actions.lock_account(account, now=_later(2))
    actions.unlock_account(_again(account), now=_later(5))
    actions.set_expiry(_again(account), TODAY + timedelta(days=9), now=_later(6))
    assert [state.reason for state in states_of(account)] == ["expire", "unlock", "lock", "issue"]
    able = [account_on(_again(account), TODAY + timedelta(days=n)).able for n in range(12)]
    assert able == [True, True, True, False, False, True, True, True, True, True, False, False]
    assert "thai sản" not in str(list(Entry.objects.values())), "reasons name people: not in the audit trail"


def test_a_day_of_expiry_comes_nearer_by_one_person_and_no_farther() -> None:
    account = account_of("ca-phu-cat")
    session = actions.start_session(account, now=NOW)
    actions.set_expiry(account, TODAY + timedelta(days=30), now=NOW, actor="x")
    actions.set_expiry(account, TODAY, now=NOW, actor="x")
    assert may_sign_in(_again(account), TODAY)
    assert not may_sign_in(_again(account), TODAY + timedelta(days=1))
    for day in (TODAY + timedelta(days=1), None):
        with pytest.raises(InvalidInput) as refused:
            actions.set_expiry(_again(account), day, now=NOW, actor="x")
        assert refused.value.code == "expiry_widens"
    assert LoginSession.objects.get(name=session.name).ended_at is None
    actions.set_expiry(_again(account), TODAY - timedelta(days=1), now=NOW, actor="x")
    assert LoginSession.objects.get(name=session.name).end_reason == "account_over"
    assert standing_of(_again(account), TODAY) == "expired"
    actions.unlock_account(_again(account), now=NOW)
    assert _again(account).expires_on is None


def test_an_account_that_nobody_has_confirmed_cannot_be_unlocked() -> None:
    request = actions.ask_account(
        "an", unit_named("ca-phu-cat"), by=account_of("vien-thong-binh-dinh"), document=PAPER, display_name="An",
        now=NOW,
    )  # fmt: skip
    with pytest.raises(Conflict) as refused:
        actions.unlock_account(request.account, now=NOW)
    assert refused.value.code == "account_unconfirmed"


def test_signing_out_everywhere_ends_every_session_and_leaves_the_account() -> None:
    account = account_of("ca-phu-cat")
    for _ in range(2):
        actions.start_session(account, now=NOW)
    assert actions.end_account_sessions(account, now=NOW) == 2
    assert set(LoginSession.objects.values_list("end_reason", flat=True)) == {"signed_out"}
    assert may_sign_in(_again(account), TODAY)


def test_unused_counts_from_the_last_use_or_the_issue_and_only_who_could_have_come() -> None:
    fresh, idle, never, locked = (
        account_of("ca-phu-cat", username=name) for name in ("moi-dung", "lau", "khong", "khoa")
    )
    for account, at in ((fresh, _later(50)), (idle, _later(5))):
        actions.start_session(account, now=at)
    actions.lock_account(locked, now=NOW)
    for days, now, found_unused in (
        (90, _later(90), []),
        (90, _later(96), ["khong", "lau"]),
        (30, _later(81), ["khong", "lau", "moi-dung"]),
    ):
        assert [line.account.username for line in unused(days, now=now)] == found_unused
    lines = {line.account.username: line.used_at for line in people(now=_later(96))}
    assert lines == {"moi-dung": _later(50), "lau": _later(5), "khong": None, "khoa": None}
    assert never.username == "khong"


def test_managers_are_told_once_of_an_account_that_nobody_uses() -> None:
    account_of("ca-phu-cat", username="khong")
    assert actions.report_unused(now=_later(90)) == 0
    assert [actions.report_unused(now=_later(day)) for day in (91, 92, 180)] == [1, 0, 0]
    alert = Alert.objects.get()
    assert (alert.account.username, alert.kind, alert.audience, alert.facts) == (
        "khong", "unused", "managers", {"days": "90"},
    )  # fmt: skip
    assert actions.report_unused(now=_later(182)) == 1, "and again while nobody locks it"
    actions.start_session(person_named("khong"), now=_later(183))
    assert actions.report_unused(now=_later(183 + 91)) == 1
    assert actions.report_unused(now=_later(184)) == 0


def test_a_terminal_is_no_person() -> None:
    screen = account_of("ca-phu-cat", username="man-hinh-1")
    Account.objects.filter(pk=screen.pk).update(kind="terminal")
    assert people(now=NOW) == []
    with pytest.raises(NotFound):
        person_named("man-hinh-1")


# -- II.5: focal persons


@pytest.fixture
def youth(policy: None) -> Unit:
    Unit.objects.filter(slug="tinh-doan").update(focal_required=True)
    return unit_named("tinh-doan")


def _named(unit: Unit, name: str = "Võ Thị Sáu", by: Account | None = None) -> FocalPerson:
    return actions.name_focal_person(unit, name=name, position="Phó Ban", document=PAPER, by=by, now=NOW)


def test_an_account_is_confirmed_only_for_the_person_whom_the_unit_has_named(youth: Unit) -> None:
    request = actions.ask_account(
        "doan-1", youth, by=account_of("vien-thong-binh-dinh"), document=PAPER, display_name="Ai đó", now=NOW
    )
    supervisor = account_of("so-tttt")
    with pytest.raises(Conflict) as refused:
        actions.confirm_request(request, by=supervisor, now=NOW)
    assert (refused.value.code, refused.value.clause) == ("focal_person_needed", "II.5")
    assert not _again(request.account).is_active
    _named(youth)
    actions.confirm_request(request, by=supervisor, now=NOW)
    assert (_again(request.account).display_name, _again(request.account).position) == ("Võ Thị Sáu", "Phó Ban")


@pytest.mark.usefixtures("home")
def test_a_new_focal_person_takes_everything_from_the_one_before_and_gets_a_password_by_two_people(youth: Unit) -> None:
    account, operator, supervisor = account_of("tinh-doan"), account_of("vien-thong-binh-dinh"), account_of("so-tttt")
    first = _named(youth, "Người Trước")
    Account.objects.filter(pk=account.pk).update(password=account.password, pledged_at=NOW, must_change_password=False)
    AccountRequest.objects.update(state="withdrawn")
    factor, session = enrolled(account), actions.start_session(_again(account), now=NOW, second_factor="totp")
    token = actions.create_token(_again(account), now=NOW)
    ExternalIdentity.objects.create(account=account, provider="so", subject="1", linked_at=NOW)

    _named(youth, by=operator)
    account = _again(account)
    assert not account.check_password(PASSWORD)
    assert (account.has_usable_password(), account.pledged_at, account.display_name) == (False, None, "Võ Thị Sáu")
    factor.refresh_from_db()
    assert factor.ended_at is not None
    assert LoginSession.objects.get(name=session.name).end_reason == "person_changed"
    assert ApiToken.objects.get(name=token.name).ended_at == NOW
    assert ExternalIdentity.objects.get().ended_at == NOW
    first.refresh_from_db()
    assert first.valid_to == TODAY
    request = AccountRequest.objects.get(state="waiting")
    assert (request.kind, request.document) == ("reset", PAPER)
    password = actions.confirm_request(request, by=supervisor, now=NOW)
    assert _again(account).check_password(password)


def test_a_manager_who_names_the_next_person_cannot_keep_the_own_account(youth: Unit) -> None:
    manager, supervisor = account_of("tinh-doan"), account_of("so-tttt")
    Account.objects.filter(pk=manager.pk).update(is_manager=True)
    _named(youth, by=_again(manager))
    request = AccountRequest.objects.get(state="waiting")
    assert not _again(manager).has_usable_password()
    assert actions.confirm_request(request, by=supervisor, now=NOW)


def test_a_host_that_resets_the_password_has_overtaken_the_request(youth: Unit) -> None:
    account = account_of("tinh-doan")
    _named(youth)
    actions.reset_password(_again(account), now=NOW)
    assert AccountRequest.objects.get().state == "withdrawn"


def test_a_unit_that_needs_no_focal_person_names_none() -> None:
    with pytest.raises(InvalidInput) as refused:
        _named(unit_named("ca-phu-cat"))
    assert refused.value.code == "focal_needless"


def test_switching_a_unit_off_keeps_since_when() -> None:
    unit = account_of("ca-phu-cat").unit
    actions.set_unit_active(unit, active=False, now=NOW)
    assert unit_named("ca-phu-cat").deactivated_at == NOW
    assert standing_of(_again(Account.objects.get()), TODAY) == "unit_over"
    actions.set_unit_active(unit, active=True, now=NOW)
    assert unit_named("ca-phu-cat").deactivated_at is None
