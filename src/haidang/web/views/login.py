"""Coming in and going out: login, logout, change of password, language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from haidang.accounts.actions import change_password
from haidang.accounts.models import Account
from haidang.core.errors import Denied
from haidang.host.clock import wall_clock
from haidang.web.forms.login import LoginForm, PasswordForm
from haidang.web.lockout import failed, password_seat
from haidang.web.session import begin, drop_cookies, end, login_of, set_viewer_cookie
from haidang.web.texts import ended_text

__all__ = ["choose_language", "login", "logout", "password"]


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Name and password. Says the same of a wrong name, a wrong password and a locked account."""
    form = LoginForm(request.POST if request.method == "POST" else None)
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    if request.method == "GET" and login_of(request) is not None:
        return redirect(_own_address(request, wanted))
    locked = False
    if request.method == "POST" and form.is_valid():
        username = form.cleaned_data["username"].strip().lower()
        account = _account_of(request, username, form.cleaned_data["password"])
        if account is not None:
            viewer = begin(request, account, now=wall_clock())
            response = redirect("password" if account.must_change_password else _own_address(request, wanted))
            set_viewer_cookie(response, viewer)
            return response
        locked = failed(request, username, now=wall_clock())
        form.add_error(None, _("Tài khoản hoặc mật khẩu không đúng, hoặc tài khoản đã bị khóa."))
    locked_for_s = int(settings.AXES_COOLOFF_TIME.total_seconds()) if locked else None
    context = {
        "form": form,
        "next": wanted,
        "locked_for_s": locked_for_s,
        "ended": ended_text(request.GET.get("ended", "")),
    }
    return render(request, "web/login.html", context, status=429 if locked else 200)


def _account_of(request: HttpRequest, username: str, password: str) -> Account | None:
    """The account, if the name and password are right, nobody has guessed too often and its unit is in being."""
    with password_seat():
        account = authenticate(request, username=username, password=password)
    return account if account is not None and account.unit.is_active else None


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    end(request, now=wall_clock())
    response = redirect("login")
    drop_cookies(response)
    return response


@sensitive_post_parameters("current", "new", "repeat")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change of the own password; every other session of the account ends.

    Guesses at the current one count as failed logins: a session left open is no way around the lock.
    """
    session = login_of(request)
    if session is None:
        raise Denied("couldn't change the password: log in first", code="unauthenticated")
    account = session.account
    form = PasswordForm(
        account,
        request.POST if request.method == "POST" else None,
        is_current=lambda typed: _account_of(request, account.username, typed) is not None,
    )
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    if request.method == "POST" and form.is_valid():
        change_password(account, form.cleaned_data["new"], keep_session=session.name, now=wall_clock())
        request.session.cycle_key()
        return redirect(_own_address(request, wanted))
    locked = form.has_error("current", "wrong_password") and failed(request, account.username, now=wall_clock())
    if locked:
        form.add_error("current", _("Đề nghị thử lại sau ít phút."))
    context = {
        "form": form,
        "forced": account.must_change_password,
        "rules": password_validators_help_texts(),
        "next": wanted,
    }
    return render(request, "web/password.html", context, status=429 if locked else 200)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie; unknown ones change nothing."""
    response = redirect(_own_address(request, str(request.POST.get("next") or "")))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    return response


def _own_address(request: HttpRequest, wanted: str) -> str:
    """The address to go on to, if it is one of ours."""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if ours and wanted.startswith("/") else reverse("wall")
