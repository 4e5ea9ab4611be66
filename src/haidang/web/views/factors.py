"""Second factors: shown at the second step of a sign-in or anew in a session; set up and ended on their own page.

Laws: nothing here tells an account apart to who has not shown its password. What adds or ends a factor where there is
one asks ``require_fresh`` first, on the page and at its form alike.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from haidang.accounts.actions import (
    add_passkey,
    add_totp,
    draw_recovery_codes,
    end_factor,
    refresh_second_factor,
    show_code,
    show_passkey,
)
from haidang.accounts.actions.factor import open_secret, seal_secret
from haidang.accounts.factors import (
    SECRET_BYTES,
    creation_options,
    new_passkey,
    otpauth_uri,
    request_options,
    secret_text,
)
from haidang.accounts.models import Account, LoginSession, SecondFactor
from haidang.accounts.queries import factors_of, needs_second_factor, recovery_codes_left
from haidang.core.errors import Conflict, Denied, InvalidInput, NotFound
from haidang.core.units import WallUs, to_datetime
from haidang.host.clock import wall_clock
from haidang.web.forms.factors import CodeForm, PasskeyForm, TotpForm
from haidang.web.lockout import code_failed, codes_locked
from haidang.web.second_step import (
    draw_challenge,
    factors_key,
    half_of,
    is_fresh,
    party_of,
    require_fresh,
    take_challenge,
)
from haidang.web.session import login_of
from haidang.web.sign_in import own_address, signed_in

__all__ = ["end_own_factor", "factor_passkey", "factor_recovery", "factor_totp", "factors", "second_factor"]

_SECRET = "totp"  # noqa: S105 - the key in Django's session under which the sealed one waits for its first code


@dataclass(frozen=True, slots=True)
class FactorRow:
    pk: int
    kind: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


# -- shown


@sensitive_post_parameters("code", "answer")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second step: a code, a passkey or a recovery code. In a session that runs: the same, anew."""
    now = wall_clock()
    login = login_of(request)
    half = half_of(request, now=now) if login is None else None
    account = login.account if login is not None else half.account if half is not None else None
    if account is None:
        return redirect("login")
    held = factors_of(account)
    if login is not None and not held:
        return redirect("factors")
    wanted = half.wanted if half is not None else str(request.POST.get("next") or request.GET.get("next") or "")
    error, locked = "", False
    if request.method == "POST":
        shown, kind = "", "passkey" if "answer" in request.POST else "code"
        locked = codes_locked(request, account, kind, now=now)
        if not locked:
            shown = _shown(request, account, kind, now)
            locked = not shown and code_failed(request, account, kind, now=now)
        if shown and login is not None:
            refresh_second_factor(login, kind=shown, now=now)
            request.session.cycle_key()
            return redirect(own_address(request, wanted))
        if shown:
            return signed_in(request, account, wanted=wanted, now=now, second_factor=shown)
        error = _passkey_refused() if kind == "passkey" else _("Mã không đúng, đã dùng hoặc đã hết hạn.")
    context = {
        "anew": login is not None,
        "error": "" if locked else error,
        "locked_for_s": int(settings.AXES_COOLOFF_TIME.total_seconds()) if locked else None,
        "next": wanted,
        "has_totp": any(factor.kind == "totp" for factor in held),
        "passkey": _passkey_to_show(request, held, now),
        "has_passkey": any(factor.kind == "passkey" for factor in held),
        "recovery_left": recovery_codes_left(account),
    }
    return render(request, "web/second_factor.html", context, status=429 if locked else 200)


def _shown(request: HttpRequest, account: Account, kind: str, now: WallUs) -> str:
    """The kind of factor that the form proves; "" if it proves none."""
    if kind == "code":
        code = CodeForm(request.POST)
        return show_code(account, code.cleaned_data["code"], now=now, key=factors_key()) if code.is_valid() else ""
    party, form = party_of(request), PasskeyForm(request.POST)
    try:
        challenge = take_challenge(request, "get", now=now)
        if party is None or not form.is_valid():
            return ""
        show_passkey(account, form.cleaned_data["answer"], party=party, challenge=challenge, now=now)
    except InvalidInput:
        return ""  # the caller counts it and leaves the entry
    return "passkey"


def _passkey_to_show(request: HttpRequest, held: list[SecondFactor], now: WallUs) -> dict[str, Any] | None:
    party = party_of(request)
    ids = [factor.credential_id for factor in held if factor.credential_id]
    if party is None or not ids:
        return None
    return request_options(party, ids, challenge=draw_challenge(request, "get", now=now))


# -- set up and ended


@require_http_methods(["GET", "HEAD"])
def factors(request: HttpRequest) -> HttpResponse:
    return _factors_page(request, _login(request))


@sensitive_post_parameters("code")
@sensitive_variables("secret")
@require_POST
def factor_totp(request: HttpRequest) -> HttpResponse:
    """Keep the secret that waits in the session, once its code is told."""
    now, login = wall_clock(), _may_add(request)
    form, sealed = TotpForm(request.POST), str(request.session.get(_SECRET, ""))
    if codes_locked(request, login.account, "code", now=now):
        return _factors_page(request, login, error=_locked(), status=429)
    if not form.is_valid() or not sealed:
        return _factors_page(request, login, error=_("Cần nhập mã 6 chữ số đang hiện trong ứng dụng."))
    secret = open_secret(sealed, login.account, key=factors_key())
    data = form.cleaned_data
    try:
        add_totp(
            login.account, secret=secret, code=data["code"], name=data["name"], session=login, now=now,
            key=factors_key(),
        )  # fmt: skip
    except InvalidInput:
        locked = code_failed(request, login.account, "code", now=now)
        error = _locked() if locked else _("Mã không đúng. Đề nghị kiểm tra giờ của điện thoại và nhập mã đang hiện.")
        return _factors_page(request, login, error=error, status=429 if locked else 200)
    del request.session[_SECRET]
    return _added(request)


@require_POST
def factor_passkey(request: HttpRequest) -> HttpResponse:
    """Keep the passkey that the browser made for this page's challenge."""
    now, login = wall_clock(), _may_add(request)
    party, form = party_of(request), PasskeyForm(request.POST)
    try:
        challenge = take_challenge(request, "create", now=now)
        if party is None or not form.is_valid():
            return _factors_page(request, login, error=_passkey_refused())
        passkey = new_passkey(party, form.cleaned_data["answer"], challenge=challenge)
        add_passkey(login.account, passkey, name=form.cleaned_data["name"], session=login, now=now)
    except (InvalidInput, Conflict):
        return _factors_page(request, login, error=_passkey_refused())
    return _added(request)


@require_POST
def factor_recovery(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, shown in this answer and nowhere else."""
    now = wall_clock()
    login = require_fresh(request, now=now)
    codes = draw_recovery_codes(login.account, now=now)
    return render(request, "web/recovery_codes.html", {"codes": codes, "drawn_at": to_datetime(now)})


@require_POST
def end_own_factor(request: HttpRequest, number: int) -> HttpResponse:
    """End one of the own factors; another account's is as absent as one that never was."""
    now = wall_clock()
    login = require_fresh(request, now=now)
    factor = SecondFactor.objects.filter(pk=number, account=login.account, ended_at=None).first()
    if factor is None:
        raise NotFound("couldn't find the second factor", code="not_found")
    try:
        end_factor(factor, now=now)
    except Conflict:
        error = _(
            "Không kết thúc được: tài khoản của đơn vị này phải có xác thực hai lớp (mục I.1). "
            "Thêm một cách xác thực khác trước."
        )
        return _factors_page(request, login, error=error, status=409)
    return redirect("factors")


def _factors_page(request: HttpRequest, login: LoginSession, *, error: str = "", status: int = 200) -> HttpResponse:
    """The list; and, if one may be added now, a secret and a challenge for it."""
    account, now = login.account, wall_clock()
    held = factors_of(account)
    may_add = is_fresh(login, first=not held, now=now)
    context = {
        "factors": [_row(factor) for factor in held],
        "required": needs_second_factor(account),
        "forced": not held and needs_second_factor(account),
        "recovery_left": recovery_codes_left(account),
        "may_add": may_add,
        "error": error,
        "totp": _secret_to_show(request, account) if may_add else None,
        "passkey": _passkey_to_make(request, account, held, now) if may_add else None,
    }
    return render(request, "web/factors.html", context, status=status)


def _secret_to_show(request: HttpRequest, account: Account) -> dict[str, str]:
    """A secret that waits, sealed, in the session; the same until it is kept, for people load pages twice."""
    sealed = request.session.get(_SECRET)
    secret = open_secret(sealed, account, key=factors_key()) if sealed else secrets.token_bytes(SECRET_BYTES)
    if not sealed:
        request.session[_SECRET] = seal_secret(secret, account, key=factors_key())
    code = segno.make(otpauth_uri(secret, account.username), error="m")
    text = secret_text(secret)
    return {
        "image": code.svg_data_uri(scale=5, border=2, light="#fff"),
        "text": " ".join(text[at : at + 4] for at in range(0, len(text), 4)),
    }


def _passkey_to_make(
    request: HttpRequest, account: Account, held: list[SecondFactor], now: WallUs
) -> dict[str, Any] | None:  # fmt: skip
    party = party_of(request)
    if party is None:
        return None
    ids = [factor.credential_id for factor in held if factor.credential_id]
    return creation_options(party, account.username, ids, challenge=draw_challenge(request, "create", now=now))


def _login(request: HttpRequest) -> LoginSession:
    login = login_of(request)
    if login is None:
        raise Denied("couldn't show second factors: log in first", code="unauthenticated")
    return login


def _may_add(request: HttpRequest) -> LoginSession:
    """The login, if it may add one: a factor was shown lately, or, for the first one, the password."""
    first = not factors_of(_login(request).account)
    return require_fresh(request, first=first, now=wall_clock())


def _added(request: HttpRequest) -> HttpResponse:
    request.session.cycle_key()
    return redirect("factors")


def _row(factor: SecondFactor) -> FactorRow:
    used = factor.last_used_at
    return FactorRow(
        factor.pk, factor.kind, factor.name, to_datetime(WallUs(factor.created_at)),
        None if used is None else to_datetime(WallUs(used)),
    )  # fmt: skip


def _passkey_refused() -> str:
    return _("Không xác thực được bằng khóa đăng nhập này. Đề nghị thực hiện lại.")


def _locked() -> str:
    return _("Đã khóa tạm thời do nhập sai nhiều lần. Đề nghị thử lại sau ít phút.")
