"""What widens access and so needs two people: asked for by one with a document, confirmed by another.

Laws: who may confirm is ``accounts.confirming``'s word alone, asked again at the moment of confirming, and so is
whether what was asked still makes sense. A request is decided once: the row changes from waiting by compare-and-set,
before anything else is written. Whoever asked learns no password: it is drawn at the confirmation, for who confirms.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from haidang.accounts.actions.account import (
    check_focal_person,
    end_live,
    end_waiting,
    give_password,
    give_to_focal_person,
    keep_state,
    new_account,
    reset_password,
    unlock_account,
)
from haidang.accounts.actions.factor import end_factors
from haidang.accounts.authority import vietnam_day
from haidang.accounts.confirming import may_alone
from haidang.accounts.entities import account_uid, in_being, may_sign_in
from haidang.accounts.models import Account, AccountRequest, Unit
from haidang.accounts.passwords import draw_password
from haidang.accounts.people import concerned, person_of, request_numbered, standing_of, why_not
from haidang.audit.actions import record
from haidang.core.errors import Conflict, Denied, InvalidInput
from haidang.core.units import WallUs

__all__ = [
    "KINDS",
    "ask_account",
    "ask_request",
    "check_kind",
    "confirm_request",
    "refuse_request",
    "reset_as_manager",
    "unlock_as_manager",
    "withdraw_request",
]

#: ``factors``: all second factors end, and the person sets up new ones after the next sign-in.
KINDS = ("issue", "reset", "transfer", "unlock", "make_manager", "factors")


@transaction.atomic
def ask_account(
    username: str,
    unit: Unit,
    *,
    by: Account,
    document: str,
    display_name: str,
    position: str = "",
    phone: str = "",
    email: str = "",
    manager: bool = False,
    expires_on: date | None = None,
    now: WallUs,
) -> AccountRequest:
    """A new account, which nobody can use before the second person confirms. A name once refused may be asked again."""
    _check_unit(unit, now)
    account = Account.objects.filter(username=username, kind="person", confirmed_at=None).first()
    if account is None or account.requests.filter(state="waiting").exists():
        account = new_account(username, unit, now=now)
    account.unit, account.is_manager, account.document = unit, manager, document.strip()[:300]
    account.display_name, account.position = display_name.strip()[:100], position.strip()[:100]
    account.phone, account.email, account.expires_on = phone.strip()[:30], email.strip()[:200], expires_on
    if expires_on is not None and expires_on < vietnam_day(now):
        raise InvalidInput(f"couldn't ask for an account until {expires_on}: that day is over", code="expiry_past")
    account.save()
    return _ask(account, "issue", by=by, document=document, now=now)


@transaction.atomic
def ask_request(
    account: Account, kind: str, *, by: Account, document: str, reason: str = "", to_unit: Unit | None = None,
    now: WallUs,
) -> AccountRequest:  # fmt: skip
    """Ask for a change of an account; nothing changes yet."""
    if kind not in KINDS or kind == "issue":
        raise InvalidInput(f"couldn't ask for {kind!r}: one of {', '.join(KINDS[1:])}", code="request_kind")
    if by.pk == account.pk:
        raise Denied("couldn't ask: nobody asks for the own account", code="own_account", clause="I.1.a-1")
    if (kind == "transfer") != (to_unit is not None) or to_unit == account.unit:
        raise InvalidInput("couldn't ask for the transfer: it needs another unit", code="transfer_unit")
    _check_unit(to_unit or account.unit, now)
    return _ask(account, kind, by=by, document=document, reason=reason, to_unit=to_unit, now=now)


def _ask(
    account: Account, kind: str, *, by: Account | None, document: str, reason: str = "", to_unit: Unit | None = None,
    now: WallUs,
) -> AccountRequest:  # fmt: skip
    if not document.strip():
        raise InvalidInput("couldn't ask: it needs the document that it rests on", code="document_needed")
    check_kind(account, kind, now)
    if account.requests.filter(kind=kind, state="waiting").exists():
        raise Conflict(f"couldn't ask: {kind} of {account.username} waits already", code="request_waiting")
    request = AccountRequest.objects.create(
        account=account, kind=kind, to_unit=to_unit, document=document.strip()[:300], reason=reason.strip()[:300],
        asked_by=by, asked_at=now,
    )  # fmt: skip
    _record(request, "ask_request", by, now)
    return request


@transaction.atomic
def confirm_request(request: AccountRequest, *, by: Account, now: WallUs) -> str:
    """The second person agrees and it is done. The drawn password, told here and nowhere else; "" where none is.

    What somebody asked whose account was locked since is not done: it may have been a thief.
    """
    if request.asked_by is not None and not may_sign_in(request.asked_by, vietnam_day(now)):
        raise Denied("couldn't confirm the request: its asker is locked", code="asker_locked", clause="I.1.a-1")
    request = _decided(request, "confirmed", by, now)
    account = request.account
    _check_unit(concerned(request), now)
    check_focal_person(concerned(request))
    check_kind(account, request.kind, now)
    password = _done(request, account, by, now)
    _record(request, "confirm_request", by, now)
    return password


@transaction.atomic
def refuse_request(request: AccountRequest, *, by: Account, reason: str, now: WallUs) -> None:
    """Who might confirm says no, and why."""
    if not reason.strip():
        raise InvalidInput("couldn't refuse: say why", code="reason_needed")
    request = _decided(request, "refused", by, now, reason=reason)
    _record(request, "refuse_request", by, now)


@transaction.atomic
def withdraw_request(request: AccountRequest, *, by: Account, now: WallUs) -> None:
    """The asker, or somebody of the asker's unit, takes it back."""
    asker = request.asked_by
    if asker is None or by.unit_id != asker.unit_id:
        raise Denied("couldn't withdraw it: another unit asked", code="not_asker", clause="I.1.a-1")
    _decide(request, "withdrawn", by, now)
    _record(request, "withdraw_request", by, now)


@transaction.atomic
def reset_as_manager(account: Account, *, by: Account, now: WallUs) -> str:
    """A member's manager gives a new password without a second person: the member has no more than before."""
    _check_alone(account, by, now)
    check_focal_person(account.unit)
    check_kind(account, "reset", now)
    return reset_password(account, now=now, actor=str(account_uid(by.username)))


@transaction.atomic
def unlock_as_manager(account: Account, *, by: Account, document: str = "", now: WallUs) -> None:
    """A member's manager lets it in again without a second person, unless its days are over."""
    _check_alone(account, by, now)
    check_focal_person(account.unit)
    check_kind(account, "unlock", now)
    if standing_of(account, vietnam_day(now)) == "expired":  # it would be used longer than somebody decided
        raise Conflict(f"couldn't unlock {account.username}: it has expired; that takes two", code="expiry_widens")
    unlock_account(account, now=now, actor=str(account_uid(by.username)), document=document)


def check_kind(account: Account, kind: str, now: WallUs) -> None:
    """Whether it makes sense for the account as it stands. Raises Conflict (``request_needless``)."""
    standing = standing_of(account, vietnam_day(now))
    fits = {
        "issue": standing == "waiting",
        "unlock": standing in ("locked", "expired"),
        # An account whose unit has ended lives on in the unit that took over.
        "transfer": standing in ("active", "unit_over"),
        "make_manager": standing == "active" and not account.is_manager,
    }
    if account.kind != "person" or not fits.get(kind, standing == "active"):
        raise Conflict(f"couldn't do {kind} of {account.username}: it is {standing}", code="request_needless")


def _done(request: AccountRequest, account: Account, by: Account, now: WallUs) -> str:
    actor, document = str(account_uid(by.username)), request.document
    match request.kind:
        case "issue":
            return _issue(account, by, document, now)
        case "reset":
            return give_password(account, now=now)
        case "unlock":
            unlock_account(account, now=now, actor=actor, document=document)
        case "make_manager":
            account.is_manager = True
            account.save(update_fields=["is_manager"])
            keep_state(account, "make_manager", at=now, by=actor, document=document)
        case "factors":
            end_factors(account, now=now, actor=actor)
            end_live("factors_ended", now, links=True, account=account)
        case "transfer":
            # Whoever managed the old unit manages nobody in the new one, and no program keeps its key.
            account.unit, account.is_manager = concerned(request), False
            account.save(update_fields=["unit", "is_manager"])
            end_live("transferred", now, tokens=True, account=account)
            end_waiting(account, now)
            keep_state(account, "transfer", at=now, by=actor, document=document)
        case _:
            raise AssertionError(request.kind)
    return ""


def _issue(account: Account, by: Account, document: str, now: WallUs) -> str:
    give_to_focal_person(account)
    password = draw_password()
    account.set_password(password)
    account.is_active, account.must_change_password = True, True
    account.confirmed_at, account.confirmed_by = now, by.username
    account.save()
    keep_state(account, "issue", at=now, by=str(account_uid(by.username)), document=document)
    return password


def _decided(
    request: AccountRequest, state: str, by: Account, now: WallUs, *, reason: str = ""
) -> AccountRequest:  # fmt: skip
    """The request as it stands, decided by somebody who may."""
    request = request_numbered(request.pk)
    code = why_not(request, by, now=now)
    if code:
        raise Denied(f"couldn't decide request {request.pk}: {code}", code=code, clause="I.1.a-1")
    _decide(request, state, by, now, reason=reason)
    return request


def _decide(request: AccountRequest, state: str, by: Account, now: WallUs, *, reason: str = "") -> None:
    changed = AccountRequest.objects.filter(pk=request.pk, state="waiting").update(
        state=state, decided_by=by, decided_at=now, decision_reason=reason.strip()[:300]
    )
    if not changed:
        raise Conflict(f"couldn't decide request {request.pk}: it is decided", code="request_decided")


def _check_alone(account: Account, by: Account, now: WallUs) -> None:
    person = person_of(by, vietnam_day(now))
    if not may_alone(person, account=account.username, unit=account.unit.slug):
        code = "own_account" if by.pk == account.pk else "not_confirmer"
        raise Denied(f"couldn't change {account.username}: it takes its unit's manager", code=code, clause="I.1.a-1")


def _check_unit(unit: Unit, now: WallUs) -> None:
    if not in_being(unit, vietnam_day(now)):
        raise Conflict(f"couldn't do it: {unit.slug} is not in being", code="unit_over")


def _record(request: AccountRequest, action: str, by: Account | None, now: WallUs) -> None:
    record(
        now=now, actor="" if by is None else str(account_uid(by.username)), action=action,
        resource=str(account_uid(request.account.username)), clause="I.1.a-1",
        facts={"request": request.pk, "kind": request.kind, "unit": concerned(request).slug},
    )  # fmt: skip
