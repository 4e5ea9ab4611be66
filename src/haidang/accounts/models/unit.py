"""Units: agencies and parts of them, their names in time, who followed whom, and the focal persons of II.5."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

__all__ = ["FocalPerson", "Succession", "Unit", "UnitName"]


class Unit(models.Model):
    """An agency or a part of one, as the notice names it; ``name`` is the current one, ``names`` the former ones.

    ``valid_to`` is the last day of its existence (a policy's word); ``is_active`` False is the emergency switch.
    """

    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    aliases = models.JSONField(default=list)
    role = models.CharField(max_length=16, default="holder")  # core.policy.UnitRole
    clause = models.CharField(max_length=32, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    #: II.5: accounts are for the focal person whom the unit has named, and for nobody else.
    focal_required = models.BooleanField(default=False)
    #: The unit's own choice: one live session an account.
    single_session = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    deactivated_at = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.slug


class UnitName(models.Model):
    """A former name: what rows of those days print."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField()

    class Meta:
        ordering: ClassVar[list[str]] = ["valid_from"]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """``new`` took over from ``old`` on a day; n → m are several rows ("kế thừa")."""

    old = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="successors")
    new = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="predecessors")
    on = models.DateField()
    document = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class FocalPerson(models.Model):
    """The person ("đầu mối") a unit named to receive its account, by a document; current while ``valid_to`` is null."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="focal_persons")
    name = models.CharField(max_length=100)
    position = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    document = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-valid_from", "-pk"]

    def __str__(self) -> str:
        return f"{self.unit} {self.valid_from}"
