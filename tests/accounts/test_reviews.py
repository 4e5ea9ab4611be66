"""Access reviews: every account gets a verdict from somebody else than its person, and a signature that stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from accounts.cast import NOW, account_of
from haidang.accounts.actions import lock_account, open_reviews, set_verdicts, sign_review, start_session
from haidang.accounts.actions.terminal import register_terminal
from haidang.accounts.authority import vietnam_day
from haidang.accounts.models import AccessReview, Account, LoginSession, Terminal, Unit
from haidang.accounts.reviews import (
    accounts_to_review,
    later_accounts,
    lines_of,
    reviews_of,
    standing_of_review,
    without_manager,
)
from haidang.audit.models import Entry
from haidang.core.errors import Conflict, Denied, HaidangError, InvalidInput
from haidang.core.units import WallUs

pytestmark = pytest.mark.usefixtures("policy", "home")

UNIT, OTHER, OPERATOR, SUPERVISOR = "ca-phu-cat", "tinh-doan", "vien-thong-binh-dinh", "so-tttt"
TODAY = vietnam_day(NOW)
DUE = TODAY + timedelta(days=14)
LATER = WallUs(NOW + 3_600_000_000)


@dataclass
class Cast:
    """A unit with a manager ("truong"), a deputy who manages too ("pho"), a member ("an"), a duty screen; a review."""

    manager: Account
    deputy: Account
    member: Account
    screen: Terminal
    operator: Account
    review: AccessReview

    def verdicts(self, **other: str) -> dict[str, str]:
        """What the manager may say: "keep" of all but the own account."""
        return {"pho": "keep", "an": "keep", self.screen.account.username: "keep", **other}


def manager_of(unit: str, username: str) -> Account:
    account = account_of(unit, username=username)
    Account.objects.filter(pk=account.pk).update(is_manager=True)
    return Account.objects.get(pk=account.pk)


def opened(unit: str = UNIT, *, by: Account | None = None) -> AccessReview:
    by = by or Account.objects.get(username=OPERATOR)
    return open_reviews("Rà soát quý IV", DUE, by=by, units=[Unit.objects.get(slug=unit)], now=NOW)[0]


@pytest.fixture
def cast() -> Cast:
    manager, deputy = manager_of(UNIT, "truong"), manager_of(UNIT, "pho")
    member, operator = account_of(UNIT, username="an"), account_of(OPERATOR)
    screen = register_terminal(manager.unit, "Phòng trực", by=manager, now=NOW).terminal
    return Cast(manager, deputy, member, screen, operator, opened(by=operator))


def refused(code: str, kind: type[HaidangError], act: object) -> None:
    assert callable(act)
    with pytest.raises(kind) as caught:
        act()
    assert caught.value.code == code


def verdicts_kept(review: AccessReview) -> dict[str, str]:
    return dict(review.lines.values_list("account__username", "verdict"))


def own_line_kept(cast: Cast) -> None:
    """The deputy says it of the manager."""
    set_verdicts(cast.review, {"truong": "keep"}, by=cast.deputy, now=NOW)


# -- opening


def test_each_unit_with_accounts_gets_its_own_with_every_account_and_its_last_use(cast: Cast) -> None:
    sign_all(cast)
    account_of(OTHER)
    waiting = account_of(OTHER, username="cho")
    Account.objects.filter(pk=waiting.pk).update(confirmed_at=None, is_active=False)
    lock_account(account_of(OTHER, username="khoa"), now=NOW)
    start_session(cast.member, now=LATER)
    made = open_reviews("Đợt mới", DUE, by=cast.operator, now=LATER)
    assert {review.unit.slug for review in made} == {UNIT, OTHER, OPERATOR}
    of_other = next(review for review in made if review.unit.slug == OTHER)
    rows = {line.account.username: line for line in of_other.lines.all()}
    assert {name: row.was_active for name, row in rows.items()} == {OTHER: True, "khoa": False}
    of_unit = next(review for review in made if review.unit.slug == UNIT)
    seen = dict(of_unit.lines.values_list("account__username", "last_seen_at"))
    assert seen == {"truong": None, "pho": None, "an": LATER, cast.screen.account.username: None}


def test_a_unit_with_a_review_under_way_gets_no_second_one(cast: Cast) -> None:
    refused("review_open", Conflict, opened)
    account_of(OTHER)
    made = open_reviews("Đợt mới", DUE, by=cast.operator, now=NOW)
    assert UNIT not in {review.unit.slug for review in made}


@pytest.mark.parametrize(
    ("title", "due", "code"), [(" ", DUE, "review_title"), ("Đợt", TODAY - timedelta(days=1), "review_due")]
)
def test_a_review_needs_a_title_and_a_day_to_come(cast: Cast, title: str, due: date, code: str) -> None:
    refused(code, InvalidInput, lambda: open_reviews(title, due, by=cast.operator, now=NOW))


def test_a_unit_that_is_over_is_not_reviewed(cast: Cast) -> None:
    account_of(OTHER)
    Unit.objects.filter(slug=OTHER).update(valid_to=TODAY - timedelta(days=1))
    assert OTHER not in {row.unit.slug for row in open_reviews("Đợt", DUE, by=cast.operator, now=NOW)}


# -- verdicts and the signature


def sign_all(cast: Cast, **verdicts: str) -> None:
    own_line_kept(cast)
    sign_review(cast.review, cast.verdicts(**verdicts), by=cast.manager, now=LATER)


def test_signing_locks_what_is_not_kept_and_says_so_once(cast: Cast) -> None:
    session = start_session(cast.member, now=NOW)
    sign_all(cast, an="lock", **{cast.screen.account.username: "lock"})
    member = Account.objects.get(username="an")
    assert not member.is_active
    assert LoginSession.objects.get(name=session.name).end_reason == "account_locked"
    assert Terminal.objects.get(pk=cast.screen.pk).revoked_at == LATER
    assert Account.objects.get(username="pho").is_active
    standing = standing_of_review(cast.review, now=LATER)
    assert (standing.state, standing.waiting, standing.locked) == ("signed", 0, 2)
    entry = Entry.objects.get(action="sign_review")
    assert entry.facts == {"review": cast.review.pk, "keep": 2, "lock": 2}
    assert (entry.actor, entry.resource) == ('Account::"truong"', f'Unit::"{UNIT}"')
    assert Entry.objects.filter(action="lock_account", resource='Account::"an"', actor='Account::"truong"').exists()


def test_a_line_left_out_leaves_the_review_unsigned_and_everything_as_it_was(cast: Cast) -> None:
    own_line_kept(cast)
    verdicts = cast.verdicts(an="lock")
    del verdicts["pho"]
    refused("review_incomplete", InvalidInput, lambda: sign_review(cast.review, verdicts, by=cast.manager, now=NOW))
    assert Account.objects.get(username="an").is_active
    assert verdicts_kept(cast.review)["an"] == "", "all or nothing"
    assert AccessReview.objects.get(pk=cast.review.pk).signed_at is None


def test_nobody_judges_the_own_account(cast: Cast) -> None:
    for verdict in ("keep", "lock"):
        own = {"truong": verdict}
        refused("own_account", Denied, lambda own=own: set_verdicts(cast.review, own, by=cast.manager, now=NOW))
        refused(
            "own_account",
            Denied,
            lambda own=own: sign_review(cast.review, cast.verdicts(**own), by=cast.manager, now=NOW),
        )
    refused(
        "review_incomplete", InvalidInput, lambda: sign_review(cast.review, cast.verdicts(), by=cast.manager, now=NOW)
    )


def test_a_manager_whom_another_wants_locked_signs_and_is_locked(cast: Cast) -> None:
    set_verdicts(cast.review, {"truong": "lock"}, by=cast.deputy, now=NOW)
    sign_review(cast.review, cast.verdicts(), by=cast.manager, now=LATER)
    assert not Account.objects.get(username="truong").is_active


def test_who_supervises_judges_managers_and_nobody_else(cast: Cast) -> None:
    supervisor = account_of(SUPERVISOR)
    set_verdicts(cast.review, {"truong": "keep"}, by=supervisor, supervises=True, now=NOW)
    assert verdicts_kept(cast.review)["truong"] == "keep"
    for verdicts in ({"an": "lock"}, {"pho": "keep", "an": "keep"}):
        refused(
            "not_reviewer",
            Denied,
            lambda verdicts=verdicts: set_verdicts(cast.review, verdicts, by=supervisor, supervises=True, now=NOW),
        )
    assert verdicts_kept(cast.review)["pho"] == "", "all or nothing"
    refused("not_reviewer", Denied, lambda: set_verdicts(cast.review, {"truong": "keep"}, by=supervisor, now=NOW))


def test_another_units_manager_signs_nothing_and_judges_nothing(cast: Cast) -> None:
    own_line_kept(cast)
    stranger = manager_of(OTHER, "la")
    complete = {**cast.verdicts()}
    refused("not_reviewer", Denied, lambda: sign_review(cast.review, complete, by=stranger, now=NOW))
    refused("not_reviewer", Denied, lambda: set_verdicts(cast.review, {"an": "lock"}, by=stranger, now=NOW))
    refused("not_reviewer", Denied, lambda: sign_review(cast.review, complete, by=cast.member, now=NOW))
    refused("not_reviewer", Denied, lambda: sign_review(cast.review, complete, by=cast.operator, now=NOW))


def test_an_account_of_another_unit_or_none_is_no_line_of_this_review(cast: Cast) -> None:
    account_of(OTHER)
    for name in (OTHER, "khong-ai"):
        wrong = {name: "lock"}
        refused(
            "review_line", InvalidInput, lambda wrong=wrong: set_verdicts(cast.review, wrong, by=cast.manager, now=NOW)
        )
    assert Account.objects.get(username=OTHER).is_active


def test_who_has_left_the_unit_is_not_locked_by_it(cast: Cast) -> None:
    set_verdicts(cast.review, {"an": "lock"}, by=cast.manager, now=NOW)
    Account.objects.filter(username="an").update(unit=Unit.objects.get(slug=OTHER))
    refused("review_line", InvalidInput, lambda: set_verdicts(cast.review, {"an": "lock"}, by=cast.manager, now=NOW))
    assert [line.moved for line in lines_of(cast.review) if line.account.username == "an"] == [True]
    own_line_kept(cast)
    rest = cast.verdicts()
    del rest["an"]
    sign_review(cast.review, rest, by=cast.manager, now=LATER)
    assert Account.objects.get(username="an").is_active
    assert verdicts_kept(cast.review)["an"] == "moved"


@pytest.mark.parametrize("verdict", ["", "LOCK", "unlock", "moved", "keep "])
def test_a_verdict_is_keep_or_lock(cast: Cast, verdict: str) -> None:
    refused(
        "review_verdict", InvalidInput, lambda: set_verdicts(cast.review, {"an": verdict}, by=cast.manager, now=NOW)
    )


def test_a_signed_review_is_never_written_again(cast: Cast) -> None:
    sign_all(cast)
    before = (verdicts_kept(cast.review), AccessReview.objects.values().get(pk=cast.review.pk))
    again = cast.verdicts(an="lock")
    refused("review_signed", Conflict, lambda: sign_review(cast.review, again, by=cast.manager, now=LATER))
    refused("review_signed", Conflict, lambda: sign_review(cast.review, {"truong": "lock"}, by=cast.deputy, now=LATER))
    refused("review_signed", Conflict, lambda: set_verdicts(cast.review, {"an": "lock"}, by=cast.manager, now=LATER))
    assert (verdicts_kept(cast.review), AccessReview.objects.values().get(pk=cast.review.pk)) == before
    assert Account.objects.get(username="an").is_active


def test_a_manager_no_more_signs_no_more(cast: Cast) -> None:
    own_line_kept(cast)
    Account.objects.filter(username="truong").update(is_manager=False)
    former = Account.objects.get(username="truong")
    refused("not_reviewer", Denied, lambda: sign_review(cast.review, cast.verdicts(), by=former, now=NOW))


# -- what is under way


def test_a_review_is_overdue_after_its_last_day_and_not_on_it(cast: Cast) -> None:
    day = 86_400_000_000
    assert standing_of_review(cast.review, now=WallUs(NOW + 14 * day)).state == "open"
    assert standing_of_review(cast.review, now=WallUs(NOW + 15 * day)).state == "overdue"
    sign_all(cast)
    assert standing_of_review(cast.review, now=WallUs(NOW + 15 * day)).state == "signed"


def test_progress_counts_lines_with_a_verdict(cast: Cast) -> None:
    set_verdicts(cast.review, {"an": "lock", "pho": "keep"}, by=cast.manager, now=NOW)
    standing = standing_of_review(cast.review, now=NOW)
    assert (standing.lines, standing.waiting, standing.locked) == (4, 2, 1)
    assert [row.review.pk for row in reviews_of(cast.manager.unit, now=NOW)] == [cast.review.pk]
    assert reviews_of(Unit.objects.get(slug=OTHER), now=NOW) == []


def test_accounts_issued_since_are_told_beside_the_lines(cast: Cast) -> None:
    account_of(UNIT, username="moi-den")
    assert [account.username for account in later_accounts(cast.review)] == ["moi-den"]
    sign_all(cast)
    cast.review.refresh_from_db()
    assert later_accounts(cast.review) == [], "a signed review tells of its own time"


def test_a_unit_without_an_active_manager_is_told_of(cast: Cast) -> None:
    account_of(OTHER)
    units = [cast.manager.unit, Unit.objects.get(slug=OTHER)]
    assert without_manager(units) == {units[1].pk}
    Account.objects.filter(unit=units[0], is_manager=True).update(is_active=False)
    assert without_manager(units) == {units[0].pk, units[1].pk}


def test_a_revoked_screen_is_not_reviewed_again(cast: Cast) -> None:
    sign_all(cast, **{cast.screen.account.username: "lock"})
    assert cast.screen.account.username not in {each.username for each in accounts_to_review(cast.manager.unit)}
