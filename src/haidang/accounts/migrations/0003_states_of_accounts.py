"""Accounts from before states were kept: each gets its first one, and counts as confirmed when it was made."""

from typing import Any

from django.db import migrations
from django.db.models import F


def first_states(apps: Any, _schema_editor: Any) -> None:
    account_model, state_model = apps.get_model("accounts", "Account"), apps.get_model("accounts", "AccountState")
    for account in account_model.objects.filter(states=None):
        state_model.objects.create(
            account=account, unit_id=account.unit_id, is_active=account.is_active, at=account.created_at, reason="issue"
        )
    account_model.objects.filter(confirmed_at=None).update(confirmed_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_rights")]

    operations = [migrations.RunPython(first_states, migrations.RunPython.noop)]
