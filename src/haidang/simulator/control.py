"""Faults from outside: a Unix socket (mode 0600) that takes JSON lines, ``<home>/run/simulator.sock`` by default.

Request ``{"camera", "stream"?, "kind", "value"?, "at_s"?, "for_s"?}`` or ``{"camera", "stream"?, "clear": true}``;
answer ``{"ok": true}`` or ``{"ok": false, "code", "message"}``. One line each way, then the socket is closed.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from haidang.core.errors import HaidangError, InvalidInput, NotFound, Unavailable
from haidang.core.layout import Stream, check_stream
from haidang.simulator.faults import Fault, make_fault

__all__ = ["SOCKET", "clear_faults", "listen", "send_fault"]

#: Below HAIDANG_DIR.
SOCKET = "run/simulator.sock"
#: Encoding a form on first use takes a while.
_ANSWER_TIMEOUT_S = 180
_LINE_LIMIT = 4096


class Faulty(Protocol):
    """Whose cameras the socket breaks."""

    async def fault(self, camera_id: str, fault: Fault, stream: Stream | None = None) -> None: ...

    def clear(self, camera_id: str, stream: Stream | None = None) -> None: ...


@asynccontextmanager
async def listen(path: Path | None, server: Faulty) -> AsyncIterator[None]:
    """Take requests on ``path`` while the context lasts; a socket left by a killed simulator is replaced."""
    if path is None:
        yield
        return

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            reply = await _answer(await reader.readline(), server)
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
        except (ConnectionError, ValueError):
            # Whoever asked has gone, or sent a line without end: nobody is left to tell.
            writer.transport.abort()
        finally:
            writer.close()

    listener = await asyncio.start_unix_server(answer, sock=_bound(path), limit=_LINE_LIMIT)
    try:
        yield
    finally:
        listener.close()
        _forget(path)


def _bound(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    _forget(path)
    listening = socket.socket(socket.AF_UNIX)
    try:
        listening.bind(str(path))
    except OSError as error:
        listening.close()
        raise Unavailable(f"couldn't listen on {path}: {error.strerror or error}", code="simulator") from error
    path.chmod(0o600)
    return listening


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _answer(line: bytes, server: Faulty) -> dict[str, Any]:
    try:
        asked = json.loads(line)
        if not isinstance(asked, dict) or not isinstance(asked.get("camera"), str):
            raise InvalidInput("couldn't use the request: an object with a camera", code="fault")
        stream = check_stream(asked["stream"]) if asked.get("stream") else None
        if asked.get("clear"):
            server.clear(asked["camera"], stream)
        else:
            await server.fault(asked["camera"], _asked_fault(asked), stream)
    except HaidangError as error:
        return {"ok": False, "code": error.code, "message": str(error)}
    except ValueError as error:
        return {"ok": False, "code": "fault", "message": f"couldn't read the request: {error}"}
    return {"ok": True}


def _asked_fault(asked: dict[str, Any]) -> Fault:
    at_s, for_s = asked.get("at_s", 0), asked.get("for_s")
    if not isinstance(at_s, int | float) or not isinstance(for_s, int | float | None):
        raise InvalidInput("couldn't use the request: at_s and for_s are numbers", code="fault")
    return make_fault(str(asked.get("kind", "")), str(asked.get("value", "")), at_s=at_s, for_s=for_s)


def send_fault(socket_path: Path, camera_id: str, fault: Fault, stream: Stream | None = None) -> None:
    """Ask the running simulator for a fault; raises Unavailable (``simulator``), NotFound (``camera``)."""
    request: dict[str, Any] = {"kind": fault.kind, "value": fault.value, "at_s": fault.at_s, "for_s": fault.for_s}
    _ask(socket_path, {"camera": camera_id, "stream": stream} | request)


def clear_faults(socket_path: Path, camera_id: str, stream: Stream | None = None) -> None:
    """End every fault of the camera; raises as ``send_fault``."""
    _ask(socket_path, {"camera": camera_id, "stream": stream, "clear": True})


def _ask(socket_path: Path, request: dict[str, Any]) -> None:
    try:
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(_ANSWER_TIMEOUT_S)
            peer.connect(str(socket_path))
            peer.sendall(json.dumps(request).encode() + b"\n")
            with peer.makefile("rb") as lines:
                answer = json.loads(lines.readline(_LINE_LIMIT) or b"{}")
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"couldn't reach the simulator at {socket_path}: {error}; is `haidang camera simulate` running?",
            code="simulator",
        ) from error
    if not answer.get("ok"):
        kind = NotFound if answer.get("code") == "camera" else InvalidInput
        raise kind(str(answer.get("message", "couldn't read the answer")), code=str(answer.get("code", "fault")))
