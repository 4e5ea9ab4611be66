"""The live door: ``WS /media/live/<ticket>?stream=main|sub``. Messages are in docs/design/contracts.md, "Gateway"."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from haidang.core.errors import HaidangError, InvalidInput
from haidang.core.layout import Stream, check_stream
from haidang.core.messages import EndReason
from haidang.core.tickets import Ticket
from haidang.gateway.parts import Parts
from haidang.gateway.problems import problem
from haidang.gateway.redemption import credentials_of
from haidang.gateway.viewer import Viewer

__all__ = ["CLOSE_AGAIN", "CLOSE_ENDED", "CLOSE_FULL", "CLOSE_JUNK", "CLOSE_TICKET", "live"]

CLOSE_TICKET = 4401
CLOSE_ENDED = 4403
CLOSE_AGAIN = 1012
CLOSE_FULL = 1013
CLOSE_JUNK = 1008
#: A right that ended is final; these are not about the viewer's right, and a page tries again.
_CODES: dict[EndReason, int] = {"ticket_ended": CLOSE_TICKET, "shutdown": CLOSE_AGAIN, "unchecked": CLOSE_AGAIN}
#: A peer that cannot take its goodbye in this time is cut off: an end takes effect at once.
_GOODBYE_S = 0.2
#: Messages a viewer may send: enough for a person changing streams, not for a flood.
_MAX_MESSAGES = 200
_MAX_MESSAGE_CHARS = 256


async def live(websocket: WebSocket) -> None:
    """Check the ticket, then show pictures until either side ends it."""
    parts: Parts = websocket.app.state.parts
    try:
        stream = check_stream(websocket.query_params.get("stream", "main"))
        parts.streams.check_may_start()
        ticket = parts.redemption.check(websocket.path_params["ticket"], "view_live", credentials_of(websocket.headers))
    except HaidangError as error:
        await websocket.send_denial_response(problem(error))
        return
    if len(parts.hub) >= parts.settings.gateway.max_viewers:
        await websocket.accept()
        await _say_goodbye(websocket, "full", CLOSE_FULL)
        return
    parts.redemption.burn(ticket)
    viewer = Viewer(limit_bytes=parts.settings.gateway.viewer_queue_bytes, monotonic=parts.monotonic)
    stream_id = parts.streams.open(ticket, viewer.end)
    parts.hub.join(viewer, ticket.site, ticket.camera, stream)
    try:
        await websocket.accept()
        await _watch(websocket, viewer, parts, ticket)
    except WebSocketDisconnect:
        return
    finally:
        parts.hub.leave(viewer)
        parts.streams.close(stream_id)


async def _watch(websocket: WebSocket, viewer: Viewer, parts: Parts, ticket: Ticket) -> None:
    def change(stream: Stream) -> None:
        parts.hub.join(viewer, ticket.site, ticket.camera, stream)

    pump = viewer.pump(websocket)
    listening = asyncio.create_task(_listen(websocket, change))
    try:
        await asyncio.wait({pump, listening}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ended = await _stopped(pump, listening)
    if viewer.stalled:
        _cut_off(websocket)
    elif viewer.end_reason is not None:
        await _say_goodbye(websocket, viewer.end_reason, _CODES.get(viewer.end_reason, CLOSE_ENDED))
    elif ended.get(listening) == "junk":
        await _say_goodbye(websocket, "junk", CLOSE_JUNK)


async def _stopped(*tasks: asyncio.Task[Any]) -> dict[asyncio.Task[Any], object]:
    """Cancel what still runs and give the results; a peer that is gone is a normal end, anything else raises."""
    for task in tasks:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError | WebSocketDisconnect):
            raise result
    return dict(zip(tasks, results, strict=True))


async def _listen(websocket: WebSocket, change: Callable[[Stream], None]) -> str:
    """Read what the viewer says until it leaves; more than a person would say is ``junk``."""
    for _ in range(_MAX_MESSAGES):
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return "left"
        stream = wanted_stream(message.get("text"))
        if stream is not None:
            change(stream)
    return "junk"


def wanted_stream(text: str | None) -> Stream | None:
    """The stream that ``{"type": "stream", "stream": …}`` asks for; None for anything else, which is ignored."""
    if text is None or len(text) > _MAX_MESSAGE_CHARS:
        return None
    try:
        message = json.loads(text)
        if isinstance(message, dict) and message.get("type") == "stream":
            return check_stream(str(message.get("stream")))
    except (ValueError, RecursionError, InvalidInput):
        return None
    return None


async def _say_goodbye(websocket: WebSocket, reason: str, code: int) -> None:
    try:
        async with asyncio.timeout(_GOODBYE_S):
            await websocket.send_text(json.dumps({"type": "end", "reason": reason}))
            await websocket.close(code)
    except TimeoutError:
        _cut_off(websocket)
    except (WebSocketDisconnect, RuntimeError):
        return  # it left first


def _cut_off(websocket: WebSocket) -> None:
    """Drop the connection with what is queued in it (``protocols.LiveProtocol`` puts the means into the state)."""
    abort = websocket.scope.get("state", {}).get("abort")
    if abort is not None:
        abort()
