"""What a manager has to take note of, as one strip over every page.

Law: costs nothing for who manages nobody, one small query for the others; says no more than the page of alerts would.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from haidang.accounts.alerts import sight_of, unread_for
from haidang.accounts.authority import authority
from haidang.accounts.models import Account
from haidang.core.units import WallUs, to_datetime
from haidang.web.alert_texts import words_of

__all__ = ["AlertLine", "banner_of"]

_MOST = 20


@dataclass(frozen=True, slots=True)
class AlertLine:
    account: str
    sentence: str
    at: datetime


def banner_of(account: Account, now: WallUs) -> list[AlertLine]:
    """The managers' alerts that the account has not taken note of, newest first, at most 20."""
    if not account.is_manager:
        return []
    # Reaching farther than the own unit needs a second factor; who passed the sign-in of such a unit has shown one.
    sight = sight_of(account, now=now, door=authority(), second_factor=True)
    return [
        AlertLine(alert.account.username, words_of(alert).sentence, to_datetime(WallUs(alert.at)))
        for alert in unread_for(account, sight)[:_MOST]
    ]
