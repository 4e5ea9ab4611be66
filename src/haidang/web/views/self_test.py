"""The self-test (I.1.b-2): measures the line, the clock and the decoder of who asks, and says why a picture is poor.

Laws: for whoever is signed in, terminals included; what is measured stays in the browser, nothing of it is kept here.
Downloads are bounded by size, time, account and number at once (``byte_budget``).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from haidang.accounts.authority import authority
from haidang.accounts.models import Account
from haidang.accounts.queries import grants_of, purposes_by_slug
from haidang.cameras.entities import camera_resource
from haidang.cameras.models import Camera
from haidang.cameras.queries import visible_cameras
from haidang.core.units import WallUs
from haidang.footage.bit_rates import bit_rate_kbps
from haidang.footage.queries import states
from haidang.host.clock import wall_clock
from haidang.web.byte_budget import ByteBudget, Seats
from haidang.web.gateway_address import gateway_base
from haidang.web.present import camera_card, purposes_of, streams_of
from haidang.web.session import credential_of

__all__ = ["self_test", "self_test_bytes", "self_test_pulse"]

_LEAST_KIB, _MOST_KIB = 16, 4096
_budget, _seats = ByteBudget(), Seats()


@require_safe
def self_test(request: HttpRequest) -> HttpResponse:
    """The page; its script measures and judges."""
    account, now = credential_of(request).account, wall_clock()
    watched = _live_cameras(account, now)
    chosen, purpose = _healthiest(watched, now) if watched else (None, "")
    context = {
        "camera": None if chosen is None else camera_card(chosen, states([chosen.slug], now=now)),
        "purpose": purpose,
        "tiles": len(watched),
        "streams": [] if chosen is None else streams_of(chosen),
        "main_kbps": None if chosen is None else bit_rate_kbps(chosen.slug, "main", now=now),
        "sub_kbps": None if chosen is None else bit_rate_kbps(chosen.slug, "sub", now=now),
        "gateway": f"{gateway_base(request)}/healthz",
        "is_terminal": account.kind == "terminal",
    }
    return render(request, "web/self_test.html", context)


@require_safe
def self_test_pulse(request: HttpRequest) -> HttpResponse:
    """The server's clock in milliseconds: for the round trip and the offset."""
    credential_of(request)
    return JsonResponse({"now": wall_clock() // 1000})


@require_safe
def self_test_bytes(request: HttpRequest) -> HttpResponseBase:
    """``?kib=``: so many bytes that cannot be compressed. 429: too many lately; 503: others are measuring."""
    account = credential_of(request).account
    text = request.GET.get("kib", "")
    kib = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not _LEAST_KIB <= kib <= _MOST_KIB:
        return JsonResponse({"code": "invalid_input"}, status=422)
    pieces = _seats.stream(kib * 1024)
    if pieces is None:
        return JsonResponse({"code": "busy"}, status=503)
    if not _budget.take(account.username, kib * 1024, now=wall_clock()):
        pieces.close()
        return JsonResponse({"code": "too_many"}, status=429)
    response = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    response.headers["Cache-Control"] = "no-store, no-transform"
    return response


def _live_cameras(account: Account, now: WallUs) -> list[tuple[Camera, str]]:
    """The cameras that the account may watch live, each with a purpose."""
    door, grants, purposes = authority(), grants_of(account, now=now), purposes_by_slug()
    found = []
    for each in visible_cameras(account, now=now, door=door):
        purpose = next((one.slug for one in purposes_of(each.site.slug, "view_live", grants, purposes)), "")
        if door.decide(account, "view_live", camera_resource(each), now=now, purpose=purpose).allowed:
            found.append((each, purpose))
    return found


def _healthiest(watched: list[tuple[Camera, str]], now: WallUs) -> tuple[Camera, str]:
    """One that is being recorded now, so that a dead camera is not taken for a poor line."""
    known = states([camera.slug for camera, _purpose in watched], now=now)
    for camera, purpose in watched:
        state = known.get((camera.slug, "main"))
        if state is not None and state.kind == "recording":
            return camera, purpose
    return watched[0]
