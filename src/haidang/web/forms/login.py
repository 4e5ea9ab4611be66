"""Login and change of password: what was typed, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from haidang.accounts.models import Account

__all__ = ["LoginForm", "PasswordForm"]

MAX_PASSWORD = 256  # hashing anything longer is work for an attacker's benefit


class LoginForm(forms.Form):
    username = forms.CharField(
        label=_("Tài khoản"),
        max_length=63,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    current = forms.CharField(
        label=_("Mật khẩu hiện tại"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("Mật khẩu mới"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeat = forms.CharField(
        label=_("Nhập lại mật khẩu mới"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, account: Account, data: Any = None) -> None:
        super().__init__(data)
        self._account = account

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self._account.check_password(current):
            raise forms.ValidationError(_("Mật khẩu hiện tại không đúng."), code="wrong_password")
        return current

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self._account)
        if self._account.check_password(new):
            raise forms.ValidationError(_("Mật khẩu mới phải khác mật khẩu hiện tại."), code="same_password")
        return new

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("new") and data.get("repeat") and data["new"] != data["repeat"]:
            self.add_error(
                "repeat", forms.ValidationError(_("Hai lần nhập mật khẩu mới không giống nhau."), code="repeat")
            )
        return data
