"""From the first step of a sign-in on, for every way in: the second step where the account has one, then the session.

Law: who has shown a password (or a paper of an agency's own sign-in) gets a session here and nowhere else.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from haidang.accounts.models import Account
from haidang.accounts.queries import factors_of
from haidang.core.units import WallUs
from haidang.web.arrival import arrival_of, set_device_cookie
from haidang.web.second_step import begin_half
from haidang.web.session import begin, drop_cookies, set_viewer_cookie

__all__ = ["first_step_done", "own_address", "signed_in"]


def first_step_done(request: HttpRequest, account: Account, *, wanted: str, now: WallUs) -> HttpResponse:
    """On to the second step if the account has one, else in. The caller knows that the account may sign in."""
    if not factors_of(account):
        return signed_in(request, account, wanted=wanted, now=now)
    begin_half(request, account, wanted=wanted, now=now)
    response = redirect("second_factor")
    drop_cookies(response)
    return response


def signed_in(
    request: HttpRequest, account: Account, *, wanted: str, now: WallUs, second_factor: str = ""
) -> HttpResponse:  # fmt: skip
    """Begin the session; the guard holds it at what gates are left."""
    new = begin(request, account, now=now, arrival=arrival_of(request), second_factor=second_factor)
    response = redirect("password" if account.must_change_password else own_address(request, wanted))
    set_viewer_cookie(response, new.viewer)
    set_device_cookie(response, new.device)
    return response


def own_address(request: HttpRequest, wanted: str) -> str:
    """The address to go on to, if it is one of ours."""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if ours and wanted.startswith("/") else reverse("home")
