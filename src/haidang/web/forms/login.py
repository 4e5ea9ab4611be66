"""Login and change of password: what was typed, checked."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from haidang.accounts.models import Account

__all__ = ["LoginForm", "PasswordForm"]

MAX_PASSWORD = 256  # hashing anything longer is work for an attacker's benefit


class PasswordField(forms.CharField):
    """Typed on whichever keyboard: "ề" is one password, however many code points a system makes of it."""

    def to_python(self, value: object) -> str:
        return unicodedata.normalize("NFC", super().to_python(value) or "")


class LoginForm(forms.Form):
    username = forms.CharField(
        label=_("Tài khoản"),
        max_length=63,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = PasswordField(
        label=_("Mật khẩu"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    current = PasswordField(
        label=_("Mật khẩu hiện tại"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = PasswordField(
        label=_("Mật khẩu mới"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeat = PasswordField(
        label=_("Nhập lại mật khẩu mới"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(
        self, account: Account, data: Any = None, *, is_current: Callable[[str], bool], is_former: Callable[[str], bool]
    ) -> None:  # fmt: skip
        super().__init__(data)
        self._account = account
        self._is_current, self._is_former = is_current, is_former

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self._is_current(current):
            raise forms.ValidationError(_("Mật khẩu hiện tại không đúng."), code="wrong_password")
        return current

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self._account)
        # Compared with what was typed and found right, never with what is stored: that would tell whether a guess fits.
        current = self.cleaned_data.get("current")
        if new == current:
            raise forms.ValidationError(_("Mật khẩu mới phải khác mật khẩu hiện tại."), code="same_password")
        if current is not None and self._is_former(new):
            raise forms.ValidationError(
                _("Mật khẩu mới trùng với một trong 5 mật khẩu đã dùng gần nhất."), code="same_password"
            )
        return new

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("new") and data.get("repeat") and data["new"] != data["repeat"]:
            self.add_error(
                "repeat", forms.ValidationError(_("Hai lần nhập mật khẩu mới không giống nhau."), code="repeat")
            )
        return data
