"""Who has a right on a day, as rows for people: the unit by its name of then, its people, clause, document, days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from haidang.accounts.authority import Authority, Resource
from haidang.accounts.models import Account
from haidang.accounts.states import people_on
from haidang.accounts.who import who_has
from haidang.core.policy import APPROVAL_ACTIONS, Notice
from haidang.web.rights_matrix import grants_allowed, spoken

__all__ = ["WhoRow", "rows_of"]


@dataclass(frozen=True, slots=True)
class WhoRow:
    slug: str
    name: str
    url: str
    people: list[str]
    clause: str
    document: str
    purposes: list[str]
    valid_from: date | None
    valid_to: date | None


def rows_of(resource: Resource, action: str, on: date, door: Authority, notice: Notice) -> list[WhoRow]:
    """The units, in the notice's order. For what needs permission each time: those who are to carry it out."""
    if action in APPROVAL_ACTIONS:
        return _to_carry_out(resource, action, on, door, notice)
    purposes = {purpose.slug: spoken(purpose) for purpose in notice.purposes}
    holders = who_has(resource, action, on=on, door=door, notice=notice)
    names = _names(username for holder in holders for username in holder.accounts)
    return [
        WhoRow(
            slug=holder.unit,
            name=holder.name,
            url=_sheet(holder.unit, on),
            people=[names.get(username, username) for username in holder.accounts],
            clause=holder.clause,
            document=holder.document,
            purposes=[purposes.get(slug, slug) for slug in holder.purposes],
            valid_from=holder.valid_from,
            valid_to=holder.valid_to,
        )
        for holder in holders
    ]


def _to_carry_out(resource: Resource, action: str, on: date, door: Authority, notice: Notice) -> list[WhoRow]:
    """I.2.c-4 forbids it to everybody until it is permitted, so the one door's answer would be nobody."""
    purposes = {purpose.slug: spoken(purpose) for purpose in notice.purposes}
    places = {str(entity.uid) for entity in resource.entities}
    people = people_on(on)
    names = _names(username for usernames in people.values() for username in usernames)
    return [
        WhoRow(
            slug=unit.slug,
            name=unit.name_on(on)[0],
            url=_sheet(unit.slug, on),
            people=[names.get(username, username) for username in people.get(unit.slug, ())],
            clause=grant.clause,
            document=grant.document,
            purposes=[purposes.get(slug, slug) for slug in grant.purposes],
            valid_from=grant.valid_from,
            valid_to=grant.valid_to,
        )
        for unit in notice.units
        if unit.exists_on(on)
        for grant, actions in grants_allowed(notice, door, unit.slug, on)
        if action in actions and grant.resource in places
    ]


def _names(usernames: Iterable[str]) -> dict[str, str]:
    rows = Account.objects.filter(username__in=set(usernames)).values_list("username", "display_name")
    return {username: name or username for username, name in rows}


def _sheet(unit: str, on: date) -> str:
    return f"{reverse('unit_sheet', args=[unit])}?ngay={on}"
