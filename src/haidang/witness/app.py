"""The witness over HTTP: add-checkpoint, the latest checkpoints, a page that says how each log stands, and health."""

from __future__ import annotations

from collections.abc import Callable

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from haidang.witness.page import status_page
from haidang.witness.service import Answer
from haidang.witness.watch import Watch

__all__ = ["create_app", "serve"]

_log = structlog.get_logger("haidang.witness")
_MAX_BODY_BYTES = 256 * 1024
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_PAST = 10


def create_app(watch: Watch, clock_s: Callable[[], int], *, note: str = "") -> Starlette:
    """``note`` stands on the page."""
    witness = watch.witness

    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > _MAX_BODY_BYTES:
                return PlainTextResponse("too long\n", 413, headers=_HEADERS)
        answer = await run_in_threadpool(witness.add_checkpoint, body)
        if answer.status not in (200, 409):
            _log.warning("checkpoint refused", status=answer.status, why=answer.body.strip())
        return _response(answer)

    async def checkpoint(request: Request) -> Response:
        return _response(await run_in_threadpool(witness.checkpoint, request.path_params["origin"]))

    def page_text() -> str:
        alarms = watch.alarms()
        past = watch.notebook.alarms(ended=_PAST)
        return status_page(witness.key.name, witness.key, alarms, past, watch.states(), now_s=clock_s(), note=note)

    async def page(_request: Request) -> Response:
        text = await run_in_threadpool(page_text)
        return HTMLResponse(text, headers={**_HEADERS, "Content-Security-Policy": _POLICY})

    async def health(_request: Request) -> Response:
        """503 while any alarm stands, a line each, so that whatever watches machines sees it."""
        alarms = await run_in_threadpool(watch.alarms)
        lines = [f"{each.kind} {each.origin} {each.since_s} {each.subject}".rstrip() for each in alarms]
        return PlainTextResponse("\n".join(lines) or "ok", 503 if lines else 200, headers=_HEADERS)

    return Starlette(
        routes=[
            Route("/", page),
            Route("/healthz", health),
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/{origin}/checkpoint", checkpoint),
        ]
    )


def serve(app: Starlette, host: str, port: int) -> None:
    """Until SIGTERM or SIGINT."""
    uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, server_header=False)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, {**_HEADERS, "Content-Type": answer.content_type})
