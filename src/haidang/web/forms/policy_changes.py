"""Proposals of changes of rights: what was typed, checked against the notice in force, made into a new notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from haidang.core.errors import Conflict, InvalidInput, NotFound
from haidang.core.policy import SYSTEM_UID, Grant, Notice, Transfer, end_grant, transfer
from haidang.web.change_words import problem_text
from haidang.web.forms.fields import DayField
from haidang.web.plan_texts import day_text

__all__ = ["ChangeForm", "EndGrantForm", "TransferForm"]

#: What policy texts can hold (docs/design/rights.md): no quotation mark, no line break.
_NOT_IN_TEXTS = '"\\\n\r\t'


class ChangeForm(forms.Form):
    """One kind of change over ``notice``; ``made`` is the notice that it would be."""

    document = forms.CharField(label=lazy("Văn bản"), max_length=300)

    def __init__(self, notice: Notice, data: Any = None, *, today: date) -> None:
        super().__init__(data)
        self.notice, self.today = notice, today
        self.made: Notice | None = None
        self.title = ""

    def clean_document(self) -> str:
        document: str = self.cleaned_data["document"].strip()
        if any(character in document for character in _NOT_IN_TEXTS):
            raise forms.ValidationError(_("Văn bản không được có dấu nháy thẳng hoặc xuống dòng."), code="text")
        return document

    def make(self, change: Callable[[dict[str, Any]], Notice], title: Callable[[dict[str, Any]], str]) -> None:
        """Once every field is right: the notice and its title, or why the notice does not take the change."""
        if self.errors:
            return
        try:
            self.made = change(self.cleaned_data)
        except (Conflict, InvalidInput, NotFound) as error:
            raise forms.ValidationError(problem_text(error.code), code=error.code) from error
        self.title = title(self.cleaned_data)


class TransferForm(ChangeForm):
    """Chuyển giao quyền."""

    old = forms.ChoiceField(label=lazy("Đơn vị giao"))
    new = forms.ChoiceField(label=lazy("Đơn vị nhận"))
    sites = forms.MultipleChoiceField(label=lazy("Khu vực"), required=False, widget=forms.CheckboxSelectMultiple)
    on = DayField(label=lazy("Từ ngày"))

    field_order = ("old", "new", "sites", "on", "document")

    def __init__(self, notice: Notice, data: Any = None, *, today: date) -> None:
        super().__init__(notice, data, today=today)
        holding = {grant.unit for grant in notice.grants}
        units = [(unit.slug, unit.name) for unit in notice.units]
        first = ("", _("Chọn đơn vị"))
        self.fields["old"].choices = [first, *(each for each in units if each[0] in holding)]  # type: ignore[attr-defined]
        self.fields["new"].choices = [first, *units]  # type: ignore[attr-defined]
        self.fields["sites"].choices = [(site.slug, site.short) for site in notice.sites]  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        self.make(self._transferred, self._titled)

    def _transferred(self, data: dict[str, Any]) -> Notice:
        sites = tuple(data["sites"])
        return transfer(self.notice, Transfer(data["old"], data["new"], data["on"], data["document"], sites))

    def _titled(self, data: dict[str, Any]) -> str:
        names = {unit.slug: unit.name for unit in self.notice.units}
        return _("Chuyển giao quyền: %(old)s → %(new)s, từ ngày %(day)s") % {
            "old": names[data["old"]],
            "new": names[data["new"]],
            "day": day_text(data["on"]),
        }


class EndGrantForm(ChangeForm):
    """Kết thúc quyền."""

    grant = forms.ChoiceField(label=lazy("Quyền"))
    last_day = DayField(label=lazy("Hiệu lực đến hết ngày"))

    field_order = ("grant", "last_day", "document")

    def __init__(self, notice: Notice, data: Any = None, *, today: date) -> None:
        super().__init__(notice, data, today=today)
        going_on = [grant for grant in notice.grants if grant.valid_to is None or today <= grant.valid_to]
        choices = [(grant.policy_id, _named(notice, grant)) for grant in going_on]
        self.fields["grant"].choices = [("", _("Chọn quyền")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        self.make(self._ended, self._titled)

    def _ended(self, data: dict[str, Any]) -> Notice:
        return end_grant(self.notice, data["grant"], data["last_day"])

    def _titled(self, data: dict[str, Any]) -> str:
        grant = next(each for each in self.notice.grants if each.policy_id == data["grant"])
        return _("Kết thúc quyền: %(grant)s, đến hết ngày %(day)s") % {
            "grant": _named(self.notice, grant),
            "day": day_text(data["last_day"]),
        }


def _named(notice: Notice, grant: Grant) -> str:
    """Unit, place and clause: what a list of grants is chosen from."""
    units = {unit.slug: unit.name for unit in notice.units}
    slug = grant.resource.partition("::")[2].strip('"')
    place = next((site.short for site in notice.sites if site.slug == slug), "")
    if grant.resource == SYSTEM_UID:
        place = _("toàn hệ thống")
    return f"{units.get(grant.unit, grant.unit)} · {place} ({grant.clause})"
