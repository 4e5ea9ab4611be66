"""Coming in and going out: login, logout, change of password, the pledge, language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from haidang.accounts.actions import accept_pledge, change_password
from haidang.accounts.authority import vietnam_day
from haidang.accounts.entities import may_sign_in
from haidang.accounts.models import Account
from haidang.accounts.passwords import PASSWORD_MAX_AGE, is_outworn, was_used_before
from haidang.core.errors import Denied
from haidang.host.clock import wall_clock
from haidang.web.forms.login import LoginForm, PasswordForm
from haidang.web.lockout import failed, password_seat
from haidang.web.organisation_texts import organisations
from haidang.web.session import drop_cookies, end, login_of
from haidang.web.sign_in import first_step_done, own_address
from haidang.web.texts import ended_text

__all__ = ["choose_language", "login", "logout", "password", "pledge"]


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Name and password, the first step. Says the same of a wrong name, a wrong password and a locked account."""
    form = LoginForm(request.POST if request.method == "POST" else None)
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    if request.method == "GET" and login_of(request) is not None:
        return redirect(own_address(request, wanted))
    locked = False
    if request.method == "POST" and form.is_valid():
        username = form.cleaned_data["username"].strip().lower()
        account = _account_of(request, username, form.cleaned_data["password"])
        if account is not None:
            return first_step_done(request, account, wanted=wanted, now=wall_clock())
        locked = failed(request, username, now=wall_clock())
        form.add_error(None, _("Tài khoản hoặc mật khẩu không đúng, hoặc tài khoản đã bị khóa."))
    locked_for_s = int(settings.AXES_COOLOFF_TIME.total_seconds()) if locked else None
    context = {
        "form": form,
        "next": wanted,
        "locked_for_s": locked_for_s,
        "ended": ended_text(request.GET.get("ended", "")),
        "organisations": organisations(),
    }
    return render(request, "web/login.html", context, status=429 if locked else 200)


def _account_of(request: HttpRequest, username: str, password: str) -> Account | None:
    """The person's account, if name and password are right, nobody has guessed too often and it may sign in."""
    with password_seat():
        account = authenticate(request, username=username, password=password)
    if account is None or account.kind != "person" or not may_sign_in(account, vietnam_day(wall_clock())):
        return None
    return account


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
        is_former=lambda typed: _is_former(account, typed),
    )
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    if request.method == "POST" and form.is_valid():
        change_password(account, form.cleaned_data["new"], keep_session=session.name, now=wall_clock())
        request.session.cycle_key()
        return redirect(own_address(request, wanted))
    locked = form.has_error("current", "wrong_password") and failed(request, account.username, now=wall_clock())
    if locked:
        form.add_error("current", _("Đề nghị thử lại sau ít phút."))
    context = {
        "form": form,
        "forced": account.must_change_password,
        "outworn": is_outworn(account, now=wall_clock()),
        "max_age_days": PASSWORD_MAX_AGE.days,
        "rules": password_validators_help_texts(),
        "next": wanted,
    }
    return render(request, "web/password.html", context, status=429 if locked else 200)


def _is_former(account: Account, password: str) -> bool:
    with password_seat():
        return was_used_before(account, password)


@require_http_methods(["GET", "POST"])
def pledge(request: HttpRequest) -> HttpResponse:
    """The pledge of I.1.a: read, and accepted once by the account's person."""
    session = login_of(request)
    if session is None:
        raise Denied("couldn't accept the pledge: log in first", code="unauthenticated")
    if request.method == "POST":
        accept_pledge(session.account, now=wall_clock())
        return redirect(own_address(request, str(request.POST.get("next") or "")))
    unit = session.account.unit
    context = {"unit": unit.name, "pledged": session.account.pledged_at is not None}
    return render(request, "web/pledge.html", context)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie; unknown ones change nothing."""
    response = redirect(own_address(request, str(request.POST.get("next") or "")))
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
