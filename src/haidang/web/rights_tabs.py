"""The tabs of "Phân quyền": one bar over all its pages, with what this account may open (design/rights.md section 6).

Law: a tab is offered by the same question to the one door that its page asks; it never opens anything by itself.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from haidang.accounts.authority import SYSTEM, authority, unit_resource
from haidang.host.clock import wall_clock
from haidang.web.allowed import may
from haidang.web.context import NavItem
from haidang.web.session import credential_of

__all__ = ["tabs_of"]

#: Key (which is the address's name), label, and the actions of which one opens it; () is for every person.
_TABS: tuple[tuple[str, Promise, tuple[str, ...]], ...] = (
    ("people", lazy("Tài khoản đơn vị"), ("manage_unit", "manage_accounts", "view_rights")),
    ("terminals", lazy("Thiết bị đầu cuối"), ("manage_unit", "manage_accounts")),
    ("alerts", lazy("Cảnh báo"), ("manage_unit", "manage_accounts", "view_rights")),
    ("matrix", lazy("Ma trận phân quyền"), ()),
    ("who", lazy("Ai có quyền theo ngày"), ("view_rights",)),
    ("changes", lazy("Thay đổi quyền"), ("view_rights", "propose_policy", "approve_policy")),
    ("retention", lazy("Thời hạn lưu trữ"), ("view_rights",)),
    ("reviews", lazy("Rà soát quyền"), ("manage_unit", "manage_accounts", "view_rights")),
    ("open_points", lazy("Điểm chưa rõ"), ("view_rights", "propose_policy", "approve_policy")),
)


def tabs_of(request: HttpRequest, current: str) -> list[NavItem]:
    """The tabs that the account may open, in order; ``current`` is the key of the page that asks."""
    credential, now = credential_of(request), wall_clock()
    if credential.account.kind == "terminal":
        return []
    door, own = authority(), unit_resource(credential.account.unit)
    asked = {action for _key, _label, actions in _TABS for action in actions}
    open_ = {
        action
        for action in asked
        if may(credential, action, now=now, resource=own if action == "manage_unit" else SYSTEM, door=door)
    }
    return [
        NavItem(key, str(label), reverse(key), key == current)
        for key, label, actions in _TABS
        if not actions or open_ & set(actions)
    ]
