"""A duty screen's own pages: enrolled by a code, then the unit's live wall; its key renewed, its health told.

Laws: nobody signs in here: a code or the key says who comes, and a session begins with it. A browser without either, or
with a key that is worth nothing, sees the page for a code and learns nothing else. A wrong, used, expired or withdrawn
code gets one and the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from haidang.accounts.actions.terminal import (
    end_terminal_sessions,
    enrol_terminal,
    record_failed_enrolment,
    record_terminal_health,
    renew_terminal_key,
    show_terminal_key,
)
from haidang.accounts.authority import authority
from haidang.accounts.models import Terminal
from haidang.accounts.queries import grants_of, purposes_by_slug
from haidang.accounts.terminals import TerminalStanding
from haidang.cameras.entities import camera_resource
from haidang.cameras.queries import visible_cameras
from haidang.core.units import WallUs
from haidang.footage.queries import states
from haidang.host.clock import wall_clock
from haidang.web.arrival import counted_address, device_label
from haidang.web.code_guesses import guesses
from haidang.web.context import PageAccount
from haidang.web.forms.terminals import health_of
from haidang.web.present import CameraCard, SiteName, camera_card, purposes_of, site_name
from haidang.web.session import begin, end, login_of, set_viewer_cookie
from haidang.web.terminal_words import health_words

__all__ = ["terminal", "terminal_health", "terminal_key"]

KEY_COOKIE = "hd_terminal"
_KEY_LIFE_S = 400 * 86_400  # what browsers keep at most; each renewal begins it anew


@dataclass(frozen=True, slots=True)
class LiveWall:
    """A site's part of the wall."""

    site: SiteName
    cameras: list[CameraCard]
    purpose: str


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def terminal(request: HttpRequest) -> HttpResponse:
    """The wall of the screen that this browser is; else the page that takes a code."""
    now = wall_clock()
    if request.method == "POST":
        return _enrol(request, now)
    key = request.COOKIES.get(KEY_COOKIE, "")
    row = show_terminal_key(key, now=now) if key else None
    if row is None:
        login = login_of(request)
        if login is not None and login.account.kind == "terminal":
            end(request, now=now)  # a session whose browser has lost its key
        return _code_page(request, note=_("Thiết bị này chưa được đăng ký, hoặc đã bị thu hồi.") if key else "")
    login = login_of(request)
    if login is None or login.account_id != row.account_id:
        new = renew_terminal_key(row, key, now=now)
        end_terminal_sessions(row, now=now)
        return _begun(request, row, new, now)
    return _wall(request, row, now)


@require_POST
def terminal_key(request: HttpRequest) -> HttpResponse:
    """The next key, in its cookie; the one before holds until this one is shown."""
    now, key = wall_clock(), request.COOKIES.get(KEY_COOKIE, "")
    row = _shown(request, now)
    if row is None:
        return _not_ours()
    response = JsonResponse({"ok": True})
    new = renew_terminal_key(row, key, now=now)
    if new is not None:
        _set_key(response, new)
    return response


@require_POST
def terminal_health(request: HttpRequest) -> HttpResponse:
    """What the screen measured; answers with the clock, the cameras of its wall and what is poor, in words."""
    now = wall_clock()
    row = _shown(request, now)
    if row is None:
        return _not_ours()
    report = health_of(request, device_label(request.headers.get("User-Agent", "")))
    record_terminal_health(row, report, now=now)
    latest = row.health.first()
    words = health_words(TerminalStanding(row, latest, silent=False), now=now)
    return JsonResponse({"now": now // 1000, "cameras": _names(_walls(row, now)), "words": words})


def _enrol(request: HttpRequest, now: WallUs) -> HttpResponse:
    address, code = counted_address(request), request.POST.get("code", "")[:40]
    wait_us = guesses.wait_us(address, now=now)
    if wait_us:
        return _code_page(request, locked_for_s=wait_us // 1_000_000 + 1, status=429)
    enrolled = enrol_terminal(code, now=now)
    if enrolled is None:
        guesses.wrong(address, now=now)
        wait_us = guesses.wait_us(address, now=now)
        record_failed_enrolment(limited=bool(wait_us), now=now)
        if wait_us:
            return _code_page(request, locked_for_s=wait_us // 1_000_000 + 1, status=429)
        return _code_page(request, wrong=_("Mã không đúng, đã dùng hoặc đã hết hạn."))
    return _begun(request, enrolled.terminal, enrolled.key, now)


def _begun(request: HttpRequest, row: Terminal, key: str | None, now: WallUs) -> HttpResponse:
    """A session for the screen, whoever was signed in here before. The page comes with the next request, which the
    session guard then knows.
    """
    new = begin(request, row.account, now=now)
    response = redirect("terminal")
    set_viewer_cookie(response, new.viewer)
    if key is not None:
        _set_key(response, key)
    return response


def _shown(request: HttpRequest, now: WallUs) -> Terminal | None:
    """The screen that asks, if its key and its session are good and the same screen's."""
    key, login = request.COOKIES.get(KEY_COOKIE, ""), login_of(request)
    row = show_terminal_key(key, now=now) if key else None
    return row if row is not None and login is not None and login.account_id == row.account_id else None


def _not_ours() -> JsonResponse:
    return JsonResponse({"code": "unauthenticated"}, status=401)


def _code_page(
    request: HttpRequest, *, note: str = "", wrong: str = "", locked_for_s: int = 0, status: int = 200
) -> HttpResponse:
    context = {"note": note, "wrong": wrong, "locked_for_s": locked_for_s}
    return render(request, "web/terminal_enrol.html", context, status=status)


def _wall(request: HttpRequest, row: Terminal, now: WallUs) -> HttpResponse:
    walls, account = _walls(row, now), row.account
    context = {
        "terminal": row,
        # What the watermark says: the screen by the name that its unit gave it, and by the one of the audit log.
        "mark": PageAccount(f"{row.name} ({account.username})", row.name, account.unit.name, account.unit.slug),
        "unit": account.unit.name,
        "walls": walls,
        "cameras": _names(walls),
    }
    return render(request, "web/terminal.html", context)


def _walls(row: Terminal, now: WallUs) -> list[LiveWall]:
    """Where the unit may watch live, for the purpose of its grant, with each camera's state."""
    account, door = row.account, authority()
    grants, purposes = grants_of(account, now=now), purposes_by_slug()
    visible = visible_cameras(account, now=now, door=door)
    known = states([each.slug for each in visible], now=now)
    walls = []
    for site, group in groupby(visible, key=lambda each: each.site):
        purpose = next((each.slug for each in purposes_of(site.slug, "view_live", grants, purposes)), "")
        cameras = list(group)
        resources = [camera_resource(each) for each in cameras]
        allowed = door.allowed(account, "view_live", resources, now=now, purpose=purpose)
        cards = [camera_card(each, known) for each, may in zip(cameras, allowed, strict=True) if may]
        if cards:
            walls.append(LiveWall(site_name(site), cards, purpose))
    return walls


def _names(walls: list[LiveWall]) -> str:
    return " ".join(card.slug for wall in walls for card in wall.cameras)


def _set_key(response: HttpResponse, key: str) -> None:
    response.set_cookie(
        KEY_COOKIE, key, max_age=_KEY_LIFE_S, httponly=True, samesite="Strict", secure=settings.SESSION_COOKIE_SECURE,
        path="/man-hinh",
    )  # fmt: skip
