"""Second factors: what was typed, or what a browser's authenticator said, checked for form."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

__all__ = ["CodeForm", "PasskeyForm", "TotpForm"]

#: An answer of an authenticator is some 1 to 4 KB; certificates of attestation are not asked for.
_MOST_ANSWER = 16 * 1024


class CodeForm(forms.Form):
    """Six digits, or a recovery code."""

    code = forms.CharField(label=_("Mã xác thực"), max_length=40)


class TotpForm(forms.Form):
    """The first code of a new secret, and what the person calls the device."""

    code = forms.CharField(label=_("Mã 6 chữ số"), max_length=20)
    name = forms.CharField(label=_("Tên gợi nhớ"), max_length=60, required=False)


class PasskeyForm(forms.Form):
    """``answer`` is WebAuthn's JSON, as the element ``hd-passkey`` sends it."""

    answer = forms.CharField(max_length=_MOST_ANSWER)
    name = forms.CharField(label=_("Tên gợi nhớ"), max_length=60, required=False)

    def clean_answer(self) -> dict[str, Any]:
        try:
            answer = json.loads(self.cleaned_data["answer"])
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("Không đọc được phản hồi của thiết bị xác thực."), code="passkey") from error
        if not isinstance(answer, dict):
            raise forms.ValidationError(_("Không đọc được phản hồi của thiết bị xác thực."), code="passkey")
        return answer
