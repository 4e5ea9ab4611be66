"""Holds: what was typed to place, extend or release one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from haidang.cameras.models import Camera
from haidang.core.units import VIETNAM, WallUs, from_datetime
from haidang.footage.actions import HoldFacts
from haidang.web.forms.fields import DayField

__all__ = ["HOLD_DAYS", "PlaceHoldForm", "end_of_day"]

#: What the form proposes: long enough for a request with a document to come after it.
HOLD_DAYS = 60
_STAMP = "%Y-%m-%dT%H:%M:%S"


def end_of_day(day: date) -> WallUs:
    """A hold through a day lapses when the next one begins, in GMT+7."""
    return from_datetime(datetime.combine(day + timedelta(days=1), time(), VIETNAM))


class InstantField(forms.DateTimeField):
    """An instant in GMT+7 as browsers send it, or as people here write it."""

    def __init__(self, **kept: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format=_STAMP)
        formats = [_STAMP, "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"]
        super().__init__(widget=widget, input_formats=formats, **kept)


class PlaceHoldForm(forms.Form):
    """A camera's minutes to keep, why, and through which day."""

    camera = forms.ChoiceField(label=lazy("Camera"))
    from_at = InstantField(label=lazy("Từ"))
    to_at = InstantField(label=lazy("Đến"))
    reason = forms.CharField(
        label=lazy("Lý do"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500})
    )
    until = DayField(label=lazy("Lưu giữ đến hết ngày"))

    def __init__(self, data: Any = None, *, cameras: Iterable[Camera], initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        choice = self.fields["camera"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(camera.slug, f"{camera.site.short} · {camera.name}") for camera in cameras]

    @property
    def facts(self) -> HoldFacts:
        """Of a form that is valid."""
        kept = self.cleaned_data
        return HoldFacts(
            kept["camera"], from_datetime(kept["from_at"]), from_datetime(kept["to_at"]), kept["reason"],
            end_of_day(kept["until"]),
        )  # fmt: skip
