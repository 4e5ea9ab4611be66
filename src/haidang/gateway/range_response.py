"""Sending a run of a recording file: 1 MiB pieces, read in threads, stopped at once when the session is over.

A viewer that takes nothing for 20 s is cut off; one that leaves stops the reading.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from haidang.core.journal import Fragment
from haidang.gateway.archive import Archive
from haidang.gateway.byte_ranges import Run
from haidang.gateway.fetched import overlapped
from haidang.gateway.playback_sessions import PlaybackSession, PlaybackSessions

__all__ = ["RangeResponse"]

_PIECE_BYTES = 1024 * 1024
_STALLED_AFTER_S = 20.0


class RangeResponse(Response):
    """Takes over ``fd`` and closes it."""

    media_type = "video/mp4"

    def __init__(
        self, archive: Archive, sessions: PlaybackSessions, session: PlaybackSession,
        *, fd: int, run: Run, fragments: Sequence[Fragment], length: int, partial: bool,
    ) -> None:  # fmt: skip
        self._archive = archive
        self._sessions = sessions
        self._session = session
        self._fd = fd
        self._run = run
        self._fragments = fragments
        self.status_code = 206 if partial else 200
        self.background = None
        headers = {"accept-ranges": "bytes", "content-length": str(run[1] - run[0])}
        if partial:
            headers["content-range"] = f"bytes {run[0]}-{run[1] - 1}/{length}"
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(self._send_all(send))
        leaving = asyncio.create_task(_until_left(receive))
        self._session.sending.add(sending)
        if self._session.over:
            sending.cancel()
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._session.sending.discard(sending)
            sending.cancel()
            leaving.cancel()
            [result, _] = await asyncio.gather(sending, leaving, return_exceptions=True)
            os.close(self._fd)
        if isinstance(result, asyncio.CancelledError | TimeoutError):
            await _cut_off(scope)
        elif isinstance(result, BaseException):
            raise result

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        offset, end = self._run
        while offset < end:
            piece = await self._archive.read(self._fd, min(_PIECE_BYTES, end - offset), offset)
            if not piece:
                raise EOFError("couldn't read a recording to the end of its journalled fragments")
            held = overlapped(self._fragments, offset, offset + len(piece))
            self._sessions.handed(self._session, held)
            offset += len(piece)
            async with asyncio.timeout(_STALLED_AFTER_S):
                await send({"type": "http.response.body", "body": piece, "more_body": offset < end})
            self._sessions.touch(self._session)


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _cut_off(scope: Scope) -> None:
    """Drop the connection (``protocols`` puts the means into the state): half an answer must not look whole."""
    abort = scope.get("state", {}).get("abort")
    if abort is not None:
        abort()
        await asyncio.sleep(0.01)  # the server learns of it before we return, and does not log a broken promise
