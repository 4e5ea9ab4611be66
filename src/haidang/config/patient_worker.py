"""gunicorn's threaded worker for a door that strangers reach: a thread gets a request only when all of it is here.

gunicorn's own hands a connection to a thread with its first byte, so that a few half requests hold every thread; it
lets bodies of any size through, which Django keeps in temporary files on the recordings' machine; and it waits in its
one accepting loop, up to 2 s each, for peers to close. Here the accepting loop itself reads, and never waits.

Laws: a request is whole within ``ARRIVE_S`` or its connection is closed; a head of more than ``MAX_HEAD_BYTES`` and a
body of more than ``MAX_BODY_BYTES`` are refused before anything is kept of them; when too many requests are half here,
the oldest gives way, so that whoever speaks promptly is served.
"""

from __future__ import annotations

import errno
import re
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import TConn, ThreadWorker

__all__ = ["MAX_BODY_BYTES", "MAX_HEAD_BYTES", "MOST_CONNECTIONS", "Arrival", "PatientWorker", "Refused"]

ARRIVE_S = 10.0
#: One answer's bytes, and what little of a request a thread may still read.
_TALK_S = 10.0
#: A peer that was answered closes within this, or we do.
_LEAVE_S = 2.0
MAX_HEAD_BYTES = 32 * 1024
#: The largest form and API body are a few KiB.
MAX_BODY_BYTES = 256 * 1024
#: Half here, kept for a next request, being closed; and all together, below the usual 1,024 descriptors.
_MOST_ARRIVING, _MOST_KEPT, _MOST_LEAVING = 400, 200, 100
MOST_CONNECTIONS = 800
_PIECE_BYTES = 64 * 1024
_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d+)[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_LENGTH_DIGITS = 9
_NOT_NOW = (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK)


class Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    """The request is answered here, with ``status``, and its connection closed."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.answer = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()


class Arrival:
    """One request, as far as it is here. What it says is gunicorn's to judge; only its end is looked for."""

    def __init__(self) -> None:
        self.received = bytearray()
        self._size = 0

    def take(self, data: bytes) -> bool:
        """Whether the request is whole now. Raises Refused."""
        known = len(self.received)
        self.received += data
        if not self._size:
            end = self.received.find(_HEAD_END, max(0, known - 3))
            if (end if end >= 0 else len(self.received)) > MAX_HEAD_BYTES:
                raise Refused("431 Request Header Fields Too Large")
            if end < 0:
                return False
            self._size = end + len(_HEAD_END) + _body_bytes(bytes(self.received[: end + len(_HEAD_END)]))
        return len(self.received) >= self._size


def _body_bytes(head: bytes) -> int:
    if _CHUNKED.search(head):
        raise Refused("411 Length Required")
    match = _LENGTH.search(head)
    digits = match[1].lstrip(b"0") if match else b""
    if len(digits) > _LENGTH_DIGITS or int(digits or b"0") > MAX_BODY_BYTES:
        raise Refused("413 Content Too Large")
    return int(digits or b"0")


class _Connection(TConn):  # type: ignore[misc] # gunicorn ships no types
    """One that leaves without being waited for."""

    def __init__(self, *args: Any, leave: Callable[[_Connection], None]) -> None:
        super().__init__(*args)
        self._leave = leave

    def close(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002 - gunicorn's signature
        if graceful:
            self._leave(self)
        else:
            util.close(self.sock)


class PatientWorker(ThreadWorker):  # type: ignore[misc] # gunicorn ships no types
    """Everything here but ``handle_request`` runs in the accepting loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.max_keepalived = _MOST_KEPT
        #: Oldest first, so in the order of their ends.
        self._arriving: dict[_Connection, Arrival] = {}
        self._leaving: dict[_Connection, None] = {}

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in _NOT_NOW:
                raise
            return
        self.nr_conns += 1
        self._await_request(_Connection(self.cfg, client, address, listener.getsockname(), leave=self._leave))

    def on_client_socket_readable(self, conn: _Connection, client: socket.socket) -> None:
        """A kept connection says something again."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await_request(conn)

    def handle_request(self, req: Any, conn: _Connection) -> bool:
        conn.sock.settimeout(_TALK_S)
        return bool(super().handle_request(req, conn))

    def finish_request(self, conn: _Connection, fs: Any) -> None:
        kept = not fs.cancelled() and fs.exception() is None and fs.result() is True
        ahead = conn.parser.unreader.take_buffered() if kept else b""
        if ahead:
            self._await_request(conn, ahead)
        else:
            super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Called about once a second: close what is overdue, and what is half here when we stop."""
        super().murder_pending()
        now = time.monotonic()
        for conn in [conn for conn in self._arriving if conn.timeout <= now or not self.alive]:
            self._drop(conn)
        for conn in [conn for conn in self._leaving if conn.timeout <= now]:
            self._gone(conn)

    # Arriving

    def _await_request(self, conn: _Connection, ahead: bytes = b"") -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + ARRIVE_S
        self._arriving[conn] = Arrival()
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_bytes, conn))
        if ahead:
            self._take(conn, ahead)
        while len(self._arriving) > _MOST_ARRIVING:
            self._drop(next(iter(self._arriving)))

    def _on_bytes(self, conn: _Connection, _client: socket.socket) -> None:
        if conn not in self._arriving:
            return  # it gave way to another in this very round
        data = _read(conn)
        if data:
            self._take(conn, data)
        elif data is not None:
            self._drop(conn)

    def _take(self, conn: _Connection, data: bytes) -> None:
        arrival = self._arriving[conn]
        try:
            if not arrival.take(data):
                return
        except Refused as refusal:
            with suppress(OSError):
                conn.sock.send(refusal.answer)
            self._drop(conn, graceful=True)
            return
        self._forget(conn)
        conn.init()
        conn.parser.unreader.unread(bytes(arrival.received))
        conn.data_ready = True
        self.enqueue_req(conn)

    def _forget(self, conn: _Connection) -> None:
        del self._arriving[conn]
        self.poller.unregister(conn.sock)

    def _drop(self, conn: _Connection, *, graceful: bool = False) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close(graceful=graceful)

    # Leaving

    def _leave(self, conn: _Connection) -> None:
        """Say that nothing more comes and read on for a while: closed at once, the answer's end could be lost."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_farewell, conn))
        except (OSError, ValueError):  # it is gone already
            util.close(conn.sock)
            return
        conn.timeout = time.monotonic() + _LEAVE_S
        self._leaving[conn] = None
        while len(self._leaving) > _MOST_LEAVING:
            self._gone(next(iter(self._leaving)))

    def _on_farewell(self, conn: _Connection, _client: socket.socket) -> None:
        if conn in self._leaving and _read(conn) == b"":
            self._gone(conn)

    def _gone(self, conn: _Connection) -> None:
        del self._leaving[conn]
        self.poller.unregister(conn.sock)
        util.close(conn.sock)


def _read(conn: _Connection) -> bytes | None:
    """What the socket holds: b"" at its end, None if there is nothing yet."""
    try:
        return bytes(conn.sock.recv(_PIECE_BYTES))
    except BlockingIOError:
        return None
    except OSError:
        return b""
