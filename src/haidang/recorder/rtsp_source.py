"""One RTSP connection: a socket, one buffer, and the sans-IO client of ``core/rtsp``.

While it connects and asks, the socket is the event loop's (``BufferedProtocol``). Once the camera plays over
plain TCP it is read by the ``Sweeper``; RTSPS stays with the loop, whose TLS needs it.

RTSPS is always verified: against the camera's pinned certificate (SHA-256 of its DER form) before a byte is
sent, or by the system's authorities and the host's name.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import socket
import ssl
from collections.abc import Callable
from functools import cache
from typing import cast
from urllib.parse import urlsplit

from haidang.core.errors import InvalidInput
from haidang.core.rtsp import (
    MAX_FRAME_BYTES,
    Ended,
    FormatChanged,
    FrameReceived,
    Playing,
    RtspClient,
    RtspProtocolError,
)
from haidang.recorder.failures import CameraEnded, CertificateMismatch
from haidang.recorder.sources import Address, Sink
from haidang.recorder.sweep import BEAT_S, Sweeper

__all__ = ["RtspSource", "open_rtsp"]

_BUFFER_BYTES = 256 * 1024
#: Reads of one socket in one beat.
_ROUNDS = 4
#: Bytes that wait for a camera that does not read what we answer; an honest one is never behind by a request.
_MAX_UNSENT_BYTES = 256 * 1024
#: Before a camera plays it answers with little. More at once than this waits for the next beat: the loop is for all.
_MUCH_BYTES = 32 * 1024
_PORTS = {"rtsp": 554, "rtsps": 322}


async def open_rtsp(
    address: Address, sink: Sink, sweeper: Sweeper, *, connect_s: float, cnonce: Callable[[], str]
) -> RtspSource:
    """Connect and ask for the stream. Raises OSError, TimeoutError, CertificateMismatch, HaidangError."""
    parts = urlsplit(address.url)
    secure = parts.scheme == "rtsps"
    client = RtspClient(address.url, address.username, address.password, cnonce=cnonce)
    context = _tls(pinned=bool(address.tls_sha256)) if secure else None
    async with asyncio.timeout(connect_s):
        _, source = await asyncio.get_running_loop().create_connection(
            lambda: RtspSource(client, sink, None if secure else sweeper),
            parts.hostname or "",
            parts.port or _PORTS[parts.scheme],
            ssl=context,
            server_hostname=parts.hostname if secure else None,
        )
    if secure and address.tls_sha256:
        source.check_certificate(address.tls_sha256)
    source.ask()
    return source


@cache
def _tls(*, pinned: bool) -> ssl.SSLContext:
    """Made once: reading the system's authorities holds up the loop for some 20 ms."""
    context = ssl.create_default_context()
    if pinned:  # the pin is checked instead, before anything is sent
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class RtspSource(asyncio.BufferedProtocol):
    """A connection that stands; ``Source``."""

    def __init__(self, client: RtspClient, sink: Sink, sweeper: Sweeper | None) -> None:
        self._client, self._sink, self._sweeper = client, sink, sweeper
        self._buffer = bytearray(_BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._start = self._end = 0
        self._transport: asyncio.Transport | None = None
        self._socket: socket.socket | None = None
        self._keep_alive_s = 0.0
        self._keep_alive_at = 0.0
        self._playing = False
        self._position: int | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    # asyncio.BufferedProtocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        if self._start == self._end:
            self._start = self._end = 0
        elif _BUFFER_BYTES - self._end < MAX_FRAME_BYTES:
            left = self._end - self._start
            self._buffer[:left] = self._buffer[self._start : self._end]
            self._start, self._end = 0, left
        return self._view[self._end :]

    def buffer_updated(self, nbytes: int) -> None:
        self._end += nbytes
        try:
            used, events = self._client.receive(self._view[self._start : self._end])
            self._start += used
            for event in events:
                self._take(event)
            self._send()
        except Exception as error:  # noqa: BLE001 - the door of a connection: whatever a camera sends ends it alone
            self.fail(error)
        if nbytes > _MUCH_BYTES and (transport := self._read_by_the_loop()) is not None:
            transport.pause_reading()
            asyncio.get_running_loop().call_later(BEAT_S, self._read_on)

    def _read_on(self) -> None:
        if (transport := self._read_by_the_loop()) is not None:
            transport.resume_reading()

    def _read_by_the_loop(self) -> asyncio.Transport | None:
        """The transport, while it is the one that reads."""
        if self._socket is not None or self._transport is None or self._transport.is_closing():
            return None
        return self._transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.fail(exc or CameraEnded("connection closed"))

    # Sweeper

    def read_now(self) -> None:
        for _ in range(_ROUNDS):
            if self._socket is None:
                return
            room = self.get_buffer(0)
            try:
                size = self._socket.recv_into(room)
            except BlockingIOError:
                return
            except OSError as error:
                self.fail(error)
                return
            if size == 0:
                self.fail(CameraEnded("connection closed"))
                return
            self.buffer_updated(size)
            if size < len(room):
                return

    # Source

    def ask(self) -> None:
        assert self._transport is not None, "a connection that stands"
        self._transport.write(self._client.connect())

    def check_certificate(self, sha256: str) -> None:
        assert self._transport is not None, "a connection that stands"
        found = self._transport.get_extra_info("ssl_object").getpeercert(binary_form=True) or b""
        if not hmac.compare_digest(hashlib.sha256(found).hexdigest(), sha256.lower()):
            error = CertificateMismatch("couldn't trust the camera: its certificate is not the pinned one")
            self.fail(error)
            raise error

    def keep_alive(self, now_s: float) -> None:
        if not self._playing or self.ended.done():
            return
        if self._keep_alive_at == 0.0:
            self._keep_alive_at = now_s + self._keep_alive_s
        elif now_s >= self._keep_alive_at:
            self._keep_alive_at = now_s + self._keep_alive_s
            self._client.keep_alive()
            self._send()

    def moves(self) -> bool:
        before, self._position = self._position, self._client.position_90k
        return self._position != before

    def fail(self, error: Exception) -> None:
        self._stop_sweeping()
        if self._transport is not None:
            self._transport.abort()
        if not self.ended.done():
            self.ended.set_exception(error)
            self.ended.exception()  # seen: whoever awaits gets it, and nobody need

    def close(self) -> None:
        self._stop_sweeping()
        if self._transport is None or self._transport.is_closing():
            return
        if self._playing:
            self._client.teardown()
            self._send()
        self._transport.close()

    # Inside

    def _take(self, event: object) -> None:
        match event:
            case FrameReceived(unit):
                self._sink.picture(unit)
            case FormatChanged(video):
                self._sink.format_changed(video)
            case Playing(video, keep_alive_s):
                self._playing, self._keep_alive_s = True, keep_alive_s
                if video is not None:
                    self._sink.format_changed(video)
                self._sweep()
            case Ended(reason):
                raise CameraEnded(reason)
            case _:
                raise InvalidInput(f"couldn't use {type(event).__name__} from the RTSP client", code="rtsp_event")

    def _send(self) -> None:
        data = self._client.data_to_send()
        if data and self._transport is not None:
            self._transport.write(data)
            if self._transport.get_write_buffer_size() > _MAX_UNSENT_BYTES:
                self.fail(
                    RtspProtocolError("couldn't answer the camera: it asks and does not read", code="rtsp_unread")
                )

    def _sweep(self) -> None:
        """From here on the socket is read on the beat, through a descriptor of our own."""
        if self._sweeper is None or self._transport is None:
            return
        self._transport.pause_reading()
        theirs = self._transport.get_extra_info("socket")
        self._socket = socket.fromfd(theirs.fileno(), theirs.family, theirs.type)
        self._socket.setblocking(False)
        self._sweeper.add(self)

    def _stop_sweeping(self) -> None:
        if self._socket is not None and self._sweeper is not None:
            self._sweeper.remove(self)
            self._socket.close()
            self._socket = None
