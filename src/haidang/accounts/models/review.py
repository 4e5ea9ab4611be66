"""Periodic access review ("rà soát quyền"): each unit's manager goes through its accounts and signs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from haidang.accounts.models.account import Account
from haidang.accounts.models.unit import Unit

__all__ = ["AccessReview", "ReviewLine"]


class AccessReview(models.Model):
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reviews")
    title = models.CharField(max_length=200)
    opened_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.BigIntegerField()
    due_on = models.DateField()
    signed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.BigIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.unit} {self.due_on}"


class ReviewLine(models.Model):
    """One account of a review as it stood, and what the manager said of it."""

    review = models.ForeignKey(AccessReview, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    last_seen_at = models.BigIntegerField(null=True)
    was_active = models.BooleanField()
    verdict = models.CharField(max_length=10, blank=True)  # keep | lock | "" while open

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "account"], name="one_line_an_account"),
        ]

    def __str__(self) -> str:
        return f"{self.review} {self.account}"
