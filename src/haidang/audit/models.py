"""What happened: append-only entries that name their subjects by Cedar UID, so that they outlive what they describe.

Laws: written only by ``audit.actions.record``, in the transaction of what it describes; never changed, never deleted;
no names of people, no passwords, addresses or tickets. The keeper logs a commitment to each (``audit.rows``), so that
an entry that is changed, taken away or put in later is found.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

__all__ = ["Entry", "LogPlace", "Reconciliation"]


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
    #: 32 random bytes of the commitment that is logged: without them nobody can tell from the log what this was.
    salt = models.BinaryField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["actor", "at"]),
            models.Index(fields=["resource", "at"]),
            # The access log's pages: newest first, of a kind, refusals; the last also answers its counts alone.
            models.Index(fields=["at", "id"]),
            models.Index(fields=["at"], condition=models.Q(decision="deny"), name="audit_entry_denied_idx"),
            models.Index(fields=["action", "at", "decision", "actor"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.resource}"


class LogPlace(models.Model):
    """Where an entry's commitment stands in the log of acts; told by the log, and made anew from it."""

    entry_id = models.BigIntegerField(primary_key=True)
    index = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.entry_id} at {self.index}"


class Reconciliation(models.Model):
    """One reconciliation ("Đối soát"): asked for, under way, or over. What it found lies in ``state/check``."""

    #: Account UID, or "" of the schedule or a command on the host.
    asked_by = models.CharField(max_length=100, blank=True)
    asked_at = models.BigIntegerField()
    #: Every sealed byte is hashed too.
    deep = models.BooleanField()
    started_at = models.BigIntegerField(null=True)
    finished_at = models.BigIntegerField(null=True)
    #: How far: a phase of ``reconcile.run``, and how many of how many.
    phase = models.CharField(max_length=20, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    wrong = models.IntegerField(default=0)
    #: Of the signed minutes, which the log of acts commits to by this run's entry.
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["finished_at"], name="audit_run_finished")]

    def __str__(self) -> str:
        return f"reconciliation {self.pk}"
