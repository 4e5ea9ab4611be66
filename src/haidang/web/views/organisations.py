"""Signing in with one's organisation, and linking one's identity there to the own account.

Laws: a proof opens an account that was linked before; it makes none and gives no right. The second factor, the pledge
and the change of password come after it as after a password. An identity is linked by who is signed in and has shown a
second factor (or, having none, the sign-in) within ten minutes, in the attempt that this very account began.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from haidang.accounts.actions import link_identity, record_failed_identity, unlink_identity
from haidang.accounts.authority import vietnam_day
from haidang.accounts.entities import account_uid, may_sign_in
from haidang.accounts.queries import factors_of, identities_of, identity_of
from haidang.core.errors import Conflict, Denied, InvalidInput, Unavailable
from haidang.core.settings import OidcSettings
from haidang.core.units import WallUs, to_datetime
from haidang.host.clock import wall_clock
from haidang.web.errors import status_of
from haidang.web.organisation_texts import refusal_words
from haidang.web.organisations import Proof, begin_attempt, organisation_named, proof_of
from haidang.web.second_step import is_fresh, require_fresh
from haidang.web.session import credential_of, gate_of, login_of
from haidang.web.sign_in import first_step_done, own_address

__all__ = ["organisation", "organisation_back", "organisation_link"]


@require_safe
def organisation(request: HttpRequest, provider: str) -> HttpResponse:
    """Off to the organisation's own sign-in."""
    wanted = str(request.GET.get("next") or "")
    known = organisation_named(provider)
    if login_of(request) is not None:
        return redirect(own_address(request, wanted))
    try:
        return redirect(begin_attempt(request, provider, about={"next": wanted}, now=wall_clock()))
    except (Denied, Unavailable) as error:
        return _refused(request, known, error.code, status_of(error))


@require_safe
def organisation_back(request: HttpRequest, provider: str) -> HttpResponse:
    """Back from there with a proof, or without."""
    now, known = wall_clock(), organisation_named(provider)
    try:
        proof = proof_of(request, provider, now=now)
        if "account" in proof.about:
            return _linked(request, known, proof, now)
    except (Conflict, Denied, InvalidInput, Unavailable) as error:
        return _refused(request, known, error.code, status_of(error))
    identity = identity_of(provider, proof.subject)
    account = None if identity is None else identity.account
    if account is None or account.kind != "person" or not may_sign_in(account, vietnam_day(now)):
        record_failed_identity(provider, account, now=now)
        return _refused(request, known, "identity_unknown" if account is None else "identity_locked", 403)
    return first_step_done(request, account, wanted=proof.about["next"], now=now)


def _linked(request: HttpRequest, known: OidcSettings, proof: Proof, now: WallUs) -> HttpResponse:
    """The account that began the attempt is the one that is signed in, and has shown lately that it is its person."""
    login = login_of(request)
    if login is None or gate_of(request) or login.account.username != proof.about["account"]:
        raise Denied("couldn't link it: another account began", code="organisation_state")
    account = login.account
    if not is_fresh(login, first=not factors_of(account), now=now):
        raise Denied("couldn't link it: that took too long", code="organisation_state")
    link_identity(account, known.slug, proof.subject, now=now, actor=str(account_uid(account.username)))
    return redirect("organisation_link", provider=known.slug)


@require_http_methods(["GET", "POST"])
def organisation_link(request: HttpRequest, provider: str) -> HttpResponse:
    """The own link: begun, seen, ended. The way out stands on the page: forms of ours lead nowhere else (CSP)."""
    now, known = wall_clock(), organisation_named(provider)
    account = credential_of(request).account
    identity = identities_of(account).get(provider)
    has_factor = bool(factors_of(account))
    if request.method == "POST" and request.POST.get("step") == "unlink":
        if identity is not None:
            unlink_identity(identity, now=now, actor=str(account_uid(account.username)))
        return redirect("organisation_link", provider=provider)
    if identity is None and has_factor:
        require_fresh(request, now=now)
    login = login_of(request)
    fresh = login is not None and is_fresh(login, first=not has_factor, now=now)
    way, problem, status = "", "", 200
    if request.method == "POST" and fresh and identity is None:
        try:
            way = begin_attempt(request, provider, about={"account": account.username}, now=now)
        except (Denied, Unavailable) as error:
            problem, status = refusal_words(error.code, known.name), status_of(error)
    context = {
        "organisation": known,
        "linked_at": None if identity is None else to_datetime(WallUs(identity.linked_at)),
        "fresh": fresh,
        "way": way,
        "problem": problem,
    }
    return render(request, "web/organisation_link.html", context, status=status)


def _refused(request: HttpRequest, known: OidcSettings, code: str, status: int) -> HttpResponse:
    """Why not, in one sentence, and the way back to where the person was."""
    signed_in = login_of(request) is not None
    context = {
        "sentence": refusal_words(code, known.name),
        "back_url": reverse("account") if signed_in else reverse("login"),
        "back_text": _("Về trang Tài khoản") if signed_in else _("Về trang đăng nhập"),
    }
    return render(request, "web/organisation_refused.html", context, status=status)
