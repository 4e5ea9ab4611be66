"""The Django app: what we watch."""

from django.apps import AppConfig


class CamerasConfig(AppConfig):
    """Cameras: what we watch."""

    name = "haidang.cameras"
    label = "cameras"
