"""A unit's switches: in being or not, one live session an account."""

from __future__ import annotations

from django.db import transaction

from haidang.accounts.actions.account import end_live
from haidang.accounts.entities import unit_uid
from haidang.accounts.models import Unit
from haidang.audit.actions import record
from haidang.core.units import WallUs

__all__ = ["set_single_session", "set_unit_active"]


@transaction.atomic
def set_unit_active(unit: Unit, *, active: bool, now: WallUs, actor: str = "") -> None:
    """Switch a unit off (all its people at once, sessions and running streams included) or on."""
    Unit.objects.filter(pk=unit.pk).update(is_active=active, deactivated_at=None if active else now)
    if not active:
        end_live("unit_inactive", now, account__unit=unit)
    record(
        now=now, actor=actor, action="set_unit_active", resource=str(unit_uid(unit.slug)), facts={"active": active}
    )  # fmt: skip


@transaction.atomic
def set_single_session(unit: Unit, *, single: bool, now: WallUs, actor: str = "") -> None:
    """The unit's own choice: a sign-in ends the account's other session, or does not."""
    if Unit.objects.filter(pk=unit.pk).exclude(single_session=single).update(single_session=single):
        record(
            now=now, actor=actor, action="set_single_session", resource=str(unit_uid(unit.slug)),
            facts={"single": single},
        )  # fmt: skip
