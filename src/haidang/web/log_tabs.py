"""The tabs of "Nhật ký và đối soát", with what this account may open.

Law: a tab is offered by the same question to the one door that its page asks.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from haidang.web.access_log_asked import Reader
from haidang.web.allowed import may
from haidang.web.context import NavItem

__all__ = ["RECONCILERS", "log_tabs"]

#: Who supervises and who operates read reconciliations, and ask for them.
RECONCILERS = ("read_access_log", "view_operations")


def log_tabs(reader: Reader, current: str) -> list[NavItem]:
    """``reader`` with its whole reach; a person without more than the own log has no tabs to choose from."""
    names = [] if reader.reach == "own" else [("access_log", _("Nhật ký truy cập"))]
    if any(may(reader.credential, action, now=reader.now) for action in RECONCILERS):
        names.append(("reconciliations", _("Đối soát")))
    if not names:
        return []
    names.append(("own_log", _("Nhật ký của tôi")))
    return [NavItem(key, label, reverse(key), key == current) for key, label in names]
