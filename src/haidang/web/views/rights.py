"""Phân quyền, reading: the hub, the matrix of a day, a unit's sheet, who has a right, the open points.

Laws: whoever is signed in in person sees the own unit and the units that share a site with it, on those sites (II.8:
they work together); the whole is for who may see or decide rights. A unit that the account may not open is as absent
as one that never was. Nothing here writes.
"""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from haidang.accounts.authority import SYSTEM, authority
from haidang.accounts.policies import notice_in_force
from haidang.accounts.queries import Credential
from haidang.core.errors import NotFound
from haidang.core.policy import APPROVAL_ACTIONS, SITE_ACTIONS, SYSTEM_ACTIONS, Notice, Unit
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.web.allowed import may, require, require_any
from haidang.web.folding import matches
from haidang.web.open_points import open_points_of
from haidang.web.rights_day import Reading, other_reading_query, reading_of
from haidang.web.rights_matrix import MatrixRow, bans, matrix_of, sites_of
from haidang.web.rights_places import places, places_called
from haidang.web.rights_tabs import tabs_of
from haidang.web.session import credential_of
from haidang.web.texts import action_name
from haidang.web.unit_sheets import sheet_of
from haidang.web.who_rows import WhoRow, rows_of

__all__ = ["matrix", "open_points", "rights", "unit_sheet", "who"]

#: Any of these sees every unit's rights.
_SEES_ALL = ("view_rights", "propose_policy", "approve_policy")


@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """To the first part that the account may open."""
    _person(request)
    return redirect(tabs_of(request, "")[0].url)


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    credential, now = _person(request), wall_clock()
    reading, asked = reading_of(request, now), request.GET.get("tim", "").strip()
    context = _day_context(request, reading) | {"rights_tabs": tabs_of(request, "matrix"), "asked": asked}
    if reading.notice is not None:
        context |= _matrix_context(credential, reading.notice, reading, asked, now)
    return render(request, "web/matrix.html", context)


@require_safe
def unit_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    credential, now = _person(request), wall_clock()
    own = credential.account.unit.slug == slug
    reading = reading_of(request, now)
    unit = None if reading.notice is None else _unit(reading.notice, slug)
    if reading.notice is None or unit is None or not (own or may(credential, "view_rights", now=now)):
        raise NotFound("couldn't find the unit", code="not_found")
    context = _day_context(request, reading) | {
        "rights_tabs": tabs_of(request, "matrix"),
        "sheet": sheet_of(reading.notice, reading.door, unit, reading.on),
        "document": reading.notice.document,
    }
    return render(request, "web/unit_sheet.html", context)


@require_safe
def who(request: HttpRequest) -> HttpResponse:
    """One question: who has this right here on that day."""
    now = wall_clock()
    require(request, "view_rights", now=now)
    reading = reading_of(request, now)
    asked, action = request.GET.get("noi", "").strip(), request.GET.get("viec", "view_live")
    known = [] if reading.notice is None else places(reading.notice)
    found = places_called(asked, known)
    place = found[0] if len(found) == 1 else None
    rows: list[WhoRow] | None = None
    known_action = action in (*SITE_ACTIONS, *SYSTEM_ACTIONS)
    if place is not None and reading.notice is not None and action in place.actions and not reading.misread:
        rows = rows_of(place.resource, action, reading.on, reading.door, reading.notice)
    context = _day_context(request, reading) | {
        "rights_tabs": tabs_of(request, "who"),
        "asked": asked,
        "action": action,
        "action_name": action_name(action) if known_action else "",
        "misnamed": "" if known_action else action[:40],
        "needs_approval": action in APPROVAL_ACTIONS,
        "site_actions": [(each, action_name(each)) for each in SITE_ACTIONS],
        "system_actions": [(each, action_name(each)) for each in SYSTEM_ACTIONS],
        "places": [each.name for each in known],
        "candidates": [each.name for each in found] if place is None else [],
        "place": place.name if place is not None else "",
        "misfit": place is not None and action not in place.actions,
        "rows": rows,
        "people": sum(len(row.people) for row in rows or []),
    }
    return render(request, "web/who.html", context)


@require_safe
def open_points(request: HttpRequest) -> HttpResponse:
    now = wall_clock()
    require_any(request, tuple((action, SYSTEM) for action in _SEES_ALL), now=now)
    reading = reading_of(request, now)
    context = _day_context(request, reading) | {
        "rights_tabs": tabs_of(request, "open_points"),
        "points": None if reading.notice is None else open_points_of(reading.notice, reading.on),
    }
    return render(request, "web/open_points.html", context)


def _person(request: HttpRequest) -> Credential:
    """Who asks; a duty screen shows pictures to whoever stands before it, and no rights."""
    credential = credential_of(request)
    if credential.account.kind == "terminal":
        raise NotFound("couldn't find the page: a terminal only watches", code="not_found")
    return credential


def _day_context(request: HttpRequest, reading: Reading) -> dict[str, object]:
    return {
        "reading": reading,
        "in_force_url": other_reading_query(request, then=False),
        "then_url": other_reading_query(request, then=True),
    }


def _matrix_context(
    credential: Credential, notice: Notice, reading: Reading, asked: str, now: WallUs
) -> dict[str, object]:
    own, every = credential.account.unit.slug, [unit.slug for unit in notice.units]
    sees_all = any(may(credential, action, now=now) for action in _SEES_ALL)
    sites = {site.slug for site in notice.sites} if sees_all else _own_sites(own, notice, reading)
    sheets = every if may(credential, "view_rights", now=now) else [own]
    shown = matrix_of(notice, reading.door, reading.on, sites=sites, units=every, sheets=sheets)
    rows = shown.rows
    if not sees_all:
        rows = [row if row.slug == own else replace(row, system=[]) for row in rows if _shares(row, own)]
    units = {unit.slug: unit for unit in notice.units}
    forbidden = bans(notice, reading.door, reading.on)
    found = [row for row in rows if matches(asked, _words(row, units[row.slug]))]
    return {
        "matrix": replace(shown, rows=found),
        "sees_all": sees_all,
        "has_system": any(row.system for row in found),
        "counts": {"rows": len(found), "of": len(rows)},
        "bans_always": [ban for ban in forbidden if not ban.until_approved],
        "bans_until_approved": [ban for ban in forbidden if ban.until_approved],
        "document": notice.document,
    }


def _own_sites(own: str, notice: Notice, reading: Reading) -> set[str]:
    """Where the unit works now, and where it did on that day."""
    current = notice_in_force()
    now = set() if current is None else sites_of(current, authority(), own, reading.today)
    return now | sites_of(notice, reading.door, own, reading.on)


def _shares(row: MatrixRow, own: str) -> bool:
    return row.slug == own or any(cell.rights for cell in row.cells)


def _words(row: MatrixRow, unit: Unit) -> tuple[str, ...]:
    former = tuple(each.name for each in unit.names)
    return (row.name, unit.name_en, unit.slug, row.parent, row.role_name, *unit.aliases, *former)


def _unit(notice: Notice, slug: str) -> Unit | None:
    return next((unit for unit in notice.units if unit.slug == slug), None)
