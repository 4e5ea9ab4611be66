"""The tabs of "Nhật ký và đối soát", with what this account may open.

Law: a tab is offered by the same question to the one door that its page asks.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from haidang.web.access_log_asked import Reader
from haidang.web.context import NavItem

__all__ = ["log_tabs"]


def log_tabs(reader: Reader, current: str) -> list[NavItem]:
    """``reader`` with its whole reach; a person without more than the own log has no tabs to choose from."""
    if reader.reach == "own":
        return []
    names = (("access_log", _("Nhật ký truy cập")), ("own_log", _("Nhật ký của tôi")))
    return [NavItem(key, label, reverse(key), key == current) for key, label in names]
