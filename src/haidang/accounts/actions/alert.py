"""Alerts about accounts: raised once for a while, told to the person or to the managers who answer for the account.

Law: each unit that answers takes note for itself, so that one unit's reading never hides an alert from the other.
"""

from __future__ import annotations

from django.db import transaction

from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, Alert, AlertSeen, Unit
from haidang.accounts.people import UNUSED_DAYS, unused
from haidang.audit.actions import record
from haidang.core.errors import NotFound
from haidang.core.units import WallUs

__all__ = ["raise_alert", "report_unused", "take_note"]


@transaction.atomic
def raise_alert(
    account: Account, kind: str, *, audience: str, now: WallUs, facts: dict[str, str] | None = None,
    once_within_s: int = 86_400, unit: Unit | None = None,
) -> bool:  # fmt: skip
    """Raise it, unless one of its kind stands for the same audience from the last ``once_within_s``; whether it did.

    ``facts`` (device, place) are for people to read and are in no entry. ``unit``: whose managers are told, where it is
    not the account's unit of now.
    """
    since = now - once_within_s * 1_000_000
    same = Alert.objects.filter(account=account, kind=kind, audience=audience)
    if once_within_s and same.filter(at__gt=since, at__lte=now).exists():
        return False
    Alert.objects.create(
        account=account, unit=unit or account.unit, kind=kind, audience=audience, at=now, facts=facts or {}
    )  # fmt: skip
    record(
        now=now, actor="", action="raise_alert", resource=str(account_uid(account.username)),
        facts={"kind": kind, "audience": audience},
    )  # fmt: skip
    return True


def report_unused(*, now: WallUs) -> int:
    """Tell the managers of accounts that nobody uses, once in the days that make one unused; how many (I.1.a-1)."""
    return sum(
        raise_alert(
            line.account, "unused", audience="managers", now=now, facts={"days": str(UNUSED_DAYS)},
            once_within_s=UNUSED_DAYS * 86_400,
        )
        for line in unused(UNUSED_DAYS, now=now)
    )  # fmt: skip


@transaction.atomic
def take_note(alert: Alert, by: Account, *, now: WallUs) -> None:
    """``by`` has read it: for its unit, or for itself where it was told to the person. Again changes nothing.

    An alert to a person is as absent for anybody else as one that never was.
    """
    if alert.audience == "person" and alert.account_id != by.pk:
        raise NotFound("couldn't take note: no such alert", code="not_found")
    _seen, is_new = AlertSeen.objects.get_or_create(alert=alert, unit=by.unit, defaults={"by": by, "at": now})
    if is_new:
        record(
            now=now, actor=str(account_uid(by.username)), action="take_note",
            resource=str(account_uid(alert.account.username)), facts={"kind": alert.kind, "audience": alert.audience},
        )  # fmt: skip
