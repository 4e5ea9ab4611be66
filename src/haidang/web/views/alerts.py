"""Alerts about accounts: the person's own, and those that managers answer for. Each unit takes note for itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from haidang.accounts.actions import take_note
from haidang.accounts.alerts import StandingAlert, alert_numbered, alerts_for, sight_of
from haidang.accounts.authority import authority
from haidang.accounts.models import AlertSeen
from haidang.core.errors import InvalidInput
from haidang.core.units import WallUs, to_datetime
from haidang.host.clock import wall_clock
from haidang.web.alert_texts import words_of
from haidang.web.rights_tabs import tabs_of
from haidang.web.said import say
from haidang.web.session import credential_of

__all__ = ["alert_note", "alert_note_all", "alerts"]


@dataclass(frozen=True, slots=True)
class NotedRow:
    unit: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AlertRow:
    """``own``: told to the reader as the account's person. ``open``: the reader has to take note."""

    number: int
    at: datetime
    sentence: str
    advice: str
    clause: str
    account: str
    name: str
    unit: str
    is_person: bool
    own: bool
    open: bool
    noted: list[NotedRow]


@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """What stands first, what was taken note of below."""
    credential, now = credential_of(request), wall_clock()
    own, door = credential.account, authority()
    sight = sight_of(own, now=now, door=door, second_factor=credential.second_factor)
    found = alerts_for(own, now=now, door=door, second_factor=credential.second_factor)
    rows = [_row(standing, own.pk) for standing in found]
    context = {
        "rights_tabs": tabs_of(request, "alerts"),
        "reach": sight.reach,
        "manages": sight.notes,
        "unit": own.unit.name,
        "standing": [row for row in rows if row.open or not row.noted],
        "newest": max((row.number for row in rows if row.open), default=0),
        "open": sum(row.open for row in rows),
        "noted": [row for row in rows if row.noted and not row.open],
    }
    return render(request, "web/alerts.html", context)


@require_POST
def alert_note(request: HttpRequest, number: int) -> HttpResponse:
    """Take note for the own unit; of an alert to the person, for oneself."""
    credential, now = credential_of(request), wall_clock()
    alert = alert_numbered(
        number, credential.account, now=now, door=authority(), second_factor=credential.second_factor
    )  # fmt: skip
    take_note(alert, credential.account, now=now)
    say(request, _("Đã ghi nhận cảnh báo."))
    return redirect("alerts")


@require_POST
def alert_note_all(request: HttpRequest) -> HttpResponse:
    """Take note of everything that the page showed: up to ``newest``, so that nothing later is noted unseen."""
    credential, now = credential_of(request), wall_clock()
    found = alerts_for(credential.account, now=now, door=authority(), second_factor=credential.second_factor)
    newest = request.POST.get("newest", "")
    if not newest.isascii() or not newest.isdigit():
        raise InvalidInput("couldn't take note: the page says up to which alert", code="invalid_input")
    for each in found:
        if each.open and each.alert.pk <= int(newest):
            take_note(each.alert, credential.account, now=now)
    say(request, _("Đã ghi nhận các cảnh báo."))
    return redirect("alerts")


def _row(standing: StandingAlert, reader: int) -> AlertRow:
    alert, words = standing.alert, words_of(standing.alert)
    return AlertRow(
        number=alert.pk,
        at=_at(alert.at),
        sentence=words.sentence,
        advice=words.advice,
        clause=words.clause,
        account=alert.account.username,
        name=alert.account.display_name,
        unit=alert.account.unit.name,
        is_person=alert.account.kind == "person",
        own=alert.audience == "person" and alert.account_id == reader,
        open=standing.open,
        noted=[_noted(seen) for seen in standing.noted],
    )


def _noted(seen: AlertSeen) -> NotedRow:
    return NotedRow(seen.unit.name, seen.by.display_name or seen.by.username, _at(seen.at))


def _at(instant: int) -> datetime:
    return to_datetime(WallUs(instant))
