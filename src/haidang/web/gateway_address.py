"""Where a browser finds the gateway: ``gateway.public_url``, or the page's own host with the gateway's port."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

from haidang.web.session import host_settings

__all__ = ["gateway_base", "gateway_sources_of"]


def gateway_base(request: HttpRequest, *, websocket: bool = False) -> str:
    """``http(s)://host:port`` or ``ws(s)://host:port``, without a slash at the end."""
    settings = host_settings()
    if settings.gateway.public_url:
        base = settings.gateway.public_url.rstrip("/")
    else:
        name = urlsplit(f"//{request.get_host()}").hostname or "127.0.0.1"
        host = f"[{name}]" if ":" in name else name
        base = f"{'https' if request.is_secure() else 'http'}://{host}:{settings.gateway_port}"
    return f"ws{base.removeprefix('http')}" if websocket else base


def gateway_sources_of(request: HttpRequest) -> tuple[str, str]:
    """The gateway's origins for the CSP."""
    try:
        parts = urlsplit(gateway_base(request))
    except DisallowedHost:  # the request is about to be refused; its answer loads nothing
        return "'none'", "'none'"
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin, f"ws{origin.removeprefix('http')}"
