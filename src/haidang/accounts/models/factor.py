"""Second factors: TOTP, passkeys, recovery codes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from haidang.accounts.models.account import Account

__all__ = ["SecondFactor"]


class SecondFactor(models.Model):
    """One of an account's second factors; ended, never deleted."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="second_factors")
    kind = models.CharField(max_length=10)  # totp | passkey | recovery
    name = models.CharField(max_length=100, blank=True)
    #: totp: the sealed secret (core.sealed, bound to the account's name).
    sealed_secret = models.TextField(blank=True)
    #: passkey: base64url of its id, unique; and the attested credential (public).
    credential_id = models.CharField(max_length=400, null=True, unique=True)  # noqa: DJ001 - unique, so null where none
    credential = models.TextField(blank=True)
    sign_count = models.BigIntegerField(default=0)
    #: recovery: SHA-256 hex of the codes that are left.
    codes_sha256 = models.JSONField(default=list)
    #: totp: the 30 s step last accepted; a code works once.
    last_step = models.BigIntegerField(default=0)
    created_at = models.BigIntegerField()
    last_used_at = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.account} {self.kind}"
