"""What happened: append-only entries that name their subjects by Cedar UID, so that they outlive what they describe.

Laws: written only by ``audit.actions.record``, in the transaction of what it describes; never changed, never deleted;
no names of people, no passwords, addresses or tickets. (The tamper-evident log reads from here.)
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

__all__ = ["Entry"]


class Entry(models.Model):
    at = models.BigIntegerField()
    #: Account UID, or "" where nobody had logged in (a failed login) or a command ran on the host.
    actor = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=40)
    resource = models.CharField(max_length=200)
    purpose = models.CharField(max_length=63, blank=True)
    #: "allow" or "deny" for decisions, "" for acts.
    decision = models.CharField(max_length=5, blank=True)
    clause = models.CharField(max_length=32, blank=True)
    policies = models.JSONField(default=list)
    #: Small facts of the act, by name; no personal data, no secret.
    facts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["actor", "at"]),
            models.Index(fields=["resource", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.resource}"
