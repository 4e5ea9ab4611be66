"""What expires, and what is held."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("footage", "0002_replicas"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Expiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=200, unique=True)),
                ("site", models.CharField(max_length=63)),
                ("camera", models.CharField(max_length=63)),
                ("stream", models.CharField(max_length=4)),
                ("started_at", models.BigIntegerField()),
                ("ended_at", models.BigIntegerField()),
                ("size_bytes", models.BigIntegerField()),
                ("sequence", models.BigIntegerField()),
                ("reason", models.CharField(max_length=10)),
                ("policy", models.CharField(max_length=400)),
                ("state", models.CharField(default="planned", max_length=9)),
                ("log_size", models.BigIntegerField(null=True)),
                ("planned_at", models.BigIntegerField()),
                ("removed_at", models.BigIntegerField(null=True)),
                ("journal_left", models.BooleanField(default=False)),
                ("fault", models.CharField(blank=True, max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("site", models.CharField(max_length=63)),
                ("camera", models.CharField(blank=True, max_length=63)),
                ("started_at", models.BigIntegerField()),
                ("ended_at", models.BigIntegerField()),
                ("kind", models.CharField(default="manual", max_length=8)),
                ("reason", models.CharField(max_length=500)),
                ("until", models.BigIntegerField()),
                ("unit", models.CharField(blank=True, max_length=63)),
                ("placed_at", models.BigIntegerField()),
                ("released_at", models.BigIntegerField(null=True)),
                ("release_reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.AddIndex(
            model_name="recordingfile",
            index=models.Index(fields=["site", "started_at"], name="footage_rec_site_e2cb01_idx"),
        ),
        migrations.AddIndex(
            model_name="expiry",
            index=models.Index(fields=["camera", "stream", "started_at"], name="footage_exp_camera_1c4c42_idx"),
        ),
        migrations.AddIndex(
            model_name="expiry",
            index=models.Index(fields=["state", "started_at"], name="footage_exp_state_3bf59e_idx"),
        ),
        migrations.AddField(
            model_name="hold",
            name="placed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="hold",
            name="released_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(fields=["released_at", "until"], name="footage_hol_release_37241a_idx"),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(fields=["site", "started_at"], name="footage_hol_site_a9696d_idx"),
        ),
    ]
