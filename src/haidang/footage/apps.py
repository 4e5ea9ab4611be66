from django.apps import AppConfig


class FootageConfig(AppConfig):
    """Footage: what we have."""

    name = "haidang.footage"
    label = "footage"
