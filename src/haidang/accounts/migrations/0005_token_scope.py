"""API tokens that open one thing only."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("accounts", "0004_alert_units")]
    operations: ClassVar[list[Any]] = [
        migrations.AddField("apitoken", "scope", models.CharField(blank=True, default="", max_length=8)),
    ]
