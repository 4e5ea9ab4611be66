"""What a login must pass before the rest opens: its own password, the pledge, a second factor. In this order.

Law: each gate opens its own pages, sign-out and language, nothing else (docs/design/rights.md section 5).
"""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from haidang.accounts.models import LoginSession
from haidang.accounts.passwords import is_outworn
from haidang.accounts.queries import factors_of, needs_second_factor
from haidang.core.units import WallUs
from haidang.web.session import Gate

__all__ = ["GATE_PAGES", "gate_before", "gate_page"]

#: Names of the pages that each gate opens, with what lies below their addresses.
GATE_PAGES: Final[dict[Gate, tuple[str, ...]]] = {
    "must_change_password": ("password",),
    "pledge_needed": ("pledge",),
    "second_factor_needed": ("factors", "second_factor"),
}


def gate_before(login: LoginSession, *, now: WallUs) -> Gate:
    """The gate before which the login stands; "" when it has passed all. A duty screen is no person and has none."""
    account = login.account
    if account.kind != "person":
        return ""
    if account.must_change_password or is_outworn(account, now=now):
        return "must_change_password"
    if account.pledged_at is None:
        return "pledge_needed"
    if login.second_factor_at is None and needs_second_factor(account):
        return "second_factor_needed"
    return ""


def gate_page(login: LoginSession, gate: Gate) -> str:
    """Where the gate is passed: a second factor is set up, or, where there is one, shown."""
    if gate == "second_factor_needed" and factors_of(login.account):
        return reverse("second_factor")
    return reverse(GATE_PAGES[gate][0])
