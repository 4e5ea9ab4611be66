"""The Django app: pages and HTTP API."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Web: pages and HTTP API."""

    name = "haidang.web"
    label = "web"
