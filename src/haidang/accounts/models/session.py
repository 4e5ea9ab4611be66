"""How accounts speak: login sessions and the devices they come from, API tokens, sign-ins of other organisations."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from haidang.accounts.models.account import Account

__all__ = ["ApiToken", "Device", "ExternalIdentity", "LoginSession"]


class Device(models.Model):
    """A browser that an account came from, known by its ``hd_device`` cookie (stored hashed)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="devices")
    device_sha256 = models.CharField(max_length=64)
    #: What the browser says it is, in few words: "Chrome · Windows".
    label = models.CharField(max_length=100, blank=True)
    first_seen_at = models.BigIntegerField()
    last_seen_at = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "device_sha256"], name="one_row_a_device"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.label}"


class LoginSession(models.Model):
    """A login; ``name`` is public (tickets carry it), the cookie is not here."""

    name = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="login_sessions")
    started_at = models.BigIntegerField()
    seen_at = models.BigIntegerField()
    #: SHA-256 hex of the ``hd_viewer`` cookie: what tickets of this session are bound to.
    viewer_sha256 = models.CharField(max_length=64)
    #: When a second factor was shown in this session; null: none.
    second_factor_at = models.BigIntegerField(null=True)
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="login_sessions")
    #: Where it came from. Kept with the session, never in the audit log.
    address = models.CharField(max_length=45, blank=True)
    ended_at = models.BigIntegerField(null=True)
    end_reason = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "ended_at"]),
            models.Index(fields=["account", "started_at"]),
        ]

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A program's way in with an account's rights; shown once, stored hashed."""

    name = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="api_tokens")
    label = models.CharField(max_length=100, blank=True)
    #: "" opens the API with the account's rights; "log" opens the logs and nothing else (``web.api.logs``).
    scope = models.CharField(max_length=8, blank=True, default="")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.BigIntegerField()
    expires_at = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.name


class ExternalIdentity(models.Model):
    """An account's name at its organisation's own sign-in (OIDC); it opens an account that exists and gives nothing."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="external_identities")
    provider = models.CharField(max_length=63)
    subject = models.CharField(max_length=255)
    linked_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["provider", "subject"],
                condition=models.Q(ended_at=None),
                name="one_account_an_identity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.account}"
