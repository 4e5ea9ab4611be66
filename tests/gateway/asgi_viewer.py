"""A live viewer without a socket: speaks ASGI to the application on the test's own loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Message

from gateway.cast import COOKIE

WAIT_S = 5


class AsgiViewer:
    def __init__(self) -> None:
        self.got: asyncio.Queue[Message] = asyncio.Queue()
        self.said: asyncio.Queue[Message] = asyncio.Queue()
        self.said.put_nowait({"type": "websocket.connect"})
        #: Cleared: the peer takes nothing.
        self.reading = asyncio.Event()
        self.reading.set()
        self.cut_off = False

    async def send(self, message: Message) -> None:
        await self.reading.wait()
        self.got.put_nowait(message)

    def abort(self) -> None:
        self.cut_off = True

    def say(self, text: str) -> None:
        self.said.put_nowait({"type": "websocket.receive", "text": text})

    async def next(self) -> Message:
        return await asyncio.wait_for(self.got.get(), WAIT_S)

    async def text(self) -> dict[str, Any]:
        message = await self.next()
        assert message.get("text"), message.get("type")
        return dict(json.loads(message["text"]))

    async def data(self) -> bytes:
        message = await self.next()
        assert message.get("bytes"), message
        return bytes(message["bytes"])

    async def closed(self) -> int:
        """Everything up to the close, which gives its code."""
        while (message := await self.next())["type"] != "websocket.close":
            continue
        return int(message["code"])

    async def refusal(self) -> dict[str, Any]:
        """The problem that was given instead of an accept."""
        start = await self.next()
        assert start["type"] == "websocket.http.response.start", start
        problem = json.loads((await self.next())["body"])
        assert problem["status"] == start["status"]
        return dict(problem)


def scope_of(path: str, query: str, headers: dict[str, str], viewer: AsgiViewer) -> dict[str, Any]:
    return {
        "type": "websocket", "path": path, "raw_path": quote(path).encode(), "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        "scheme": "ws", "server": ("127.0.0.1", 8001), "client": ("127.0.0.1", 5), "subprotocols": [], "root_path": "",
        "http_version": "1.1", "extensions": {"websocket.http.response": {}}, "state": {"abort": viewer.abort},
    }  # fmt: skip


@asynccontextmanager
async def watching(
    app: ASGIApp, ticket: str, *, query: str = "", headers: dict[str, str] | None = None, path: str = ""
) -> AsyncIterator[AsgiViewer]:
    """Connect (as An's browser, unless other headers are given) and leave at the end."""
    viewer = AsgiViewer()
    sent = {"host": "127.0.0.1:8001", "cookie": f"hd_viewer={COOKIE}"} if headers is None else headers
    scope = scope_of(path or f"/media/live/{ticket}", query, sent, viewer)
    serving = asyncio.create_task(_serve(app, scope, viewer))
    try:
        yield viewer
    finally:
        viewer.said.put_nowait({"type": "websocket.disconnect", "code": 1001})
        viewer.reading.set()
        await asyncio.wait_for(serving, WAIT_S)


async def _serve(app: ASGIApp, scope: dict[str, Any], viewer: AsgiViewer) -> None:
    await app(scope, viewer.said.get, viewer.send)
