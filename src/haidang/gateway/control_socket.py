"""The warden's door, ``run/gateway.sock``: JSON lines as in core/messages.

Each line gets one line back: ``list`` → ``{"streams": […]}``, ``end`` → ``{"ended": [<stream_id>…]}`` (those that were
running), ``ended`` → ``{"ended": […], "lost": <number>}``, ``taken`` → ``{"taken": <how many were named>}``, anything
else → ``{"error": "<what>"}``. Orders are carried out before they are answered.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import get_args

from haidang.core.errors import InvalidInput
from haidang.core.messages import EndReason, OpenStream
from haidang.gateway.open_streams import OpenStreams
from haidang.gateway.sockets import listen

__all__ = ["ControlSocket", "answer"]

#: An order that ends every stream of the largest gateway (``gateway.max_viewers``).
_MAX_LINE_BYTES = 2 * 1024 * 1024
_REASONS: tuple[EndReason, ...] = get_args(EndReason)


def answer(line: bytes, streams: OpenStreams) -> str:
    """Carry out one line and say in JSON what came of it; bad lines change nothing."""
    try:
        match json.loads(line):
            case {"op": "list"}:
                return f'{{"streams": [{", ".join(map(_as_json, streams.listed()))}]}}'
            case {"op": "end", "streams": dict() as wanted}:
                ended = [stream for stream, reason in _ends(wanted).items() if streams.end(stream, reason)]
                streams.checked()
                return json.dumps({"ended": ended})
            case {"op": "ended"}:
                return json.dumps({"ended": [asdict(each) for each in streams.ended()], "lost": streams.lost})
            case {"op": "taken", "streams": list() as taken} if all(isinstance(each, str) for each in taken):
                streams.taken(taken)
                return json.dumps({"taken": len(taken)})
            case _:
                return json.dumps({"error": "couldn't read the order: list, end, ended and taken are known"})
    except (ValueError, RecursionError, InvalidInput) as error:
        return json.dumps({"error": str(error)})


@lru_cache(maxsize=8192)
def _as_json(stream: OpenStream) -> str:
    """Kept: thousands of streams are asked for twice a second in a process that moves pictures."""
    return json.dumps(asdict(stream))


def _ends(streams: dict[str, object]) -> dict[str, EndReason]:
    known: dict[str, EndReason] = {reason: reason for reason in _REASONS}
    wanted = {}
    for stream, reason in streams.items():
        if not isinstance(reason, str) or reason not in known:
            raise InvalidInput(f"couldn't end streams: the reason is one of {', '.join(_REASONS)}")
        wanted[stream] = known[reason]
    return wanted


class ControlSocket:
    """Serves the door while open."""

    def __init__(self, path: Path, streams: OpenStreams) -> None:
        self._path = path
        self._streams = streams
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Raises Conflict (``already_running``) if a living gateway answers there."""
        self._bound = listen(self._path)
        self._server = await asyncio.start_unix_server(self._serve, sock=self._bound.socket, limit=_MAX_LINE_BYTES)

    async def close(self) -> None:
        assert self._server is not None, "closed before it was opened"
        self._server.close()
        self._bound.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(answer(line, self._streams).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            return  # the peer left, or sent a line beyond the limit: either way this conversation is over
        finally:
            writer.close()
