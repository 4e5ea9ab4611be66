"""The other processes of live.py: the load of viewers, the synthetic recorder, the rivals.

usage: python live_parts.py viewers PORT PATHS_FILE | recorder HOME FRAGMENT_BYTES | broadcast PORT | starlette PORT
"""

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.server import ServerConnection, broadcast, serve

from gateway_home import SITE, VIDEO, now
from haidang.core.host import DOORBELLS, RECORDINGS
from haidang.core.isobmff import Sample
from haidang.core.units import Pts90k
from haidang.storage import RealFileOps, RecordingWriter

CAMERA = "bench"
FRAGMENT_BYTES = 100_000
PERIOD_S = 0.2
GROUP = 10


class Viewer(asyncio.Protocol):
    """Reads and forgets, as cheaply as Python can: the load must not cost more than what it measures."""

    def __init__(self, path: str) -> None:
        self._path = path

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        lines = [
            f"GET {self._path} HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "", "",
        ]  # fmt: skip
        cast("asyncio.Transport", transport).write("\r\n".join(lines).encode())
        self._answered = False

    def data_received(self, data: bytes) -> None:
        if not self._answered:
            assert data.startswith(b"HTTP/1.1 101"), data[:200]
            self._answered = True


async def viewers(port: int, paths: list[str]) -> None:
    loop = asyncio.get_running_loop()
    for path in paths:
        await loop.create_connection(lambda path=path: Viewer(path), "127.0.0.1", port)  # type: ignore[misc]
    print("connected", flush=True)
    await asyncio.sleep(3600)


def stamped(body: bytes) -> bytes:
    """When it was sent, then the picture."""
    return now().to_bytes(8, "big") + body


def recorder(home: Path, fragment_bytes: int) -> None:
    """One camera: a fragment every 200 ms with the time in front, and a ring."""
    body = os.urandom(fragment_bytes)
    writer = RecordingWriter.create(
        home / RECORDINGS, SITE, CAMERA, "main", VIDEO, position_90k=Pts90k(0), sequence=0, now=now(), ops=RealFileOps()
    )
    bell = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    bell.setblocking(False)
    due = time.monotonic()
    for number in range(1_000_000):
        keyframe = number % GROUP == 0
        picture = stamped(body)
        sample = Sample(len(picture).to_bytes(4, "big") + picture, 18_000, 0, keyframe)
        writer.append(
            [sample],
            Pts90k(number * 18_000),
            received_at=now(),
            captured_at=None,
            keyframe=keyframe,
            lost_packets=0,
        )
        for path in (home / DOORBELLS).glob("*.sock"):
            with contextlib.suppress(OSError):
                bell.sendto(f"{CAMERA}/main".encode(), str(path))
        due += PERIOD_S
        time.sleep(max(0.0, due - time.monotonic()))


async def bodies() -> AsyncIterator[bytes]:
    """What the rivals send: the same bytes at the same pace, out of memory."""
    body = os.urandom(FRAGMENT_BYTES)
    due = time.monotonic()
    while True:
        yield b"mdat" + b"\0" * 4 + stamped(body)
        due += PERIOD_S
        await asyncio.sleep(max(0.0, due - time.monotonic()))


async def broadcasting(port: int) -> None:
    """The bare `websockets` library."""
    connected: set[ServerConnection] = set()

    async def serve_one(connection: ServerConnection) -> None:
        connected.add(connection)
        try:
            await connection.wait_closed()
        finally:
            connected.discard(connection)

    async with serve(serve_one, "127.0.0.1", port, compression=None):
        async for body in bodies():
            broadcast(connected, body)


def starlette(port: int) -> None:
    """Plain Starlette on uvicorn, a queue a viewer, no tickets, no disk."""
    queues: set[asyncio.Queue[bytes]] = set()

    async def watch(websocket: WebSocket) -> None:
        await websocket.accept()
        queue: asyncio.Queue[bytes] = asyncio.Queue(20)
        queues.add(queue)
        try:
            while True:
                await websocket.send_bytes(await queue.get())
        except WebSocketDisconnect:
            return
        finally:
            queues.discard(queue)

    async def feed() -> None:
        async for body in bodies():
            for queue in queues:
                with contextlib.suppress(asyncio.QueueFull):
                    queue.put_nowait(body)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        feeding = asyncio.create_task(feed())
        yield
        feeding.cancel()

    app = Starlette(routes=[WebSocketRoute("/{any:path}", watch)], lifespan=lifespan)
    uvicorn.run(
        app, port=port, loop="uvloop", http="httptools", ws="websockets-sansio", ws_per_message_deflate=False,
        log_level="critical",
    )  # fmt: skip


def main(words: list[str]) -> None:
    match words:
        case ["viewers", port, paths]:
            uvloop.run(viewers(int(port), Path(paths).read_text(encoding="utf-8").split()))
        case ["recorder", home, size]:
            recorder(Path(home), int(size))
        case ["broadcast", port]:
            uvloop.run(broadcasting(int(port)))
        case ["starlette", port]:
            starlette(int(port))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
