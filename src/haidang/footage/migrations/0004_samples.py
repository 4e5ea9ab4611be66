"""Seals that a witness asked for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [("footage", "0003_expiry_and_holds")]
    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            "Sample",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry", models.BigIntegerField()),
                ("asked_at", models.BigIntegerField()),
                ("asked_by", models.CharField(max_length=100)),
                ("found", models.CharField(blank=True, max_length=10)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("checked_at", models.BigIntegerField(null=True)),
                ("answered_in", models.BigIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(answered_in=None), fields=("entry",), name="one_open_sample_an_entry"
                    )
                ]
            },
        ),
    ]
