"""Fields that more than one form has."""

from __future__ import annotations

from typing import Any

from django import forms

__all__ = ["DayField"]


class DayField(forms.DateField):
    """A day as browsers send it, or as people here write it."""

    def __init__(self, **kept: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%d/%m/%Y"], **kept)
