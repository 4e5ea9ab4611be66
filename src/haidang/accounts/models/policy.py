"""Policy: every revision that ever was, the newest's grants as rows, changes that wait for a second person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from haidang.accounts.models.account import Account
from haidang.accounts.models.unit import Unit

__all__ = ["Grant", "PolicyChange", "PolicyRevision", "Purpose"]


class Purpose(models.Model):
    """What a grant is for; every view names one."""

    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.slug


class PolicyRevision(models.Model):
    """The whole notice (``core.policy.serial``) and Cedar text in force from ``applied_at`` on; the newest decides."""

    set_name = models.CharField(max_length=63)
    #: {} for revisions from before notices were kept here.
    notice = models.JSONField(default=dict)
    cedar = models.TextField()
    schema = models.TextField()
    sha256 = models.CharField(max_length=64)
    document = models.CharField(max_length=300)
    applied_at = models.BigIntegerField()
    #: Account names; "" for the host (the first set, at ``haidang init``).
    proposed_by = models.CharField(max_length=63, blank=True)
    approved_by = models.CharField(max_length=63, blank=True)

    def __str__(self) -> str:
        return f"{self.set_name}@{self.pk}"


class PolicyChange(models.Model):
    """A proposed revision, over the one it was made from; applied when a second person of another unit agrees."""

    base = models.ForeignKey(PolicyRevision, on_delete=models.PROTECT, related_name="+")
    set_name = models.CharField(max_length=63)
    title = models.CharField(max_length=300)
    document = models.CharField(max_length=300)
    notice = models.JSONField()
    #: ``plan`` as data: what the two people saw.
    plan = models.JSONField()
    widens = models.BooleanField()
    state = models.CharField(max_length=10, default="proposed")  # proposed | applied | refused | withdrawn | stale
    proposed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.BigIntegerField()
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


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

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["resource", "valid_from"])]

    def __str__(self) -> str:
        return self.policy_id
