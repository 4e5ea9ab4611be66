"""An alert keeps the unit that its account was in; earlier ones get the account's unit of today."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def of_today(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    for alert in apps.get_model("accounts", "Alert").objects.filter(unit=None).select_related("account"):
        alert.unit_id = alert.account.unit_id
        alert.save(update_fields=["unit"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_states_of_accounts")]

    operations = [
        migrations.AddField(
            "Alert", "unit",
            models.ForeignKey("accounts.Unit", on_delete=django.db.models.deletion.PROTECT, related_name="+", null=True),
        ),
        migrations.RunPython(of_today, migrations.RunPython.noop),
        migrations.AlterField(
            "Alert", "unit",
            models.ForeignKey("accounts.Unit", on_delete=django.db.models.deletion.PROTECT, related_name="+"),
        ),
    ]  # fmt: skip
