"""The Django app: what we have."""

from django.apps import AppConfig


class FootageConfig(AppConfig):
    """Footage: what we have."""

    name = "haidang.footage"
    label = "footage"
