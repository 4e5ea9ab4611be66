from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_log_of_acts")]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_by", models.CharField(blank=True, max_length=100)),
                ("asked_at", models.BigIntegerField()),
                ("deep", models.BooleanField()),
                ("started_at", models.BigIntegerField(null=True)),
                ("finished_at", models.BigIntegerField(null=True)),
                ("phase", models.CharField(blank=True, max_length=20)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("wrong", models.IntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={"indexes": [models.Index(fields=["finished_at"], name="audit_run_finished")]},
        ),
    ]
