"""People (docs/design/rights.md section 5): who has an account, how it stands, what waits for whom; forms for paper.

Laws: the operator and whoever sees rights read all units' people, a unit's manager the own; for everybody else an
account is as absent as one that never was. A manager also sees the account that waits to come to the own unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from haidang.accounts.actions import ask_account
from haidang.accounts.authority import SYSTEM, unit_resource, vietnam_day
from haidang.accounts.entities import in_being, may_sign_in
from haidang.accounts.models import Account, Unit
from haidang.accounts.people import (
    PersonLine,
    concerned,
    focal_person_of,
    person_named,
    requests_of,
    requests_waiting,
    standing_of,
    unit_named,
    watches_over,
)
from haidang.accounts.people import (
    people as people_lines,
)
from haidang.accounts.queries import tokens_of
from haidang.core.errors import Conflict, InvalidInput, NotFound
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.web.allowed import may, may_manage, require, require_any
from haidang.web.folding import matches
from haidang.web.forms.people import AskAccountForm, AskForm, ExpiryForm, FocalForm, ReasonForm
from haidang.web.people_rows import events_of, facts_of, person_row, request_row
from haidang.web.people_words import held_text, problem_text, standing_text
from haidang.web.rights_tabs import tabs_of
from haidang.web.session import credential_of

__all__ = ["Reader", "people", "people_page", "person", "person_new", "person_page", "reader_of", "seen"]

#: In the address: each key with whom it shows.
_STATES = {
    "dang-hoat-dong": "active",
    "cho-xac-nhan": "waiting",
    "da-khoa": "locked",
    "het-han": "expired",
    "don-vi-het-hieu-luc": "unit_over",
    "chua-dung": "unused",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: ``asks`` is the operator's right; ``unit`` limits what is seen (None: all)."""

    account: Account
    asks: bool
    manages: bool
    unit: Unit | None

    def narrows(self, account: Account) -> bool:
        """Whether it may lock the account, end it on a day, sign it out."""
        return account.pk != self.account.pk and (self.alone(account) or (self.asks and not watches_over(account.unit)))

    def alone(self, account: Account) -> bool:
        """Whether it may give the account back what it had, without a second person."""
        return self.manages and account.unit_id == self.account.unit_id and account.pk != self.account.pk

    def changes(self, unit: Unit) -> bool:
        """Whether the unit's own switches are its business."""
        return self.manages and unit.pk == self.account.unit_id


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of the list: a link that applies it, and how many it would show."""

    label: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A password, shown once to who confirmed."""

    username: str
    name: str
    password: str


def reader_of(request: HttpRequest, now: WallUs) -> Reader:
    """Who asks, if people are its business at all."""
    credential = credential_of(request)
    own = credential.account.unit
    asked = (("manage_accounts", SYSTEM), ("view_rights", SYSTEM), ("manage_unit", unit_resource(own)))
    account = require_any(request, asked, now=now)
    asks = may(credential, "manage_accounts", now=now)
    sees_all = asks or may(credential, "view_rights", now=now)
    return Reader(account, asks, may_manage(credential, own, now=now), None if sees_all else own)


def seen(reader: Reader, username: str) -> Account:
    """The account, if the reader may know of it."""
    account = person_named(username)
    own = reader.unit
    if own is None or account.unit_id == own.pk:
        return account
    if not any(each.state == "waiting" and concerned(each).pk == own.pk for each in requests_of(account)):
        raise NotFound("couldn't find the account", code="unknown_account")
    return account


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    now = wall_clock()
    return people_page(request, reader_of(request, now), now)


def people_page(
    request: HttpRequest, reader: Reader, now: WallUs, *, focal: FocalForm | None = None, problem: str = "",
    unit: Unit | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The list; ``unit`` in the place of the address's."""
    asked = {name: request.GET.get(name, "").strip() for name in ("don-vi", "trang-thai", "tim")}
    units = list(Unit.objects.order_by("pk")) if reader.unit is None else [reader.unit]
    unit = unit or reader.unit or next((each for each in units if each.slug == asked["don-vi"]), None)
    lines = [line for line in people_lines(now=now, unit=unit) if matches(asked["tim"], _texts(line.account))]
    shown = [line for line in lines if _fits(line, _STATES.get(asked["trang-thai"], ""))]
    waiting = [request_row(each, reader.account, asks=reader.asks, now=now) for each in requests_waiting(unit)]
    context = {
        "rights_tabs": tabs_of(request, "people"),
        "rows": [person_row(line) for line in shown],
        "choices": _choices(lines, asked),
        "asked": asked["tim"],
        "state": asked["trang-thai"],
        "units": units if reader.unit is None else [],
        "unit": unit,
        "waiting": sorted(waiting, key=lambda row: not row.may_confirm),
        "asks": reader.asks,
        "filtered": any(asked.values()),
        "problem": problem,
        **_unit_context(reader, unit, focal),
    }
    return render(request, "web/people.html", context, status=status)


def _unit_context(reader: Reader, unit: Unit | None, form: FocalForm | None) -> dict[str, Any]:
    """The unit's own switches, where one unit is in view."""
    if unit is None:
        return {"changes_unit": False, "focal": None, "focal_form": None}
    may_name = unit.focal_required and (reader.asks or reader.changes(unit))
    return {
        "changes_unit": reader.changes(unit),
        "focal": focal_person_of(unit),
        "focal_form": (form or FocalForm()) if may_name else None,
        "focal_wrong": form is not None,
    }


def _texts(account: Account) -> tuple[str, ...]:
    unit = account.unit
    return (
        account.username.replace("-", " "),
        account.username,
        account.display_name,
        account.position,
        unit.name,
        *unit.aliases,
    )


def _fits(line: PersonLine, state: str) -> bool:
    return not state or (line.unused if state == "unused" else line.standing == state)


def _choices(lines: list[PersonLine], asked: dict[str, str]) -> list[Choice]:
    """Every filter that shows something, and the one in use."""
    labels = {key: standing_text(state) for key, state in _STATES.items()}
    labels["chua-dung"] = _("chưa dùng 90 ngày")
    found = []
    for key, label in {"": _("tất cả"), **labels}.items():
        count = sum(_fits(line, _STATES.get(key, "")) for line in lines)
        current = asked["trang-thai"] == key
        if count or current or not key:
            query = {name: value for name, value in {**asked, "trang-thai": key}.items() if value}
            found.append(Choice(label, count, reverse("people") + (f"?{urlencode(query)}" if query else ""), current))
    return found


@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """The operator asks for an account; it waits for the unit's manager."""
    now = wall_clock()
    account = require(request, "manage_accounts", now=now)
    today = vietnam_day(now)
    units = [unit for unit in Unit.objects.order_by("pk") if in_being(unit, today)]
    initial = {"unit": request.GET.get("don-vi", "")}
    form = AskAccountForm(units, request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        facts = {name: data[name] for name in ("document", "display_name", "position", "phone", "email", "manager")}
        try:
            asked = ask_account(
                data["username"], unit_named(data["unit"]), by=account, expires_on=data["expires_on"], now=now, **facts
            )
        except (Conflict, InvalidInput) as error:
            fields = {"account_exists": "username", "invalid_slug": "username", "expiry_past": "expires_on"}
            form.add_error(fields.get(error.code), problem_text(error.code))
        else:
            return redirect("person", username=asked.account.username)
    if form.errors:
        status = 422
    context = {"rights_tabs": tabs_of(request, "people"), "form": form}
    return render(request, "web/person_new.html", context, status=status)


@require_safe
def person(request: HttpRequest, username: str) -> HttpResponse:
    now = wall_clock()
    reader = reader_of(request, now)
    return person_page(request, reader, seen(reader, username), now)


def person_page(
    request: HttpRequest, reader: Reader, account: Account, now: WallUs, *, drawn: str = "", problem: str = "",
    ask: AskForm | None = None, opened: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The record of one account. ``opened``: the verb whose form was wrong."""
    line = next(line for line in people_lines(now=now, unit=account.unit) if line.account.pk == account.pk)
    kinds = kinds_for(line.account, now) if reader.asks and account.pk != reader.account.pk else []
    waiting = [each for each in requests_of(account) if each.state == "waiting"]
    narrows, alone = reader.narrows(account), reader.alone(account)
    operator = Unit.objects.filter(role="operator").order_by("pk").first()
    context = {
        "rights_tabs": tabs_of(request, "people"),
        "person": facts_of(line),
        "events": events_of(account),
        "waiting": [request_row(each, reader.account, asks=reader.asks, now=now) for each in waiting],
        "ask_form": ask or (AskForm(account, kinds, Unit.objects.order_by("pk")) if kinds else None),
        "may_lock": narrows and line.standing in ("active", "expired", "unit_over"),
        "may_expire": narrows and line.standing == "active",
        "may_sign_out": narrows and line.account.login_sessions.filter(ended_at=None).exists(),
        "may_end_tokens": narrows and bool(tokens_of(line.account, now=now)),
        "may_unmake": narrows and line.account.is_manager and line.standing != "waiting",
        "last_manager": line.account.is_manager and _manages_alone(line.account, now),
        "may_reset": alone and line.standing == "active",
        "may_unlock": alone and line.standing == "locked",
        "own": account.pk == reader.account.pk,
        "held": "" if narrows or operator is None else held_text(account.unit, operator.name),
        "drawn": Drawn(account.username, account.display_name, drawn) if drawn else None,
        "problem": problem,
        "opened": opened,
        "reason_form": ReasonForm(),
        "expiry_form": ExpiryForm(),
    }
    return render(request, "web/person.html", context, status=status)


def _manages_alone(account: Account, now: WallUs) -> bool:
    """Whether the unit would have nobody left to confirm, review and enrol."""
    others = Account.objects.filter(unit=account.unit, is_manager=True, kind="person").exclude(pk=account.pk)
    return not any(may_sign_in(other, vietnam_day(now)) for other in others)


def kinds_for(account: Account, now: WallUs) -> list[str]:
    """What may be asked for, as the account stands."""
    standing = standing_of(account, vietnam_day(now))
    if standing in ("locked", "expired"):
        return ["unlock"]
    if standing == "unit_over":
        return ["transfer"]
    if standing != "active":
        return []
    return ["reset", "factors", "transfer", *([] if account.is_manager else ["make_manager"])]
