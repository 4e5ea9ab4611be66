"""Entries get the salt of their commitment, and their place in the log of acts."""

import secrets
from typing import Any

from django.db import migrations, models


def draw_salts(apps: Any, schema_editor: Any) -> None:
    Entry = apps.get_model("audit", "Entry")
    batch = []
    for entry in Entry.objects.only("pk").iterator(chunk_size=1000):
        entry.salt = secrets.token_bytes(32)
        batch.append(entry)
        if len(batch) == 1000:
            Entry.objects.bulk_update(batch, ["salt"])
            batch = []
    Entry.objects.bulk_update(batch, ["salt"])


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="LogPlace",
            fields=[
                ("entry_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("index", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="entry", name="salt", field=models.BinaryField(default=b""), preserve_default=False
        ),
        migrations.RunPython(draw_salts, migrations.RunPython.noop, elidable=True),
    ]
