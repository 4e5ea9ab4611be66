"""The gateway's site map. Addresses and messages are docs/design/contracts.md, "Gateway"."""

from __future__ import annotations

from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp

from haidang.core.errors import HaidangError, InvalidInput, NotFound
from haidang.gateway.live import live
from haidang.gateway.origins import OriginDoor
from haidang.gateway.parts import Parts
from haidang.gateway.playback import media, playlist, redeem
from haidang.gateway.problems import problem

__all__ = ["create_app"]


def create_app(parts: Parts) -> ASGIApp:
    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            WebSocketRoute("/media/live/{ticket}", live),
            Route("/media/playback/{ticket}/index.m3u8", redeem),
            Route("/media/playback/s/{session}/index.m3u8", playlist),
            Route("/media/playback/s/{session}/{number}.mp4", media),
        ],
        exception_handlers={HaidangError: _refuse, HTTPException: _refuse_http, Exception: _fail},
    )
    app.router.redirect_slashes = False
    app.state.parts = parts
    return OriginDoor(app, parts.settings)


async def healthz(_: Request) -> Response:
    return JSONResponse({"ok": True})


async def _refuse(_: Request, error: Exception) -> Response:
    return problem(cast("HaidangError", error))


async def _refuse_http(_: Request, error: Exception) -> Response:
    status = cast("HTTPException", error).status_code
    if status == 405:
        return problem(InvalidInput("couldn't do that here: GET and HEAD are served", code="method_not_allowed"))
    return problem(NotFound("couldn't find that address"))


async def _fail(_: Request, error: Exception) -> Response:
    return problem(HaidangError(str(error), code="internal"))
