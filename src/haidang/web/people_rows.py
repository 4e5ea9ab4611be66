"""Accounts, requests and what happened to them, as the pages of people show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from haidang.accounts.entities import account_uid, username_in
from haidang.accounts.models import Account, AccountRequest, SecondFactor
from haidang.accounts.people import PersonLine, concerned, confirmers, requests_of, states_of
from haidang.audit.models import Entry
from haidang.core.units import WallUs, to_datetime
from haidang.web.people_words import event_text, kind_text, name_of, standing_text, waits_for

__all__ = ["Event", "PersonFacts", "PersonRow", "RequestRow", "events_of", "facts_of", "person_row", "request_row"]

#: Entries of the audit trail that are part of an account's story; the others are in its states and requests.
_TOLD = (
    "reset_password", "change_password", "end_account_sessions", "accept_pledge", "add_second_factor",
    "end_second_factor", "end_second_factors", "create_token", "end_token",
)  # fmt: skip
_MOST_EVENTS = 100


@dataclass(frozen=True, slots=True)
class PersonRow:
    username: str
    url: str
    name: str
    position: str
    unit: str
    standing: str
    standing_text: str
    manager: bool
    used_at: datetime | None
    unused: bool


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One that waits. ``waits_for``: a sentence that names who may confirm it."""

    number: int
    kind_text: str
    username: str
    url: str
    name: str
    unit: str
    to_unit: str
    manager: bool
    document: str
    reason: str
    asker: str
    asker_unit: str
    asked_at: datetime
    waits_for: str
    may_confirm: bool
    may_withdraw: bool
    #: Whether confirming draws a password, which is then shown to who confirms.
    draws: bool


@dataclass(frozen=True, slots=True)
class PersonFacts:
    username: str
    name: str
    position: str
    unit: str
    unit_slug: str
    phone: str
    email: str
    manager: bool
    standing: str
    standing_text: str
    document: str
    confirmed_at: datetime | None
    confirmed_by: str
    expires_on: date | None
    pledged_at: datetime | None
    factors: int
    sessions: int
    tokens: int
    used_at: datetime | None
    unused: bool
    has_signed_in: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; ``unit`` is that of who did it now, "" for the host."""

    at: datetime
    text: str
    name: str
    unit: str
    document: str = ""


def person_row(line: PersonLine) -> PersonRow:
    account = line.account
    return PersonRow(
        username=account.username,
        url=reverse("person", args=[account.username]),
        name=account.display_name,
        position=account.position,
        unit=account.unit.name,
        standing=line.standing,
        standing_text=standing_text(line.standing),
        manager=account.is_manager,
        used_at=None if line.used_at is None else to_datetime(line.used_at),
        unused=line.unused,
    )


def request_row(request: AccountRequest, reader: Account, *, asks: bool, now: WallUs) -> RequestRow:
    """As ``reader`` sees it; ``asks``: may ask for and withdraw requests."""
    account, asker = request.account, request.asked_by
    who = confirmers(request, now=now)
    return RequestRow(
        number=request.pk,
        kind_text=kind_text(request.kind),
        username=account.username,
        url=reverse("person", args=[account.username]),
        name=account.display_name,
        unit=account.unit.name,
        to_unit="" if request.to_unit is None else concerned(request).name,
        manager=account.is_manager and request.kind == "issue",
        document=request.document,
        reason=request.reason,
        asker=name_of(asker),
        asker_unit="" if asker is None else asker.unit.name,
        asked_at=_at(request.asked_at),
        waits_for=waits_for(who),
        may_confirm=reader.pk in {each.pk for each in who},
        may_withdraw=asks and asker is not None and asker.unit_id == reader.unit_id,
        draws=request.kind in ("issue", "reset"),
    )


def facts_of(line: PersonLine) -> PersonFacts:
    account = line.account
    by = Account.objects.filter(username=account.confirmed_by).first() if account.confirmed_by else None
    factors = SecondFactor.objects.filter(account=account, ended_at=None).exclude(kind="recovery")
    return PersonFacts(
        username=account.username,
        name=account.display_name,
        position=account.position,
        unit=account.unit.name,
        unit_slug=account.unit.slug,
        phone=account.phone,
        email=account.email,
        manager=account.is_manager,
        standing=line.standing,
        standing_text=standing_text(line.standing),
        document=account.document,
        confirmed_at=None if account.confirmed_at is None else _at(account.confirmed_at),
        confirmed_by="" if account.confirmed_at is None else _with_unit(by),
        expires_on=account.expires_on,
        pledged_at=None if account.pledged_at is None else _at(account.pledged_at),
        factors=factors.count(),
        sessions=account.login_sessions.filter(ended_at=None).count(),
        tokens=account.api_tokens.filter(ended_at=None).count(),
        used_at=None if line.used_at is None else to_datetime(line.used_at),
        unused=line.unused,
        has_signed_in=not account.must_change_password,
    )


def events_of(account: Account) -> list[Event]:
    """Its story, the newest first: states, requests, and what the audit trail tells of it."""
    states = states_of(account)
    entries = Entry.objects.filter(resource=str(account_uid(account.username)), action__in=_TOLD)
    told = list(entries.order_by("-at", "-pk")[:_MOST_EVENTS])
    people = _people([*(state.by for state in states), *(entry.actor for entry in told)])
    found = [
        (state.at, Event(_at(state.at), _state_text(state.reason, state.unit.name), *people[state.by], state.document))
        for state in states
    ]
    found += [(entry.at, Event(_at(entry.at), event_text(entry.action), *people[entry.actor])) for entry in told]
    for request in requests_of(account):
        found += _request_events(request)
    return [event for _instant, event in sorted(found, key=lambda each: each[0], reverse=True)][:_MOST_EVENTS]


def _request_events(request: AccountRequest) -> list[tuple[int, Event]]:
    what = kind_text(request.kind)
    asked = _("Đề nghị %(what)s") % {"what": what}
    found = [(request.asked_at, Event(_at(request.asked_at), asked, *_hand(request.asked_by), request.document))]
    if request.decided_at is None:
        return found
    ends = {
        "refused": _("Từ chối %(what)s") % {"what": what},
        "withdrawn": _("Rút đề nghị %(what)s") % {"what": what},
        # The others' confirmations are states.
        "confirmed": _("Xác nhận %(what)s") % {"what": what} if request.kind in ("reset", "factors") else "",
    }
    text = ends[request.state]
    if text and request.state == "withdrawn" and request.decided_by is None:
        text = _("Đề nghị %(what)s hết hiệu lực") % {"what": what}
    if text:
        hand = _hand(request.decided_by) if request.decided_by is not None else ("", "")
        found.append((request.decided_at, Event(_at(request.decided_at), text, *hand, request.decision_reason)))
    return found


def _state_text(reason: str, unit: str) -> str:
    text = event_text(reason)
    return f"{text}: {unit}" if reason == "transfer" else text


def _people(uids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Name and unit of who acted, by UID."""
    names = {uid: username_in(uid) for uid in uids}
    rows = {row.username: row for row in Account.objects.filter(username__in=set(names.values()))}
    return {uid: _hand(rows.get(name)) for uid, name in names.items()}


def _hand(account: Account | None) -> tuple[str, str]:
    return name_of(account), "" if account is None else account.unit.name


def _with_unit(account: Account | None) -> str:
    return ", ".join(part for part in _hand(account) if part)


def _at(instant: int) -> datetime:
    return to_datetime(WallUs(instant))
