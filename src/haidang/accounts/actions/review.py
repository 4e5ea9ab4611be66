"""Periodic access review: opened for units, a verdict on every line, signed by the unit's manager. Signed rows stay.

Laws: the rights themselves are asked by the caller (the one door); these functions hold what no caller may pass by. A
verdict is about an account of the review's own unit as it is now. Nobody judges the own account: of the manager who
signs, another manager of the unit or who supervises says it. A signed review is never written again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from django.db import transaction

from haidang.accounts.actions.account import lock_account
from haidang.accounts.actions.terminal import revoke_terminal
from haidang.accounts.authority import vietnam_day
from haidang.accounts.entities import account_uid, unit_uid
from haidang.accounts.models import AccessReview, Account, ReviewLine, Terminal, Unit
from haidang.accounts.reviews import accounts_to_review, last_seen_at, units_to_review
from haidang.audit.actions import record
from haidang.core.errors import Conflict, Denied, InvalidInput
from haidang.core.units import WallUs

__all__ = ["VERDICTS", "open_reviews", "set_verdicts", "sign_review"]

VERDICTS: Final = ("keep", "lock")
#: Of a line whose account has left the unit since: nothing is to be said of it here.
MOVED: Final = "moved"


@transaction.atomic
def open_reviews(
    title: str, due_on: date, *, by: Account, now: WallUs, units: Sequence[Unit] | None = None
) -> list[AccessReview]:  # fmt: skip
    """A review of each unit in being that has accounts and none under way; with ``units``, of those alone."""
    title = title.strip()
    if not title:
        raise InvalidInput("couldn't open a review without a title", code="review_title")
    if due_on < vietnam_day(now):
        raise InvalidInput(f"couldn't open a review due on {due_on}: that day is over", code="review_due")
    wanted = units_to_review(now=now) if units is None else list(units)
    under_way = set(AccessReview.objects.filter(signed_at=None).values_list("unit", flat=True))
    opened = [_open(unit, title, due_on, by, now) for unit in wanted if unit.pk not in under_way]
    made = [review for review in opened if review is not None]
    if not made:
        raise Conflict("couldn't open a review: each unit has one under way, or no account", code="review_open")
    return made


def _open(unit: Unit, title: str, due_on: date, by: Account, now: WallUs) -> AccessReview | None:
    accounts = accounts_to_review(unit)
    if not accounts:
        return None
    seen = last_seen_at(accounts)
    review = AccessReview.objects.create(unit=unit, title=title[:200], opened_by=by, opened_at=now, due_on=due_on)
    ReviewLine.objects.bulk_create(
        ReviewLine(
            review=review, account=account, last_seen_at=seen.get(account.pk), was_active=account.is_active
        )
        for account in accounts
    )  # fmt: skip
    record(
        now=now, actor=str(account_uid(by.username)), action="open_review", resource=str(unit_uid(unit.slug)),
        clause="I.1.a-1", facts={"review": review.pk, "lines": len(accounts), "due": due_on.isoformat()},
    )  # fmt: skip
    return review


@transaction.atomic
def set_verdicts(
    review: AccessReview, verdicts: Mapping[str, str], *, by: Account, now: WallUs, supervises: bool = False
) -> None:
    """Keep what was decided of these accounts; to be changed until the review is signed."""
    held = _held(review)
    lines = _set(held, verdicts, by, supervises=supervises)
    record(
        now=now, actor=str(account_uid(by.username)), action="set_review_verdicts",
        resource=str(unit_uid(held.unit.slug)),
        facts={"review": held.pk, "lines": len(lines), "lock": sum(1 for line in lines if line.verdict == "lock")},
    )  # fmt: skip


@transaction.atomic
def sign_review(
    review: AccessReview, verdicts: Mapping[str, str], *, by: Account, now: WallUs, note: str = ""
) -> AccessReview:  # fmt: skip
    """Sign it: the accounts that are not kept are locked, duty screens revoked, and nothing of it changes any more."""
    held = _held(review)
    if not by.is_manager or by.unit_id != held.unit_id:
        raise Denied("couldn't sign the review: its unit's manager does", code="not_reviewer", clause="I.1.a-1")
    _set(held, verdicts, by, supervises=False)
    lines = list(held.lines.select_related("account__unit"))
    for line in lines:
        if line.account.unit_id != held.unit_id:
            line.verdict = MOVED
    if any(not line.verdict for line in lines):
        raise InvalidInput("couldn't sign the review: lines wait for a verdict", code="review_incomplete")
    ReviewLine.objects.bulk_update(lines, ["verdict"])
    signed = AccessReview.objects.filter(pk=held.pk, signed_at=None)
    if not signed.update(signed_by=by, signed_at=now, note=note.strip()[:300]):
        raise Conflict("couldn't sign the review: it is signed", code="review_signed")
    actor = str(account_uid(by.username))
    record(
        now=now, actor=actor, action="sign_review", resource=str(unit_uid(held.unit.slug)), clause="I.1.a-1",
        facts={"review": held.pk, **{each: sum(1 for line in lines if line.verdict == each) for each in VERDICTS}},
    )  # fmt: skip
    for line in lines:
        if line.verdict == "lock":
            _lock(line.account, held.title, actor, now)
    return AccessReview.objects.select_related("unit", "signed_by").get(pk=held.pk)


def _held(review: AccessReview) -> AccessReview:
    """The row, held against whoever signs at the same moment. Raises Conflict (``review_signed``)."""
    held = AccessReview.objects.select_for_update(of=("self",)).select_related("unit").get(pk=review.pk)
    if held.signed_at is not None:
        raise Conflict("couldn't change the review: it is signed", code="review_signed")
    return held


def _set(review: AccessReview, verdicts: Mapping[str, str], by: Account, *, supervises: bool) -> list[ReviewLine]:
    """All of them or none. Other units' accounts and made-up words are refused, not passed over."""
    manages = by.is_manager and by.unit_id == review.unit_id
    lines = {line.account.username: line for line in review.lines.select_related("account__unit")}
    for name, verdict in verdicts.items():
        line = lines.get(name)
        if line is None or line.account.unit_id != review.unit_id:
            raise InvalidInput("couldn't review an account that is not of this review's unit", code="review_line")
        if verdict not in VERDICTS:
            raise InvalidInput(f"couldn't use the verdict {verdict!r}: keep or lock", code="review_verdict")
        if line.account_id == by.pk:
            raise Denied("couldn't review the own account", code="own_account", clause="I.1.a-1")
        if not manages and not (supervises and line.account.is_manager):
            raise Denied("couldn't review the account: its unit's manager does", code="not_reviewer", clause="I.1.a-1")
        line.verdict = verdict
    changed = [lines[name] for name in verdicts]
    ReviewLine.objects.bulk_update(changed, ["verdict"])
    return changed


def _lock(account: Account, title: str, actor: str, now: WallUs) -> None:
    screen = Terminal.objects.filter(account=account, revoked_at=None).first()
    if screen is not None:
        revoke_terminal(screen, reason=title, actor=actor, now=now)
    elif account.is_active:
        lock_account(account, now=now, actor=actor, reason=title)
