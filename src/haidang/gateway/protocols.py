"""What uvicorn's protocols lack at a door that strangers reach: limits for half requests, and a way to cut off.

uvicorn bounds neither the time nor the size of a request's head with httptools, queues pongs without limit for a peer
that pings and does not read, and closes a dead peer's connection only after its send buffer has drained, which it
never does.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from uvicorn._types import ASGISendEvent
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

__all__ = ["HttpProtocol", "LiveProtocol"]

HEAD_TIMEOUT_S = 10.0
MAX_HEAD_BYTES = 32 * 1024
_BODY_HEADERS = (b"content-length", b"transfer-encoding")
#: Unsent bytes that the kernel may hold for a live viewer: what is queued there cannot be skipped.
_NOT_SENT_BYTES = 256 * 1024


class HttpProtocol(HttpToolsProtocol):
    """HTTP whose request head must be whole within 10 s and 32 KiB."""

    #: Connections at once, of all kinds; set by the server from its settings.
    most_connections = 4096

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:  # fmt: skip
        super().__init__(config, server_state, {**app_state, "abort": self._abort}, _loop)
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None

    def _abort(self) -> None:
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            transport.abort()
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_whole()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head_timer is None and self.cycle is not None and self.cycle.response_complete:
            self._await_head()  # a further request, or a drip of something, on the same connection
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_timer is not None and self._head_bytes > MAX_HEAD_BYTES:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        self._head_is_whole()
        super().on_headers_complete()
        if self.cycle is not None and any(name in _BODY_HEADERS for name, _ in self.headers):
            self.cycle.keep_alive = False  # no door here takes a body: answer, and do not wait for it

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self.transport.abort)

    def _head_is_whole(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


class LiveProtocol(WebSocketsSansIOProtocol):
    """WebSockets of live viewers: little waits in the kernel, and a peer that does not answer is cut off."""

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:  # fmt: skip
        super().__init__(config, server_state, {**app_state, "abort": self._abort}, _loop)

    def _abort(self) -> None:
        self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _NOT_SENT_BYTES)

    async def send(self, message: ASGISendEvent) -> None:
        try:
            await super().send(message)
        except RuntimeError as error:
            if self.close_sent and message["type"] == "websocket.send":
                # The protocol closed by itself (junk, no pong) while the application was about to send.
                raise ClientDisconnected from error
            raise

    def handle_ping(self) -> None:
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()  # a peer that pings and does not read gets no queue of pongs

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()
