"""What every page gets (docs/design/pages.md)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - Django's signature
    """The values that every template may use."""
    return {}
