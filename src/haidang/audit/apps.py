"""The Django app: what happened."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Audit: what happened."""

    name = "haidang.audit"
    label = "audit"
