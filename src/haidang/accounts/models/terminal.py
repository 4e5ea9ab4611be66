"""Terminals (I.1.b): the duty screens that units bring themselves, each with an account of kind ``terminal``."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from haidang.accounts.models.account import Account

__all__ = ["Terminal", "TerminalHealth"]


class Terminal(models.Model):
    """A duty screen. It shows its unit's live wall and nothing else; its key renews itself and is stored hashed."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="terminal")
    name = models.CharField(max_length=100)
    place = models.CharField(max_length=200, blank=True)
    registered_by = models.CharField(max_length=63)
    registered_at = models.BigIntegerField()
    #: The enrolment code, hashed; "" once used or withdrawn.
    code_sha256 = models.CharField(max_length=64, blank=True)
    code_expires_at = models.BigIntegerField(null=True)
    enrolled_at = models.BigIntegerField(null=True)
    #: The key in use, and the one before it: who shows that again has a copy.
    key_sha256 = models.CharField(max_length=64, blank=True)
    key_before_sha256 = models.CharField(max_length=64, blank=True)
    key_renewed_at = models.BigIntegerField(null=True)
    #: The new key was shown, so the one before is worth nothing.
    key_confirmed = models.BooleanField(default=True)
    revoked_at = models.BigIntegerField(null=True)
    revoke_reason = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key_sha256"]),
            models.Index(fields=["key_before_sha256"]),
            models.Index(fields=["code_sha256"]),
        ]

    def __str__(self) -> str:
        return self.name


class TerminalHealth(models.Model):
    """What a terminal said of itself; a day's worth is kept."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="health")
    at = models.BigIntegerField()
    bandwidth_kbps = models.IntegerField(null=True)
    round_trip_ms = models.IntegerField(null=True)
    pictures_per_s = models.FloatField(null=True)
    dropped_percent = models.FloatField(null=True)
    clock_offset_ms = models.IntegerField(null=True)
    tiles = models.IntegerField(default=0)
    tiles_playing = models.IntegerField(default=0)
    browser = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["terminal", "at"])]

    def __str__(self) -> str:
        return f"{self.terminal} {self.at}"
