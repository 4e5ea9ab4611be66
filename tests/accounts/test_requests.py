"""Requests about accounts: two people, of different units, once; and the ways around that are none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from accounts.cast import NOW, PASSWORD, account_of, enrolled
from haidang.accounts import actions
from haidang.accounts.confirming import Asked, Person, who_may_confirm, why_not_confirm
from haidang.accounts.models import Account, AccountRequest, AccountState, Alert, ApiToken, LoginSession, Unit
from haidang.accounts.people import confirmers, unit_named
from haidang.audit.models import Entry
from haidang.core.errors import Conflict, Denied, HaidangError, InvalidInput
from haidang.core.units import WallUs

pytestmark = pytest.mark.usefixtures("policy")

PAPER = "Quyết định 12/QĐ-CAH"
OPERATOR, POLICE, OTHER, SUPERVISOR = "vien-thong-binh-dinh", "ca-phu-cat", "ca-quy-nhon", "so-tttt"
#: One person a kind, as values.
PEOPLE = (
    Person("van-hanh", "op"),
    Person("truong-van-hanh", "op", manager=True),
    Person("truong-ca", "ca", manager=True),
    Person("pho-ca", "ca", manager=True),
    Person("can-bo-ca", "ca"),
    Person("bi-khoa", "bp", manager=True, able=False),
    Person("truong-bp-2", "bp2", manager=True),
    Person("so-1", "so", supervisor=True),
    Person("so-2", "so", supervisor=True, manager=True),
)


@pytest.mark.parametrize(
    ("account", "unit", "asker", "asker_units", "confirm"),
    [
        ("moi", "ca", "van-hanh", {"op"}, ["truong-ca", "pho-ca"]),  # the managers of the unit concerned
        ("truong-ca", "ca", "van-hanh", {"op"}, ["pho-ca"]),  # not for the own account
        ("moi", "bp", "van-hanh", {"op"}, ["so-1", "so-2"]),  # its only manager is locked
        ("moi", "khong-ai", "van-hanh", {"op"}, ["so-1", "so-2"]),  # no manager at all
        ("moi", "op", "van-hanh", {"op"}, ["so-1", "so-2"]),  # the asker's own unit
        ("moi", "ca", "truong-ca", {"ca"}, ["so-1", "so-2"]),  # so it is for a manager who asks
        ("moi", "ca", "so-1", {"so"}, ["truong-ca", "pho-ca"]),
        ("moi", "bp", "so-1", {"so"}, []),  # a supervisor who asks finds no second one
        ("moi", "so", "so-1", {"so"}, []),
        ("moi", "so", "van-hanh", {"op"}, ["so-2"]),  # its manager, as in every unit
        ("so-2", "so", "van-hanh", {"op"}, ["so-1"]),
        ("moi", "ca", "", set(), ["truong-ca", "pho-ca"]),  # the host asked
        ("moi", "bp2", "van-hanh", {"op", "bp2"}, ["so-1", "so-2"]),  # who asked was of the unit, or went there
    ],
)
def test_who_may_confirm(account: str, unit: str, asker: str, asker_units: set[str], confirm: list[str]) -> None:
    asked = Asked(account, unit, asker, frozenset(asker_units))
    assert [each.username for each in who_may_confirm(asked, PEOPLE)] == confirm
    for person in PEOPLE:
        assert (why_not_confirm(asked, person, PEOPLE) == "") == (person.username in confirm)


def manager_of(unit: str, *, username: str = "") -> Account:
    account = account_of(unit, username=username or f"truong-{unit}")
    Account.objects.filter(pk=account.pk).update(is_manager=True)
    return Account.objects.get(pk=account.pk)


def asked(unit: str = POLICE, *, by: Account | None = None, username: str = "nguyen-an") -> AccountRequest:
    return actions.ask_account(
        username, unit_named(unit), by=by or account_of(OPERATOR), document=PAPER, display_name="Nguyễn Văn An", now=NOW
    )


def again(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


@contextmanager
def refused(code: str, kind: type[HaidangError] = Denied) -> Iterator[None]:
    """It is refused with this code, and the attempt writes nothing."""
    states, entries = AccountState.objects.count(), Entry.objects.count()
    with pytest.raises(kind) as error:
        yield
    assert error.value.code == code
    assert (AccountState.objects.count(), Entry.objects.count()) == (states, entries)


def test_an_account_waits_for_the_units_manager_who_alone_learns_its_password() -> None:
    request, manager = asked(), manager_of(POLICE)
    account = request.account
    assert (account.is_active, account.has_usable_password(), account.states.count()) == (False, False, 0)
    password = actions.confirm_request(request, by=manager, now=NOW)
    account = again(account)
    assert account.check_password(password)
    assert (account.is_active, account.must_change_password, account.confirmed_by) == (True, True, manager.username)
    state = account.states.get()
    assert (state.reason, state.unit.slug, state.document) == ("issue", POLICE, PAPER)
    assert state.by == f'Account::"{manager.username}"'
    kept = str(list(Entry.objects.values())) + str(list(AccountRequest.objects.values()))
    assert password not in kept
    assert "Nguyễn" not in str(list(Entry.objects.values())), "no name of a person in the audit trail"


def test_the_operator_cannot_confirm_the_own_request() -> None:
    operator = account_of(OPERATOR)
    request = asked(by=operator)
    with refused("own_request"):
        actions.confirm_request(request, by=operator, now=NOW)
    with refused("own_request"):
        actions.refuse_request(request, by=operator, reason="x", now=NOW)
    assert not again(request.account).has_usable_password()


@pytest.mark.parametrize("unit", [POLICE, OPERATOR])
def test_two_people_of_the_operator_are_one(unit: str) -> None:
    request, colleague = asked(unit), manager_of(OPERATOR)
    with refused("same_unit"):
        actions.confirm_request(request, by=colleague, now=NOW)


def test_an_account_of_the_operator_itself_is_confirmed_by_the_supervisor() -> None:
    request, supervisor = asked(OPERATOR), account_of(SUPERVISOR)
    manager_of(OPERATOR)
    assert confirmers(request, now=NOW) == [supervisor]
    assert actions.confirm_request(request, by=supervisor, now=NOW)


def test_a_manager_of_another_unit_and_a_member_without_that_office_confirm_nothing() -> None:
    request = asked()
    for stranger in (manager_of(OTHER), account_of(POLICE)):
        with refused("not_confirmer"):
            actions.confirm_request(request, by=stranger, now=NOW)


def test_the_supervisor_confirms_only_where_the_unit_has_no_able_manager() -> None:
    request, manager, supervisor = asked(), manager_of(POLICE), account_of(SUPERVISOR)
    with refused("not_confirmer"):
        actions.confirm_request(request, by=supervisor, now=NOW)
    Account.objects.filter(pk=manager.pk).update(must_change_password=True)  # has never signed in
    assert actions.confirm_request(request, by=supervisor, now=NOW)


def test_a_supervisor_who_asks_finds_no_second_person_in_the_own_department() -> None:
    supervisor, colleague = account_of(SUPERVISOR), account_of(SUPERVISOR, username="so-2")
    request = asked(by=supervisor)
    with refused("own_request"):
        actions.confirm_request(request, by=supervisor, now=NOW)
    with refused("same_unit"):
        actions.confirm_request(request, by=colleague, now=NOW)


def test_who_moved_to_the_unit_after_asking_is_still_of_the_unit_that_asked() -> None:
    operator, colleague = account_of(OPERATOR), account_of(OPERATOR, username="van-hanh-2")
    request = asked(by=operator)
    later = WallUs(NOW + 60_000_000)
    move = actions.ask_request(
        operator, "transfer", by=colleague, document=PAPER, to_unit=unit_named(POLICE), now=later
    )
    actions.confirm_request(move, by=account_of(SUPERVISOR), now=later)
    assert again(operator).unit.slug == POLICE
    for second in (manager_of(OPERATOR), manager_of(POLICE)):
        with refused("same_unit"):
            actions.confirm_request(request, by=second, now=later)
    assert actions.confirm_request(request, by=Account.objects.get(username=SUPERVISOR), now=later)


def test_a_request_is_decided_once() -> None:
    request, manager = asked(), manager_of(POLICE)
    password = actions.confirm_request(request, by=manager, now=NOW)
    for act in (
        lambda: actions.confirm_request(request, by=manager, now=NOW),
        lambda: actions.refuse_request(request, by=manager, reason="muộn", now=NOW),
        lambda: actions.withdraw_request(request, by=request.asked_by or manager, now=NOW),
    ):
        with refused("request_decided", Conflict):
            act()
    assert again(request.account).check_password(password)


def test_a_request_for_a_unit_that_has_ended_is_neither_asked_nor_confirmed() -> None:
    request, supervisor = asked(), account_of(SUPERVISOR)
    Unit.objects.filter(slug=POLICE).update(valid_to=date(2026, 11, 24))
    with refused("unit_over", Conflict):
        actions.confirm_request(request, by=supervisor, now=NOW)
    assert AccountRequest.objects.get().state == "waiting", "the failed confirmation decided nothing"
    with refused("unit_over", Conflict):
        asked(by=again(request.asked_by), username="le-b")  # type: ignore[arg-type]


def test_a_locked_manager_confirms_nothing() -> None:
    request, manager = asked(), manager_of(POLICE)
    actions.lock_account(manager, now=NOW)
    with refused("not_confirmer"):
        actions.confirm_request(request, by=again(manager), now=NOW)


def test_a_refused_or_withdrawn_account_stays_closed_and_its_name_may_be_asked_again() -> None:
    operator, manager = account_of(OPERATOR), manager_of(POLICE)
    first = asked(by=operator)
    with refused("reason_needed", InvalidInput):
        actions.refuse_request(first, by=manager, reason=" ", now=NOW)
    actions.refuse_request(first, by=manager, reason="Chưa có quyết định", now=NOW)
    second = asked(by=operator)
    with refused("account_exists", Conflict):
        asked(by=operator)  # one waits
    with refused("not_asker"):
        actions.withdraw_request(second, by=manager, now=NOW)
    actions.withdraw_request(second, by=account_of(OPERATOR, username="van-hanh-2"), now=NOW)
    assert [row.state for row in AccountRequest.objects.order_by("pk")] == ["refused", "withdrawn"]
    assert not again(first.account).is_active


def test_without_a_document_nothing_is_asked() -> None:
    account, operator = account_of(POLICE), account_of(OPERATOR)
    with refused("document_needed", InvalidInput):
        actions.ask_request(account, "reset", by=operator, document="  ", now=NOW)


@pytest.mark.parametrize("kind", ["reset", "transfer", "make_manager", "factors", "unlock"])
def test_nobody_asks_for_the_own_account(kind: str) -> None:
    operator = account_of(OPERATOR)
    with refused("own_account"):
        actions.ask_request(operator, kind, by=operator, document=PAPER, to_unit=None, now=NOW)


def test_a_transfer_is_confirmed_by_the_receiving_unit_and_leaves_office_sessions_and_tokens_behind() -> None:
    account, operator, deputy = manager_of(POLICE), account_of(OPERATOR), manager_of(POLICE, username="pho-ca")
    session, token = actions.start_session(account, now=NOW), actions.create_token(account, now=NOW)
    request = actions.ask_request(account, "transfer", by=operator, document=PAPER, to_unit=unit_named(OTHER), now=NOW)
    waiting = actions.ask_request(account, "reset", by=operator, document=PAPER, now=NOW)
    with refused("own_account"):
        actions.confirm_request(request, by=account, now=NOW)
    with refused("not_confirmer"):
        actions.confirm_request(request, by=deputy, now=NOW)
    assert actions.confirm_request(request, by=manager_of(OTHER), now=NOW) == ""
    account = again(account)
    assert (account.unit.slug, account.is_manager) == (OTHER, False)
    assert LoginSession.objects.get(name=session.name).end_reason == "transferred"
    assert ApiToken.objects.get(name=token.name).ended_at == NOW
    assert AccountRequest.objects.get(pk=waiting.pk).state == "withdrawn"
    newest = account.states.last()
    assert newest is not None
    assert (newest.reason, newest.unit.slug, newest.is_manager) == ("transfer", OTHER, False)


def test_a_new_password_asked_by_the_operator_goes_to_the_units_manager_and_leaves_second_factors() -> None:
    account, operator, manager = account_of(POLICE), account_of(OPERATOR), manager_of(POLICE)
    request = actions.ask_request(account, "reset", by=operator, document=PAPER, now=NOW)
    assert again(account).check_password(PASSWORD), "asking changes nothing"
    password = actions.confirm_request(request, by=manager, now=NOW)
    assert again(account).check_password(password)
    assert Alert.objects.filter(account=account, kind="password_reset", audience="person").exists()


@pytest.mark.usefixtures("home")
def test_second_factors_end_by_two_people_and_no_password_is_given() -> None:
    factor = enrolled(account_of(POLICE))
    request = actions.ask_request(factor.account, "factors", by=account_of(OPERATOR), document=PAPER, now=NOW)
    with refused("own_account"):
        actions.confirm_request(request, by=again(factor.account), now=NOW)
    assert actions.confirm_request(request, by=manager_of(POLICE), now=NOW) == ""
    factor.refresh_from_db()
    assert factor.ended_at == NOW
    assert again(factor.account).check_password(PASSWORD)


def test_a_manager_gives_a_member_a_password_alone_but_not_the_own_account_and_no_other_units() -> None:
    manager, member = manager_of(POLICE), account_of(POLICE)
    password = actions.reset_as_manager(member, by=manager, now=NOW)
    assert again(member).check_password(password)
    for account, code in ((manager, "own_account"), (account_of(OTHER), "not_confirmer")):
        with refused(code):
            actions.reset_as_manager(account, by=manager, now=NOW)
        with refused(code):
            actions.unlock_as_manager(account, by=manager, now=NOW)
    with refused("not_confirmer"):
        actions.reset_as_manager(manager, by=member, now=NOW)


def test_a_locked_account_is_opened_by_its_manager_alone_or_by_two() -> None:
    manager, member, operator = manager_of(POLICE), account_of(POLICE), account_of(OPERATOR)
    actions.lock_account(member, now=NOW)
    request = actions.ask_request(again(member), "unlock", by=operator, document=PAPER, now=NOW)
    actions.unlock_as_manager(again(member), by=manager, now=NOW)
    assert again(member).is_active
    with refused("request_decided", Conflict):
        actions.confirm_request(request, by=manager, now=NOW)
    actions.lock_account(again(member), now=NOW)
    request = actions.ask_request(again(member), "unlock", by=operator, document=PAPER, now=NOW)
    actions.confirm_request(request, by=manager, now=NOW)
    assert again(member).is_active


def test_what_no_longer_makes_sense_is_not_confirmed() -> None:
    member, manager = account_of(POLICE), manager_of(POLICE)
    request = actions.ask_request(member, "make_manager", by=account_of(OPERATOR), document=PAPER, now=NOW)
    actions.lock_account(member, now=NOW)
    with refused("request_needless", Conflict):
        actions.confirm_request(request, by=manager, now=NOW)
    with refused("request_needless", Conflict):
        actions.ask_request(again(manager), "unlock", by=request.asked_by or manager, document=PAPER, now=NOW)


def test_a_manager_is_made_by_two_and_unmade_by_one() -> None:
    member, operator = account_of(POLICE), account_of(OPERATOR)
    request = actions.ask_request(member, "make_manager", by=operator, document=PAPER, now=NOW)
    actions.confirm_request(request, by=account_of(SUPERVISOR), now=NOW)
    assert again(member).is_manager
    actions.unmake_manager(again(member), now=NOW, actor="x")
    assert not again(member).is_manager
    assert [state.is_manager for state in member.states.all()] == [False, True, False]
