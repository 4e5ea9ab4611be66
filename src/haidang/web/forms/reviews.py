"""Access reviews: what was typed to open one, and which verdicts a page of lines carried back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from haidang.accounts.models import Unit
from haidang.accounts.reviews import units_to_review
from haidang.core.units import WallUs
from haidang.web.forms.fields import DayField

__all__ = ["OpenReviewForm", "verdicts_of"]

_DAYS = 14
_PREFIX = "verdict-"
_QUARTERS = ("I", "II", "III", "IV")


class OpenReviewForm(forms.Form):
    """A new review: called what, done until when, of which unit ("" for all)."""

    title = forms.CharField(label=lazy("Tên đợt rà soát"), max_length=200)
    due_on = DayField(label=lazy("Hoàn thành trước hết ngày"))
    unit = forms.ModelChoiceField(
        label=lazy("Đơn vị"),
        queryset=Unit.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=lazy("Mọi đơn vị có tài khoản"),
    )

    def __init__(self, data: Any = None, *, today: date, now: WallUs) -> None:
        quarter = _("Rà soát quyền truy cập quý %(quarter)s năm %(year)s") % {
            "quarter": _QUARTERS[(today.month - 1) // 3], "year": today.year,
        }  # fmt: skip
        super().__init__(data, initial={"title": quarter, "due_on": today + timedelta(days=_DAYS)})
        self._today = today
        self.units = units_to_review(now=now)
        choice = self.fields["unit"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in self.units])

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on < self._today:
            raise forms.ValidationError(lazy("Ngày này đã qua."), code="review_due")
        return due_on


def verdicts_of(request: HttpRequest) -> dict[str, str]:
    """By account, what was chosen; lines without a choice are absent."""
    return {
        name.removeprefix(_PREFIX): str(value)
        for name, value in request.POST.items()
        if name.startswith(_PREFIX) and value
    }
