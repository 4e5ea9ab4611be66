"""What every page gets (docs/design/pages.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from haidang.accounts.authority import SYSTEM, authorise
from haidang.accounts.models import Account
from haidang.accounts.queries import grants_of
from haidang.core.units import WallUs, to_datetime
from haidang.host.clock import wall_clock
from haidang.web.alerts_banner import banner_of
from haidang.web.notices import notices_of
from haidang.web.session import gate_of, host_settings, login_of

__all__ = ["NavItem", "PageAccount", "page"]


@dataclass(frozen=True, slots=True)
class PageAccount:
    username: str
    display_name: str
    unit: str
    unit_slug: str


@dataclass(frozen=True, slots=True)
class NavItem:
    key: str
    label: str
    url: str
    current: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """The values that every template may use; reads the database only for who is logged in."""
    now = wall_clock()
    login = login_of(request)
    account = login.account if login is not None else None
    return {
        "account": None if account is None else _shown(account),
        "nav": [] if account is None or gate_of(request) else _navigation(request, account, now),
        "notices": [] if account is None or gate_of(request) else notices_of(account, now=now),
        "alerts_banner": None if account is None or gate_of(request) else banner_of(account, now),
        "languages": list(settings.LANGUAGES),
        "server_now": to_datetime(now),
        "session_idle_s": host_settings().web.session_idle_s,
    }


def _shown(account: Account) -> PageAccount:
    return PageAccount(account.username, account.display_name, account.unit.name, account.unit.slug)


def _navigation(request: HttpRequest, account: Account, now: WallUs) -> list[NavItem]:
    names = [("wall", _("Giám sát"))]
    if account.kind != "terminal" and any("place_hold" in each.actions for each in grants_of(account, now=now)):
        names.append(("holds", _("Lưu giữ")))
    if authorise(account, "view_operations", SYSTEM, now=now).allowed:
        names.append(("operations", _("Vận hành")))
    if account.kind != "terminal":
        names += [("rights", _("Phân quyền")), ("logs", _("Nhật ký"))]
    names.append(("account", _("Tài khoản")))
    return [NavItem(key, label, reverse(key), request.path.startswith(reverse(key))) for key, label in names]
