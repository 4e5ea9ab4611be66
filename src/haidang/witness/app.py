"""The witness over HTTP: add-checkpoint, the latest checkpoints, and a page that says how each log stands."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from haidang.core.units import VIETNAM
from haidang.witness.service import Answer, Standing, Witness

__all__ = ["create_app", "serve"]

_log = structlog.get_logger("haidang.witness")
_MAX_BODY_BYTES = 256 * 1024
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Bên chứng kiến · Hải Đăng</title><style>
body{{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}}
dl{{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}}dd{{margin:0;overflow-wrap:anywhere}}
section{{border-left:4px solid #777;padding-left:1rem;margin-block:1.5rem}}section.alarm{{border-color:#b3261e}}</style>
<h1>Bên chứng kiến {name}</h1><p>Khóa: <code>{key}</code></p>{logs}</html>"""


def create_app(witness: Witness, *, silence_s: int) -> Starlette:
    """``silence_s``: after how long without a new checkpoint a log counts as silent."""

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

    async def page(_request: Request) -> Response:
        standings = await run_in_threadpool(lambda: witness.standings(silence_s=silence_s))
        logs = "".join(_section(each) for each in standings)
        text = _PAGE.format(name=escape(witness.key.name), key=escape(str(witness.key)), logs=logs)
        return HTMLResponse(
            text, headers={**_HEADERS, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        )

    async def health(_request: Request) -> Response:
        """503 while any log is silent or has contradicted itself, so that whatever watches machines sees it."""
        standings = await run_in_threadpool(lambda: witness.standings(silence_s=silence_s))
        wrong = [each.origin for each in standings if each.silent or each.evidence]
        return PlainTextResponse("\n".join(wrong) or "ok", 503 if wrong else 200, headers=_HEADERS)

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


def _section(standing: Standing) -> str:
    if standing.evidence:
        words = f"BÁO ĐỘNG: nhật ký đã tự mâu thuẫn, lưu {standing.evidence} bằng chứng"
    elif standing.silent:
        words = "BÁO ĐỘNG: nhật ký im lặng"
    else:
        words = "Bình thường"
    facts = [("Tình trạng", words)]
    if standing.latest is not None:
        at = datetime.fromtimestamp(standing.latest.time_s, UTC).astimezone(VIETNAM)
        facts += [
            ("Số mục", str(standing.latest.size)),
            ("Gốc cây", standing.latest.root.hex()),
            ("Đồng xác nhận lần cuối", f"{at:%d/%m/%Y %H:%M:%S}"),
        ]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    alarm = ' class="alarm"' if standing.silent or standing.evidence else ""
    return f"<section{alarm}><h2>{escape(standing.origin)}</h2><dl>{rows}</dl></section>"
