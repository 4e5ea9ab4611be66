"""Accounts: one person's, or one terminal's, way in; its states in time; what waits for a second person."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from haidang.accounts.models.unit import Unit

__all__ = ["Account", "AccountRequest", "AccountState", "PasswordBefore"]


class AccountsByName(BaseUserManager["Account"]):
    """Accounts with their units; they are made by ``accounts.actions`` alone."""

    def get_queryset(self) -> models.QuerySet[Account]:
        return super().get_queryset().select_related("unit")


class Account(AbstractBaseUser):
    """``username`` is its id in Cedar, tickets and the audit log. A terminal's has no password that anybody knows."""

    username = models.CharField(max_length=63, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=10, default="person")  # person | terminal
    display_name = models.CharField(max_length=100, blank=True)
    position = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.CharField(max_length=200, blank=True)
    #: Who manages the unit's people: signs its reviews, confirms requests, enrols its terminals.
    is_manager = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    #: The paper by which it was issued.
    document = models.CharField(max_length=300, blank=True)
    #: Last day it may be used.
    expires_on = models.DateField(null=True)
    created_at = models.BigIntegerField()
    #: When the second person confirmed it; what the handover record prints. Null: still waits.
    confirmed_at = models.BigIntegerField(null=True)
    confirmed_by = models.CharField(max_length=63, blank=True)
    #: When its person accepted the pledge of I.1.a; null again when the person changes.
    pledged_at = models.BigIntegerField(null=True)
    password_changed_at = models.BigIntegerField(null=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountsByName] = AccountsByName()

    def __str__(self) -> str:
        return self.username


class AccountState(models.Model):
    """From ``at`` on the account belonged to ``unit`` and was able or not. Append-only: past days are asked of it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="states")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField()
    is_manager = models.BooleanField(default=False)
    at = models.BigIntegerField()
    reason = models.CharField(max_length=40)  # issue lock unlock transfer expire make_manager end
    document = models.CharField(max_length=300, blank=True)
    #: Who did it, as Cedar UIDs ("" for the host).
    by = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "at"])]

    def __str__(self) -> str:
        return f"{self.account} {self.reason} {self.at}"


class AccountRequest(models.Model):
    """Something that widens access and waits for a second person (docs/design/rights.md section 3)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=16)  # issue | reset | transfer | unlock | make_manager
    to_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    document = models.CharField(max_length=300)
    reason = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.BigIntegerField()
    state = models.CharField(max_length=10, default="waiting")  # waiting | confirmed | refused | withdrawn
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.BigIntegerField(null=True)
    decision_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "asked_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.account} {self.state}"


class PasswordBefore(models.Model):
    """A password that the account had, hashed: the last five may not come back."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="passwords_before")
    password = models.CharField(max_length=128)
    at = models.BigIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.account} {self.at}"
