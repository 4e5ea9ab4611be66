"""The Django app: who may act."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts: who may act."""

    name = "haidang.accounts"
    label = "accounts"
