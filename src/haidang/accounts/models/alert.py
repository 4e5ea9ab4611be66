"""Alerts about accounts: told to the person, or to the managers who answer for the account."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from haidang.accounts.models.account import Account
from haidang.accounts.models.unit import Unit

__all__ = ["Alert", "AlertSeen"]


class Alert(models.Model):
    """``audience``: "person" (the account's own) or "managers" (of its unit and of the operator)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="alerts")
    #: The account's unit of then: who moves takes along no past, and leaves it behind to be read.
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    #: new_device two_places many_devices locked_out host_account password_reset terminal_copied unused hold_released
    kind = models.CharField(max_length=20)
    audience = models.CharField(max_length=10)
    at = models.BigIntegerField()
    #: For people to read: device, place. Never in the audit log.
    facts = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "kind", "at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.account}"


class AlertSeen(models.Model):
    """A unit's manager, or the person, has taken note."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="seen")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["alert", "unit"], name="one_note_a_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.alert} {self.unit}"
