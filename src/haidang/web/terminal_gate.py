"""What a duty screen's session may reach: its own pages, the self-test, and what its wall asks the API. Nothing else.

Law: this is the outer of two walls. The inner one is the policy (``forbid`` I.1.b-1): whatever this let through by
mistake would still be decided as a terminal's.
"""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from haidang.accounts.models import LoginSession
from haidang.web.present import Refusal
from haidang.web.problems import is_api, problem

__all__ = ["TERMINAL_KIND", "is_terminal_page", "terminal_gate"]

TERMINAL_KIND = "terminal"
_CODE, _CLAUSE = "terminal_only", "I.1.b"
_API = re.compile(r"/api/v1/cameras(?:/[a-z0-9-]+(?:/tickets)?)?")


def is_terminal_page(request: HttpRequest) -> bool:
    """The screen's own pages, which are open without a session: their key or code says who comes."""
    own = reverse("terminal")
    return request.path == own or request.path.startswith(f"{own}/")


def terminal_gate(request: HttpRequest, login: LoginSession) -> HttpResponse | None:
    """The refusal for a terminal that asks for more than its wall; None lets it, and everybody else, pass."""
    if login.account.kind != TERMINAL_KIND or _open(request):
        return None
    if request.path == reverse("home"):
        return redirect("terminal")
    sentence = _(
        "Không thực hiện được: màn hình trực chỉ hiển thị hình ảnh trực tiếp của đơn vị (mục %(clause)s). "
        "Cán bộ dùng tài khoản của mình trên thiết bị khác."
    ) % {"clause": _CLAUSE}
    if is_api(request):
        return problem(status=403, code=_CODE, clause=_CLAUSE, detail=sentence)
    context = {"refusal": Refusal(sentence, _CLAUSE, _CODE), "back_url": reverse("terminal")}
    return render(request, "web/refusal.html", context, status=403)


def _open(request: HttpRequest) -> bool:
    test = reverse("self_test")
    return (
        is_terminal_page(request)
        or request.path == test
        or request.path.startswith(f"{test}/")
        or request.path == reverse("language")
        or _API.fullmatch(request.path) is not None
    )
