"""What we watch: sites and their cameras.

Laws: rows are written only by ``cameras.actions``; a camera is switched off, never deleted; addresses hold no user or
password; the password is stored sealed (``core.sealed``) and bound to the camera's slug.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

__all__ = ["Camera", "Site"]


class Site(models.Model):
    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    short = models.CharField(max_length=63)
    name_en = models.CharField(max_length=200)
    aliases = models.JSONField(default=list)
    order = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["order", "slug"]

    def __str__(self) -> str:
        return self.slug


class Camera(models.Model):
    slug = models.CharField(max_length=63, unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="cameras")
    name = models.CharField(max_length=100)
    order = models.IntegerField(default=0)
    main_url = models.CharField(max_length=500)
    sub_url = models.CharField(max_length=500, blank=True)
    username = models.CharField(max_length=100, blank=True)
    sealed_password = models.TextField(blank=True)
    ingest = models.CharField(max_length=10, default="native")
    tls_sha256 = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)
    added_at = models.BigIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["site__order", "order", "slug"]

    def __str__(self) -> str:
        return self.slug
