"""What every request passes: the gateway's origin in the CSP, the session's life, refusals as pages or problems."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], HttpResponse]


def gateway_sources(get_response: Next) -> Next:
    """Allow pages to reach the gateway, and no other origin than it and ourselves."""
    return get_response


def session_guard(get_response: Next) -> Next:
    """End sessions that are idle, ended or of a locked account; force the first password change."""
    return get_response


def refusals(get_response: Next) -> Next:
    """Turn our errors into pages."""
    return get_response
