"""People: what is typed to ask for an account or a change of one, to end its use on a day, to name a focal person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from haidang.accounts.models import Account, Unit
from haidang.web.forms.fields import DayField
from haidang.web.people_words import KIND_TEXTS, PROBLEMS, problem_text

__all__ = ["AskAccountForm", "AskForm", "ExpiryForm", "FocalForm", "ReasonForm"]


class _DocumentForm(forms.Form):
    document = forms.CharField(
        label=lazy("Văn bản căn cứ"), max_length=300, error_messages={"required": PROBLEMS["document_needed"]}
    )


def _units(units: Iterable[Unit]) -> list[tuple[str, str]]:
    return [("", _("Chọn đơn vị")), *((unit.slug, unit.name) for unit in units)]


class AskAccountForm(_DocumentForm):
    """Đề nghị cấp tài khoản."""

    unit = forms.ChoiceField(label=lazy("Đơn vị"))
    display_name = forms.CharField(label=lazy("Họ và tên"), max_length=100)
    position = forms.CharField(label=lazy("Chức vụ"), max_length=100)
    username = forms.CharField(
        label=lazy("Tên tài khoản"),
        max_length=63,
        validators=[RegexValidator(r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$", PROBLEMS["invalid_slug"])],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    phone = forms.CharField(label=lazy("Điện thoại"), max_length=30, required=False)
    email = forms.EmailField(label=lazy("Thư điện tử công vụ"), max_length=200, required=False)
    expires_on = DayField(label=lazy("Ngày dùng cuối cùng"), required=False)
    manager = forms.BooleanField(label=lazy("Là người quản lý của đơn vị"), required=False)

    field_order = (
        "unit",
        "display_name",
        "position",
        "username",
        "phone",
        "email",
        "expires_on",
        "manager",
        "document",
    )

    def __init__(self, units: Iterable[Unit], data: Any = None, **kept: Any) -> None:
        super().__init__(data, **kept)
        self.fields["unit"].choices = _units(units)  # type: ignore[attr-defined]


class AskForm(_DocumentForm):
    """Đề nghị thay đổi một tài khoản: only of the kinds that fit how it stands."""

    kind = forms.ChoiceField(label=lazy("Việc đề nghị"))
    to_unit = forms.ChoiceField(label=lazy("Đơn vị nhận"), required=False)
    reason = forms.CharField(label=lazy("Lý do"), max_length=300, required=False)

    field_order = ("kind", "to_unit", "document", "reason")

    def __init__(self, account: Account, kinds: Iterable[str], units: Iterable[Unit], data: Any = None) -> None:
        super().__init__(data)
        self.fields["kind"].choices = [(kind, KIND_TEXTS[kind]) for kind in kinds]  # type: ignore[attr-defined]
        others = [unit for unit in units if unit.pk != account.unit_id]
        self.fields["to_unit"].choices = _units(others)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("kind") == "transfer" and not data.get("to_unit"):
            self.add_error("to_unit", forms.ValidationError(problem_text("transfer_unit"), code="transfer_unit"))
        return data


class ExpiryForm(forms.Form):
    """Đặt ngày hết hạn."""

    last_day = DayField(label=lazy("Ngày dùng cuối cùng"))


class ReasonForm(forms.Form):
    """Khóa tài khoản, từ chối đề nghị."""

    reason = forms.CharField(
        label=lazy("Lý do"), max_length=300, error_messages={"required": PROBLEMS["reason_needed"]}
    )


class FocalForm(_DocumentForm):
    """Cập nhật đầu mối."""

    name = forms.CharField(label=lazy("Họ và tên"), max_length=100)
    position = forms.CharField(label=lazy("Chức vụ"), max_length=100)
    phone = forms.CharField(label=lazy("Điện thoại"), max_length=30, required=False)

    field_order = ("name", "position", "phone", "document")
