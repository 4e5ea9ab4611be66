"""One live viewer: a bounded queue and the loop that empties it into a WebSocket.

Laws: a viewer starts, and after any loss goes on, at a keyframe with the initialisation it needs; queued bytes never
exceed the limit (but for one fragment larger than it); a full queue is emptied, the viewer is told how many
fragments it missed and goes on at the next keyframe: late pictures are worth less than new ones.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable

from starlette.websockets import WebSocket

from haidang.core.messages import EndReason
from haidang.gateway.live_tail import Init, Piece

__all__ = ["Viewer"]


class Viewer:
    """On the event loop's thread only."""

    def __init__(self, *, limit_bytes: int, monotonic: Callable[[], float]) -> None:
        self._limit_bytes = limit_bytes
        self._monotonic = monotonic
        self._queue: deque[Init | Piece | str] = deque()
        self._queued_bytes = 0
        self._waits_for_keyframe = True
        self._init_due: Init | None = None
        self._missed = 0
        self._wake = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._sending_since: float | None = None
        #: Set once the stream must end.
        self.end_reason: EndReason | None = None
        #: The peer takes nothing any more: no goodbye would reach it.
        self.stalled = False

    def start_over(self) -> None:
        """Before a first or another stream: forget what was queued."""
        self._queue.clear()
        self._queued_bytes = 0
        self._missed = 0
        self._waits_for_keyframe = True
        self._init_due = None

    def give(self, item: Init | Piece) -> None:
        """The next thing of the stream."""
        if isinstance(item, Init):
            self._init_due = item  # goes out with the keyframe that makes it useful
            self._waits_for_keyframe = True
            return
        usable = item.keyframe or not self._waits_for_keyframe
        if usable and self._queue and self._queued_bytes + len(item.data) > self._limit_bytes:
            self._empty_queue()
        if self._waits_for_keyframe and not self._resume(item):
            return
        self._queue.append(item)
        self._queued_bytes += len(item.data)
        self._wake.set()

    def tell(self, text: str) -> None:
        """A text message, in its place among the fragments."""
        self._queue.append(text)
        self._wake.set()

    def _empty_queue(self) -> None:
        for item in self._queue:
            if isinstance(item, Piece):
                self._missed += 1
            elif isinstance(item, Init) and self._init_due is None:
                self._init_due = item
        self._queue.clear()
        self._queued_bytes = 0
        self._waits_for_keyframe = True

    def _resume(self, piece: Piece) -> bool:
        """Whether this fragment is one to begin with; then what must stand before it is queued."""
        if not piece.keyframe:
            self._missed += 1 if self._missed else 0
            return False
        if self._missed:
            self._queue.append(json.dumps({"type": "skipped", "fragments": self._missed}))
            self._missed = 0
        if self._init_due is not None:
            self._queue.append(self._init_due)
            self._init_due = None
        self._waits_for_keyframe = False
        return True

    def end(self, reason: EndReason) -> None:
        """Stop at once, whatever is queued or being sent."""
        if self.end_reason is None:
            self.end_reason = reason
        self._stop()

    def end_if_stalled(self, after_s: float) -> None:
        """Give up a peer that has taken nothing for this long."""
        if self._sending_since is not None and self._monotonic() - self._sending_since > after_s:
            self.stalled = True
            self._stop()

    def _stop(self) -> None:
        if self._pump is not None:
            self._pump.cancel()

    def pump(self, websocket: WebSocket) -> asyncio.Task[None]:
        """Start sending; the task ends with the connection, or cancelled by ``end``."""
        self._pump = asyncio.create_task(self._send_all(websocket))
        if self.end_reason is not None:
            self._pump.cancel()
        return self._pump

    async def _send_all(self, websocket: WebSocket) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                item = self._queue.popleft()
                self._sending_since = self._monotonic()
                match item:
                    case Piece():
                        self._queued_bytes -= len(item.data)
                        await websocket.send_bytes(item.data)
                    case Init():
                        await websocket.send_text(item.text)
                        await websocket.send_bytes(item.segment)
                    case str():
                        await websocket.send_text(item)
                self._sending_since = None
