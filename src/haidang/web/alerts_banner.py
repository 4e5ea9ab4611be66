"""What a manager has to take note of, as one strip over every page.

Law: costs nothing for who manages nobody, two small queries for the others; says no more than the page of alerts would.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from haidang.accounts.alerts import sight_of, unread_for
from haidang.accounts.authority import authority
from haidang.accounts.models import Account
from haidang.core.units import WallUs, to_datetime
from haidang.web.alert_texts import words_of

__all__ = ["AlertBanner", "AlertLine", "banner_of"]


@dataclass(frozen=True, slots=True)
class AlertLine:
    account: str
    sentence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AlertBanner:
    count: int
    newest: AlertLine


def banner_of(account: Account, now: WallUs) -> AlertBanner | None:
    """The managers' alerts that the account has not taken note of; None without any."""
    if not account.is_manager:
        return None
    # Reaching farther than the own unit needs a second factor; who passed the sign-in of such a unit has shown one.
    waiting = unread_for(account, sight_of(account, now=now, door=authority(), second_factor=True))
    newest = waiting.first()
    if newest is None:
        return None
    line = AlertLine(newest.account.username, words_of(newest).sentence, to_datetime(WallUs(newest.at)))
    return AlertBanner(waiting.count(), line)
