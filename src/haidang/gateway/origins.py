"""Which pages may talk to the gateway, and the headers every answer carries.

Law: a request that names an ``Origin`` is served only if that is the page's own: ``web.public_url`` where it is set,
else the request's own host with the web port. Requests without one (programs, players) are served: the ticket is the
right, the origin keeps other sites from using a viewer's cookie.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from haidang.core.errors import Denied
from haidang.core.settings import Settings
from haidang.gateway.problems import problem

__all__ = ["OriginDoor", "is_own_origin"]

_ALWAYS = {
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-site",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
_PREFLIGHT = {
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "authorization, range",
    "access-control-max-age": "600",
}
_CORS = {
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "content-range, accept-ranges, content-length",
}


def is_own_origin(origin: str, host: str, settings: Settings) -> bool:
    """Whether a page of ``origin`` is ours, for a request to ``host`` (its Host header)."""
    try:
        if settings.web.public_url:
            return _origin(origin) == _origin(settings.web.public_url)
        name = urlsplit(f"//{host}").hostname
        scheme, page_name, port = _origin(origin)
    except ValueError:
        return False
    return scheme in ("http", "https") and bool(name) and page_name == name and port == settings.web.port


def _origin(text: str) -> tuple[str, str, int]:
    """Scheme, host and port; raises ValueError for what is no origin, ``null`` included."""
    parts = urlsplit(text)
    if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.username is not None:
        raise ValueError(text)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)


class OriginDoor:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        own = origin is not None and is_own_origin(origin, headers.get("host", ""), self._settings)
        answer = _dressed(send, {**_CORS, "access-control-allow-origin": origin} if origin and own else {})
        if origin is not None and not own:
            await self._refuse(scope, receive, answer)
        elif scope["type"] == "http" and scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=_PREFLIGHT if own else None)(scope, receive, answer)
        else:
            await self._app(scope, receive, answer)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = problem(Denied("couldn't serve a page of another origin", code="origin"))
        if scope["type"] == "websocket":
            await receive()  # the handshake, which is answered with the refusal instead of an accept
        await refusal(scope, receive, send)


def _dressed(send: Send, cors: dict[str, str]) -> Send:
    """``send`` that adds our headers to whatever response starts, a refused WebSocket's included."""

    async def dressed(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            headers = MutableHeaders(scope=message)
            for name, value in {**_ALWAYS, "vary": "Origin", **cors}.items():
                headers.setdefault(name, value)
        await send(message)

    return dressed
