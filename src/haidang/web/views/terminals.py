"""A unit's duty screens (I.1.b): its manager registers, gives codes and revokes; the operator reads all units' screens.

Laws: a code is in the answer to the request that made it and nowhere else. Another unit's screen is as absent as one
that never was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from haidang.accounts.actions.terminal import NewCode, new_terminal_code, register_terminal, revoke_terminal
from haidang.accounts.authority import SYSTEM, unit_resource
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, Terminal
from haidang.accounts.terminals import TerminalStanding, terminal_of, terminals_of
from haidang.core.errors import Conflict, NotFound
from haidang.core.units import WallUs, to_datetime
from haidang.host.clock import wall_clock
from haidang.web.allowed import may, may_manage, require, require_any
from haidang.web.forms.terminals import TerminalForm
from haidang.web.rights_tabs import tabs_of
from haidang.web.said import say
from haidang.web.session import credential_of
from haidang.web.terminal_words import health_words, number

__all__ = ["terminal_new_code", "terminal_revoke", "terminals"]

_OPERATOR = "manage_accounts"
_FAST_MBIT = 100


@dataclass(frozen=True, slots=True)
class TerminalRow:
    """One screen as the page shows it. ``state``: waiting | expired | working | silent | poor | revoked."""

    username: str
    name: str
    place: str
    unit: str
    state: str
    words: list[str]
    #: What it measured last: "4 / 4", "12,5 Mbit/s", "Chrome 139"; "" where it told nothing.
    tiles: str
    line: str
    browser: str
    heard_at: datetime | None
    registered_at: datetime
    enrolled_at: datetime | None
    revoked_at: datetime | None
    reason: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class CodeShown:
    name: str
    code: str
    expires_at: datetime


@require_http_methods(["GET", "POST"])
def terminals(request: HttpRequest) -> HttpResponse:
    """The list; a POST registers a screen and shows its code once."""
    now = wall_clock()
    own = credential_of(request).account.unit
    if request.method == "GET":
        require_any(request, (("manage_unit", unit_resource(own)), (_OPERATOR, SYSTEM)), now=now)
        return _page(request, now)
    account = require(request, "manage_unit", now=now, resource=unit_resource(own))
    form = TerminalForm(request.POST)
    if not form.is_valid():
        return _page(request, now, form=form, status=422)
    try:
        new = register_terminal(
            account.unit, form.cleaned_data["name"], place=form.cleaned_data["place"], by=account, now=now
        )
    except Conflict:
        form.add_error("name", _("Đơn vị đã có màn hình tên này."))
        return _page(request, now, form=form, status=409)
    return _page(request, now, new=new)


@require_POST
def terminal_new_code(request: HttpRequest, username: str) -> HttpResponse:
    """Another code for one of the own unit's screens."""
    now = wall_clock()
    account, row = _own(request, username, now)
    return _page(request, now, new=new_terminal_code(row, actor=str(account_uid(account.username)), now=now))


@require_POST
def terminal_revoke(request: HttpRequest, username: str) -> HttpResponse:
    """Its pictures end within two seconds."""
    now = wall_clock()
    account, row = _own(request, username, now)
    reason = request.POST.get("reason", "").strip()
    revoke_terminal(row, reason=reason, actor=str(account_uid(account.username)), now=now)
    say(request, _("Đã thu hồi màn hình; hình trên đó dừng trong 2 giây."))
    return redirect("terminals")


def _own(request: HttpRequest, username: str, now: WallUs) -> tuple[Account, Terminal]:
    account = require(request, "manage_unit", now=now, resource=unit_resource(credential_of(request).account.unit))
    row = terminal_of(account.unit, username)
    if row is None:
        raise NotFound("couldn't find the terminal", code="not_found")
    return account, row


def _page(
    request: HttpRequest,
    now: WallUs,
    *,
    form: TerminalForm | None = None,
    new: NewCode | None = None,
    status: int = 200,
) -> HttpResponse:
    credential = credential_of(request)
    unit = credential.account.unit
    manages = may_manage(credential, unit, now=now)
    reads_all = may(credential, _OPERATOR, now=now)
    rows = [
        _row(standing, now, may_change=manages and standing.terminal.account.unit_id == unit.pk)
        for standing in terminals_of(None if reads_all else unit, now=now)
    ]
    context = {
        "rights_tabs": tabs_of(request, "terminals"),
        "unit": unit.name,
        "manages": manages,
        "reads_all": reads_all,
        "form": form or TerminalForm(),
        "code": None if new is None else CodeShown(new.terminal.name, new.code, to_datetime(new.expires_at)),
        "in_use": [row for row in rows if row.state != "revoked"],
        "revoked": [row for row in rows if row.state == "revoked"],
        "screen_address": request.build_absolute_uri("/man-hinh"),
    }
    return render(request, "web/terminals.html", context, status=status)


def _row(standing: TerminalStanding, now: WallUs, *, may_change: bool) -> TerminalRow:
    row, latest = standing.terminal, standing.latest
    words = health_words(standing, now=now)
    shown = None if standing.silent else latest
    kbps = shown.bandwidth_kbps if shown is not None else None
    copied = row.revoked_at is not None and row.revoke_reason == "copied"
    return TerminalRow(
        username=row.account.username,
        name=row.name,
        place=row.place,
        unit=row.account.unit.name,
        state=_state(standing, words, now),
        words=words,
        tiles="" if shown is None else f"{shown.tiles_playing}/{shown.tiles}",
        line="" if kbps is None else _line(kbps),
        browser="" if latest is None else latest.browser,
        heard_at=None if latest is None else to_datetime(WallUs(latest.at)),
        registered_at=to_datetime(WallUs(row.registered_at)),
        enrolled_at=None if row.enrolled_at is None else to_datetime(WallUs(row.enrolled_at)),
        revoked_at=None if row.revoked_at is None else to_datetime(WallUs(row.revoked_at)),
        reason=_("Khóa của màn hình bị sao chép: hai thiết bị cùng dùng") if copied else row.revoke_reason,
        may_change=may_change,
    )


def _line(kbps: int) -> str:
    """In words; what is faster than anybody needs is not told to the digit."""
    return f"> {_FAST_MBIT} Mbit/s" if kbps > _FAST_MBIT * 1000 else f"{number(kbps / 1000)} Mbit/s"


def _state(standing: TerminalStanding, words: list[str], now: WallUs) -> str:
    row = standing.terminal
    if row.revoked_at is not None:
        return "revoked"
    if row.enrolled_at is None:
        return "waiting" if row.code_sha256 and (row.code_expires_at or 0) > now else "expired"
    if standing.silent:
        return "silent"
    return "poor" if words else "working"
