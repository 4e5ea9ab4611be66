"""Terminals: what a manager typed, what a screen told of itself."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from haidang.accounts.terminals import HealthReport
from haidang.core.errors import InvalidInput

__all__ = ["TerminalForm", "health_of"]

_MOST_BYTES = 4096


class TerminalForm(forms.Form):
    """A new screen: how its unit calls it, and where it hangs."""

    name = forms.CharField(label=_("Tên màn hình"), max_length=100)
    place = forms.CharField(label=_("Nơi đặt"), max_length=200, required=False)


class _HealthForm(forms.Form):
    """Bounds of what a screen may tell: what lies outside is no measurement."""

    bandwidth_kbps = forms.IntegerField(required=False, min_value=0, max_value=10_000_000)
    round_trip_ms = forms.IntegerField(required=False, min_value=0, max_value=600_000)
    pictures_per_s = forms.FloatField(required=False, min_value=0, max_value=1000)
    dropped_percent = forms.FloatField(required=False, min_value=0, max_value=100)
    clock_offset_ms = forms.IntegerField(required=False, min_value=-(10**12), max_value=10**12)
    tiles = forms.IntegerField(min_value=0, max_value=1000)
    tiles_playing = forms.IntegerField(min_value=0, max_value=1000)

    def clean_clock_offset_ms(self) -> int | None:
        """Decades wrong is as wrong as three weeks: the column holds 32 bits."""
        offset: int | None = self.cleaned_data["clock_offset_ms"]
        return None if offset is None else max(-(2**31) + 1, min(2**31 - 1, offset))


def health_of(request: HttpRequest, browser: str) -> HealthReport:
    """The report in a request's body. Raises InvalidInput (``terminal_health``) for anything else."""
    try:
        body: Any = json.loads(request.body) if len(request.body) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise InvalidInput("couldn't read the report: a JSON object of at most 4 KiB", code="terminal_health")
    form = _HealthForm({name: value for name, value in body.items() if isinstance(value, int | float)})
    if not form.is_valid() or form.cleaned_data["tiles_playing"] > form.cleaned_data["tiles"]:
        raise InvalidInput("couldn't read the report: a value is missing or out of bounds", code="terminal_health")
    return HealthReport(**form.cleaned_data, browser=browser[:100])
