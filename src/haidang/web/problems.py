"""RFC 9457 problem details: how the API says no."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse

from haidang.web.texts import status_title, title_of

__all__ = ["PROBLEM_TYPE", "is_api", "problem"]

PROBLEM_TYPE = "application/problem+json"


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def problem(*, status: int, code: str, clause: str = "", detail: str = "") -> HttpResponse:
    """The body depends on its arguments and the language alone, so equal refusals are equal to the byte."""
    body = {
        "type": f"urn:haidang:problem:{code}",
        "title": title_of(code, status),
        "status": status,
        "detail": detail or status_title(status),
        "code": code,
        "clause": clause,
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=PROBLEM_TYPE)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="haidang"'
    return response
