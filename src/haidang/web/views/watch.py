"""Watching: the wall of cameras that the account may see, and one camera with its day."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from haidang.accounts.authority import Authority, authority
from haidang.accounts.models import Account
from haidang.accounts.queries import grants_of, purposes_by_slug
from haidang.cameras.entities import camera_resource
from haidang.cameras.models import Camera
from haidang.cameras.queries import known_camera, visible_cameras
from haidang.core.errors import InvalidInput
from haidang.core.layout import check_stream
from haidang.core.units import VIETNAM, WallUs, to_datetime
from haidang.footage.holds import hold_decision
from haidang.footage.queries import StreamState, oldest_picture, states
from haidang.host.clock import wall_clock
from haidang.web.allowed import may
from haidang.web.api.holds import retention_days
from haidang.web.api.values import instant_of
from haidang.web.explain import refusal_of
from haidang.web.hold_words import kept_text
from haidang.web.present import CameraCard, PurposeChoice, Refusal, WallSite, camera_card, purposes_of, site_name
from haidang.web.session import credential_of

__all__ = ["camera", "home", "wall"]

_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?", re.ASCII)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The room that is the account's business: pictures, or what waits for its word, or who has which right."""
    credential, now = credential_of(request), wall_clock()
    if any("view_live" in grant.actions for grant in grants_of(credential.account, now=now)):
        return redirect("wall")
    if may(credential, "approve_policy", now=now):
        return redirect("changes")
    return redirect("rights" if may(credential, "view_rights", now=now) else "wall")


@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """Sites with their cameras and how each is doing."""
    account, now = credential_of(request).account, wall_clock()
    visible = visible_cameras(account, now=now)
    known = states([each.slug for each in visible], now=now)
    sites = [
        WallSite(site_name(site), [camera_card(each, known) for each in group])
        for site, group in groupby(visible, key=lambda each: each.site)
    ]
    cards = [card for site in sites for card in site.cameras]
    stats = {"cameras": len(cards), "down": sum(card.state.kind != "recording" for card in cards)}
    return render(request, "web/wall.html", {"sites": sites, "stats": stats})


@require_safe
def camera(request: HttpRequest, slug: str) -> HttpResponse:
    """One camera: live, and its day where playback is granted."""
    account, now, door = credential_of(request).account, wall_clock(), authority()
    found = known_camera(account, slug, now=now, door=door)
    visible = [each for each in visible_cameras(account, now=now, door=door) if each.site_id == found.site_id]
    known = states([each.slug for each in visible], now=now)
    grants, purposes = grants_of(account, now=now), purposes_by_slug()
    live = purposes_of(found.site.slug, "view_live", grants, purposes)
    playback = purposes_of(found.site.slug, "view_playback", grants, purposes)
    live_refusal = _refusal(door, account, found, "view_live", live, now)
    playback_refusal = _refusal(door, account, found, "view_playback", playback, now)
    initial_at = _initial_at(request.GET.get("t", ""), now)
    context = {
        "camera": camera_card(found, known),
        "site": site_name(found.site),
        "may_live": live_refusal is None,
        "may_playback": playback_refusal is None,
        "live_refusal": live_refusal,
        "playback_refusal": playback_refusal,
        "purposes": live,
        "neighbours": _neighbours(found, visible, known),
        "initial_at": initial_at,
        "initial_stream": _stream(request.GET.get("stream", ""), found),
        "may_hold": hold_decision(account, found.site.slug, found.slug, now=now, door=door)[1].allowed,
        "kept_text": kept_text(oldest_picture(found.slug, "main"), retention_days(found.site.slug, now), now),
        "day": (initial_at or to_datetime(now)).astimezone(VIETNAM).date().isoformat(),
    }
    return render(request, "web/camera.html", context)


def _neighbours(found: Camera, visible: list[Camera], known: dict[tuple[str, str], StreamState]) -> list[CameraCard]:
    return [camera_card(each, known) for each in visible if each.pk != found.pk]


def _refusal(  # noqa: PLR0917 - what the refusal is worded from
    door: Authority, account: Account, found: Camera, action: str, purposes: list[PurposeChoice], now: WallUs
) -> Refusal | None:
    """Why not, or None if it may (for one of its purposes at least)."""
    resource = camera_resource(found)
    decisions = [
        door.decide(account, action, resource, now=now, purpose=purpose)
        for purpose in [each.slug for each in purposes] or [""]
    ]
    if any(decision.allowed for decision in decisions):
        return None
    first = decisions[0]
    return Refusal(refusal_of(action, found.site.short, first), first.clause, first.code)


def _initial_at(text: str, now: WallUs) -> datetime | None:
    """Where playback opens: RFC 3339 or local time without a zone; nothing for anything else and for the future."""
    try:
        seconds = "" if text.count(":") > 1 else ":00"
        at = instant_of(f"{text}{seconds}+07:00" if _LOCAL.fullmatch(text) else text)
    except InvalidInput:
        return None
    return to_datetime(at) if at < now else None


def _stream(text: str, found: Camera) -> str:
    try:
        stream = check_stream(text)
    except InvalidInput:
        return "main"
    return stream if stream == "main" or found.sub_url else "main"
