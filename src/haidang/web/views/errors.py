"""Errors as pages, and as problems where a program asked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import TemplateDoesNotExist
from django.urls import reverse
from django.utils.translation import gettext as _

from haidang.core.errors import HaidangError
from haidang.web.errors import Refused, status_of
from haidang.web.present import Refusal
from haidang.web.problems import is_api, problem
from haidang.web.session import forget_login
from haidang.web.texts import title_of

if TYPE_CHECKING:
    from django.core.exceptions import SuspiciousOperation

log = structlog.get_logger("web")


def error_page(request: HttpRequest, error: HaidangError) -> HttpResponse:
    """The page for an error of ours."""
    status = status_of(error)
    if status >= 500:
        log.error("request failed", code=error.code, error=str(error))
    if is_api(request):
        return problem(status=status, code=error.code, clause=error.clause)
    if status == 401:
        wanted = {"next": request.get_full_path()} if request.method == "GET" else {}
        return redirect(reverse("login") + (f"?{urlencode(wanted)}" if wanted else ""))
    if isinstance(error, Refused):
        refusal = Refusal(error.sentence, error.clause, error.code)
        context = {"refusal": refusal, "back_url": reverse("wall")}
        return render(request, "web/refusal.html", context, status=status)
    return _page(request, status, title_of(error.code, status))


def bad_request(request: HttpRequest, exception: SuspiciousOperation | None = None) -> HttpResponse:  # noqa: ARG001
    return _answer(request, 400, "invalid_input")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _answer(request, 403, "denied")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _answer(request, 404, "not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """A defect of ours; Django has logged the traceback. Reads neither database nor session: they may be the cause."""
    forget_login(request)
    return _answer(request, 500, "error")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """A form without its token, or with one from before the last login."""
    return _answer(request, 403, "csrf")


def _answer(request: HttpRequest, status: int, code: str) -> HttpResponse:
    if is_api(request):
        return problem(status=status, code=code)
    return _page(request, status, title_of(code, status))


def _page(request: HttpRequest, status: int, title: str) -> HttpResponse:
    context = {"status": status, "title": title, "text": _text(status)}
    try:
        return render(request, "web/error.html", context, status=status)
    except TemplateDoesNotExist:
        return HttpResponse(f"{status} {title}", status=status, content_type="text/plain; charset=utf-8")


def _text(status: int) -> str:
    texts = {
        400: _("Đề nghị kiểm tra lại địa chỉ hoặc nội dung đã gửi."),
        403: _("Đề nghị tải lại trang rồi thực hiện lại."),
        404: _("Địa chỉ không đúng, hoặc nội dung không thuộc phạm vi truy cập của tài khoản."),
        405: _("Đề nghị trở lại trang trước."),
        429: _("Đề nghị thử lại sau ít phút."),
        503: _("Việc ghi hình không bị ảnh hưởng. Đề nghị thử lại sau ít phút."),
    }
    return texts.get(status, _("Lỗi đã được ghi lại. Việc ghi hình không bị ảnh hưởng."))
