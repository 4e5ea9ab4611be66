"""Lưu giữ: the holds of the sites where the account may place them, one hold with its verbs, and how long all is kept.

Laws: the actions ask the one door for each act; these pages only offer what it would let pass. A hold of another site
is as absent as one that never was. No page here shows a picture.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from haidang.accounts.authority import authority, vietnam_day
from haidang.accounts.policies import notice_in_force
from haidang.cameras.models import Camera
from haidang.cameras.queries import sites, visible_cameras
from haidang.core.errors import Conflict, Denied, HaidangError, InvalidInput
from haidang.core.units import VIETNAM, WallUs, to_datetime
from haidang.footage.actions import extend_hold, place_hold, release_hold
from haidang.footage.holds import hold_numbered, hold_resource, holdable_sites, holds_of_sites, unit_hours
from haidang.footage.models import Hold
from haidang.host.clock import wall_clock
from haidang.web.allowed import require
from haidang.web.api.values import instant_of
from haidang.web.errors import status_of
from haidang.web.forms.fields import DayField
from haidang.web.forms.holds import HOLD_DAYS, PlaceHoldForm, end_of_day
from haidang.web.hold_rows import hold_rows, kept_of, retention_rows
from haidang.web.hold_words import problem_of
from haidang.web.rights_tabs import tabs_of
from haidang.web.said import say
from haidang.web.session import credential_of, host_settings

__all__ = ["hold", "hold_extend", "hold_new", "hold_release", "holds", "retention"]

_STATES = ("dang-giu", "da-het", "tat-ca")


@require_safe
def holds(request: HttpRequest) -> HttpResponse:
    """The list; ``?tinh-trang=`` and ``?khu-vuc=`` filter."""
    now = wall_clock()
    slugs = _sites(request, now)
    state, site = request.GET.get("tinh-trang", "dang-giu"), request.GET.get("khu-vuc", "")
    state, site = state if state in _STATES else "dang-giu", site if site in slugs else ""
    every = holds_of_sites([site] if site else slugs, now=now)
    in_force = [each for each in every if each.in_force(now)]
    shown = {"dang-giu": in_force, "da-het": [each for each in every if not each.in_force(now)], "tat-ca": every}
    unit = credential_of(request).account.unit
    context = {
        "rows": hold_rows(shown[state], now=now),
        "state": state,
        "counts": {"in_force": len(in_force), "ended": len(every) - len(in_force), "all": len(every)},
        "site": site,
        "sites": [each for each in sites() if each.slug in slugs],
        "hours": {"held": round(unit_hours(unit.slug, now=now), 1), "limit": _quota()},
    }
    return render(request, "web/holds.html", context)


@require_http_methods(["GET", "POST"])
def hold_new(request: HttpRequest) -> HttpResponse:
    """The form; ``?camera=``, ``?tu=`` and ``?den=`` fill it. A POST places the hold."""
    now = wall_clock()
    account = credential_of(request).account
    slugs = _sites(request, now)
    cameras = [each for each in visible_cameras(account, now=now) if each.site.slug in slugs]
    if request.method == "GET":
        return _form(request, PlaceHoldForm(cameras=cameras, initial=_initial(request, cameras, now)))
    form = PlaceHoldForm(request.POST, cameras=cameras)
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        placed = place_hold(form.facts, by=account, quota_hours=_quota(), now=now)
    except (Conflict, InvalidInput) as error:
        return _form(request, form, problem=problem_of(error.code), status=status_of(error))
    say(request, _("Đã lưu giữ: phần hình này không hết hạn cho đến khi đề nghị kết thúc."))
    return redirect("hold", number=placed.pk)


@require_safe
def hold(request: HttpRequest, number: int) -> HttpResponse:
    now = wall_clock()
    return _page(request, hold_numbered(number, _sites(request, now)), now)


@require_POST
def hold_extend(request: HttpRequest, number: int) -> HttpResponse:
    now = wall_clock()
    found = hold_numbered(number, _sites(request, now))
    day = DayField(required=False).to_python(request.POST.get("until", ""))
    try:
        until = end_of_day(day) if day is not None else WallUs(0)
        extend_hold(found, until=until, by=credential_of(request).account, now=now)
    except (Conflict, InvalidInput) as error:
        return _refused(request, found, now, error)
    say(request, _("Đã gia hạn lưu giữ."))
    return redirect("hold", number=number)


@require_POST
def hold_release(request: HttpRequest, number: int) -> HttpResponse:
    now = wall_clock()
    found = hold_numbered(number, _sites(request, now))
    try:
        release_hold(found, reason=request.POST.get("reason", ""), by=credential_of(request).account, now=now)
    except (Conflict, Denied, InvalidInput) as error:
        return _refused(request, found, now, error)
    say(request, _("Đã kết thúc lưu giữ; phần hình này hết hạn theo thời hạn lưu trữ."))
    return redirect("hold", number=number)


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """How long each site's recordings are kept, by which document: for whoever may see rights."""
    now = wall_clock()
    require(request, "view_rights", now=now)
    notice = notice_in_force()
    context = {
        "rights_tabs": tabs_of(request, "retention"),
        "rows": None if notice is None else retention_rows(notice, vietnam_day(now)),
    }
    return render(request, "web/retention.html", context)


def _sites(request: HttpRequest, now: WallUs) -> list[str]:
    """Where the account may place holds; who may nowhere is refused, with an entry."""
    slugs = holdable_sites(credential_of(request).account, now=now, door=authority())
    if not slugs:
        first = next((each.slug for each in sites()), "-")
        require(request, "place_hold", now=now, resource=hold_resource(first, ""))
    return slugs


def _quota() -> int:
    return host_settings().retention.hold_hours_per_unit


def _initial(request: HttpRequest, cameras: list[Camera], now: WallUs) -> dict[str, Any]:
    """From the address, for the minutes that somebody is looking at; else the last ten."""
    asked = request.GET.get("camera", "")
    known = {camera.slug for camera in cameras}
    return {
        "camera": asked if asked in known else "",
        "from_at": _moment(request.GET.get("tu", ""), WallUs(now - 600_000_000)),
        "to_at": _moment(request.GET.get("den", ""), now),
        "until": vietnam_day(now) + timedelta(days=HOLD_DAYS),
    }


def _moment(text: str, otherwise: WallUs) -> datetime:
    try:
        at = instant_of(text)
    except InvalidInput:
        at = otherwise
    return to_datetime(at).astimezone(VIETNAM).replace(microsecond=0)


def _form(request: HttpRequest, form: PlaceHoldForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    return render(request, "web/hold_new.html", {"form": form, "problem": problem}, status=status)


def _refused(request: HttpRequest, found: Hold, now: WallUs, error: HaidangError) -> HttpResponse:
    """The page again with why not."""
    problem = problem_of(error.code)
    if not problem:
        raise error
    return _page(request, found, now, problem=problem, status=status_of(error))


def _page(request: HttpRequest, found: Hold, now: WallUs, *, problem: str = "", status: int = 200) -> HttpResponse:
    account = credential_of(request).account
    row = hold_rows([found], now=now)[0]
    context = {
        "hold": row,
        "kept": kept_of(found, now=now),
        "may_release": row.in_force and found.placed_by_id != account.pk,
        "own": found.placed_by_id == account.pk,
        "longer": vietnam_day(WallUs(found.until - 1)) + timedelta(days=30),
        "problem": problem,
    }
    return render(request, "web/hold.html", context, status=status)
