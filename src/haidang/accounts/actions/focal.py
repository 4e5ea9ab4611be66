"""Focal persons (II.5): whom a unit has named to receive its account, and what a change of them ends.

Law: the account is the named person's. A new name takes from everybody what they know and hold of the unit's accounts
(password, second factors, sessions, tokens, sign-ins elsewhere, pledge); the new password comes by a request that a
second person confirms, so that naming alone opens nothing.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from haidang.accounts.actions.account import end_live, end_waiting
from haidang.accounts.actions.factor import end_factors
from haidang.accounts.actions.own import keep_password_before
from haidang.accounts.authority import vietnam_day
from haidang.accounts.entities import account_uid, unit_uid
from haidang.accounts.models import Account, AccountRequest, FocalPerson, Unit
from haidang.audit.actions import record
from haidang.core.errors import InvalidInput
from haidang.core.units import WallUs

__all__ = ["name_focal_person"]

_CLAUSE = "II.5"


@transaction.atomic
def name_focal_person(
    unit: Unit, *, name: str, document: str, position: str = "", phone: str = "", by: Account | None, now: WallUs
) -> FocalPerson:
    """The unit names a person by a document; the one before is the focal person no more. ``by`` None is the host."""
    if not unit.focal_required:
        raise InvalidInput(f"couldn't name a focal person: {unit.slug} needs none", code="focal_needless")
    if not name.strip() or not document.strip():
        raise InvalidInput("couldn't name a focal person: it needs a name and a document", code="document_needed")
    today, actor = vietnam_day(now), "" if by is None else str(account_uid(by.username))
    for before in FocalPerson.objects.select_for_update().filter(unit=unit, valid_to=None):
        before.valid_to = _last_day(before, today)
        before.save(update_fields=["valid_to"])
    person = FocalPerson.objects.create(
        unit=unit, name=name.strip()[:100], position=position.strip()[:100], phone=phone.strip()[:30],
        document=document.strip()[:300], valid_from=today,
    )  # fmt: skip
    accounts = list(Account.objects.filter(unit=unit, kind="person").exclude(confirmed_at=None))
    for account in accounts:
        _hand_over(account, person, by, now)
    record(
        now=now, actor=actor, action="name_focal_person", resource=str(unit_uid(unit.slug)), clause=_CLAUSE,
        facts={"accounts": len(accounts)},
    )  # fmt: skip
    return person


def _last_day(person: FocalPerson, today: date) -> date:
    return max(person.valid_from, today - timedelta(days=1))


def _hand_over(account: Account, person: FocalPerson, by: Account | None, now: WallUs) -> None:
    actor = "" if by is None else str(account_uid(by.username))
    keep_password_before(account, now=now)
    account.set_unusable_password()
    account.must_change_password, account.pledged_at = True, None
    account.display_name, account.position, account.phone = person.name, person.position, person.phone
    account.email = ""
    account.save()
    end_factors(account, now=now, actor=actor)
    end_live("person_changed", now, tokens=True, account=account)
    end_waiting(account, now)
    if account.is_active:
        AccountRequest.objects.create(
            account=account, kind="reset", document=person.document, asked_by=by, asked_at=now
        )  # fmt: skip
