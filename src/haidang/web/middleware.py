"""What every request passes: language, the gateway's origin in the CSP, the session's life, refusals as pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from haidang.accounts.actions import end_session, touch_session
from haidang.accounts.authority import vietnam_day
from haidang.accounts.entities import may_sign_in
from haidang.accounts.models import LoginSession
from haidang.accounts.queries import live_session
from haidang.core.errors import HaidangError
from haidang.host.clock import wall_clock
from haidang.web.gates import GATE_PAGES, gate_before, gate_page
from haidang.web.gateway_address import gateway_sources_of
from haidang.web.second_step import StepUpNeeded
from haidang.web.session import (
    SESSION_KEY,
    VIEWER_COOKIE,
    Gate,
    drop_cookies,
    host_settings,
    put_gate,
    put_login,
)
from haidang.web.terminal_gate import is_terminal_page, terminal_gate
from haidang.web.views.errors import error_page

Next = Callable[[HttpRequest], HttpResponse]

API = "/api/"
_TOUCH_EVERY_US = 60 * 1_000_000


def language(get_response: Next) -> Next:
    """Pages are Vietnamese unless the person switched; API texts follow Accept-Language where no one did."""

    def answer(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in dict(settings.LANGUAGES):
            is_api = request.path.startswith(API) and "Accept-Language" in request.headers
            chosen = translation.get_language_from_request(request) if is_api else settings.LANGUAGE_CODE
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response

    return answer


def gateway_sources(get_response: Next) -> Next:
    """Allow pages to reach the gateway, and no other origin than it and ourselves; keep pages out of caches."""

    def answer(request: HttpRequest) -> HttpResponse:
        http, websocket = gateway_sources_of(request)
        allowed = csp_update({"media-src": [http], "connect-src": [http, websocket]})
        response = cast("HttpResponse", allowed(get_response)(request))
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def session_guard(get_response: Next) -> Next:
    """Let a login through while it is good and its account may sign in; hold it at the gate before which it stands.

    The API's paths get the login too; its door (``api.door``) decides there and answers with problems.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        name = request.session.get(SESSION_KEY, "")
        if not name:
            # Django forgets a session at its end; the viewer cookie still tells that there was one.
            return _ended(request, name, get_response) if request.COOKIES.get(VIEWER_COOKIE) else get_response(request)
        now = wall_clock()
        login = live_session(name, now=now, idle_s=host_settings().web.session_idle_s)
        if login is None:
            return _ended(request, name, get_response)
        if not may_sign_in(login.account, vietnam_day(now)):
            end_session(login, reason="account_over", actor="", now=now)
            return _ended(request, name, get_response)
        put_login(request, login)
        refused = terminal_gate(request, login)
        if refused is not None:
            return refused
        if now - login.seen_at > _TOUCH_EVERY_US:
            touch_session(login, now=now)
            login.seen_at = now
            request.session.modified = True  # its cookie and row get their new end
        gate = gate_before(login, now=now)
        put_gate(request, gate)
        return get_response(request) if not gate or _opens(request, gate) else redirect(gate_page(login, gate))

    return answer


def _opens(request: HttpRequest, gate: Gate) -> bool:
    """Whether the path is one of the gate's own, or answers for itself."""
    own = [reverse(name) for name in (*GATE_PAGES[gate], "logout", "language")]
    inside = any(request.path == path or request.path.startswith(f"{path}/") for path in own)
    return inside or request.path.startswith((API, settings.STATIC_URL))


def _ended(request: HttpRequest, name: str, get_response: Next) -> HttpResponse:
    """The login is over: forget it and say why on the way to a new one. The API answers 401 and forgets nothing yet,
    so that the page which then loads can say it.
    """
    if request.path.startswith(API):
        return get_response(request)
    reason = LoginSession.objects.filter(name=name).values_list("end_reason", flat=True).first() or "idle"
    auth.logout(request)
    if request.path == reverse("login") or is_terminal_page(request):
        response = get_response(request)
    else:
        wanted = request.get_full_path() if request.method == "GET" else ""
        query = {"ended": reason, **({"next": wanted} if wanted else {})}
        response = redirect(f"{reverse('login')}?{urlencode(query)}")
    if VIEWER_COOKIE not in response.cookies:
        drop_cookies(response)
    return response


class Refusals:
    """Our errors as pages; the API turns its own into problems before they come here."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """None leaves the exception to Django: a 500 with its traceback in the log."""
        if isinstance(exception, StepUpNeeded):
            wanted = request.get_full_path() if request.method == "GET" else reverse("factors")
            return redirect(f"{reverse('second_factor')}?{urlencode({'next': wanted})}")
        return error_page(request, exception) if isinstance(exception, HaidangError) else None
