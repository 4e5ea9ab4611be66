"""Who may act: units, their people's accounts, grants, sessions and API tokens.

Laws: rows are written only by ``accounts.actions``. Units and accounts are switched off, sessions and tokens end, none
is deleted; grants mirror the policy in force, and every policy that ever was stays a ``PolicyRevision``. Our own
instants are microseconds (``core.units.WallUs``); days of validity are dates in GMT+7. Secrets (passwords, tokens,
viewer cookies) are stored as hashes only.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

__all__ = ["Account", "ApiToken", "Grant", "LoginSession", "PolicyRevision", "Purpose", "Unit"]


class Unit(models.Model):
    """An agency or a part of one, as the notice names it."""

    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    aliases = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.slug


class AccountsByName(BaseUserManager["Account"]):
    """Accounts with their units; they are made by ``actions.add_account`` alone."""

    def get_queryset(self) -> models.QuerySet[Account]:
        return super().get_queryset().select_related("unit")


class Account(AbstractBaseUser):
    """One person's (or, later, terminal's) way in; ``username`` is its id in Cedar, tickets and the audit log."""

    username = models.CharField(max_length=63, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="accounts")
    display_name = models.CharField(max_length=100, blank=True)
    must_change_password = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    created_at = models.BigIntegerField()
    password_changed_at = models.BigIntegerField(null=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountsByName] = AccountsByName()

    def __str__(self) -> str:
        return self.username


class Purpose(models.Model):
    """What a grant is for; every view names one."""

    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.slug


class PolicyRevision(models.Model):
    """The complete Cedar text in force from ``applied_at`` on; the newest decides."""

    set_name = models.CharField(max_length=63)
    cedar = models.TextField()
    schema = models.TextField()
    #: The part of ``cedar`` that no grant changes (forbids and base rules), kept so that it can be compiled anew.
    base = models.TextField()
    sha256 = models.CharField(max_length=64)
    document = models.CharField(max_length=300)
    applied_at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.set_name}@{self.pk}"


class Grant(models.Model):
    """A unit's right on a site or the system, by a clause, for stated purposes, between two days (both included)."""

    policy_id = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=16)  # core.policy.GrantKind: site | operation | system
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="grants")
    resource = models.CharField(max_length=100)  # Cedar UID: Site::"de-gi" or System::"haidang"
    actions = models.JSONField()
    purposes = models.JSONField()
    clause = models.CharField(max_length=32)
    document = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return self.policy_id


class LoginSession(models.Model):
    """A person's login; ``name`` is public (tickets carry it), the cookie is not here."""

    name = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="login_sessions")
    started_at = models.BigIntegerField()
    seen_at = models.BigIntegerField()
    #: SHA-256 hex of the ``hd_viewer`` cookie: what tickets of this session are bound to.
    viewer_sha256 = models.CharField(max_length=64)
    ended_at = models.BigIntegerField(null=True)
    end_reason = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "ended_at"])]

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A program's way in with an account's rights; shown once, stored hashed."""

    name = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="api_tokens")
    label = models.CharField(max_length=100, blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.BigIntegerField()
    expires_at = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.name
