"""RTSP messages (RFC 2326 §4, §6, §7): text between the interleaved frames.

Law 1: whatever arrives, memory is bounded: a head ends within ``MAX_HEAD_BYTES``, a body is at most ``MAX_BODY_BYTES``.
Law 2: each byte is looked at once, however it is chopped up. Law 3: what cannot begin a message is refused at its
first byte, so that a peer that is no camera is noticed at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from haidang.core.rtsp.errors import RtspProtocolError

__all__ = ["MAX_BODY_BYTES", "MAX_HEAD_BYTES", "Headers", "MessageReader", "Request", "Response"]

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 1024 * 1024
_MAX_HEADERS = 256

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(r"RTSP/\d\.\d[ \t]+(\d{3})(?:[ \t].*)?", re.ASCII)
_REQUEST_LINE = re.compile(r"([A-Z_]{1,32})[ \t]+(\S{1,4096})[ \t]+RTSP/\d\.\d[ \t]*", re.ASCII)
_FOLD = re.compile(r"\r?\n[ \t]+")
#: Never in a field: what we repeat of it (nonce, session) must not break out of its line.
_CONTROLS = dict.fromkeys((*range(32), 127))
_LINE_BREAKS = b"\r\n"


class Headers:
    """Header fields by name, in any case; a name may come more than once."""

    __slots__ = ("_fields",)

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def get(self, name: str) -> str:
        """The first field of that name, or ""."""
        return next((value for key, value in self._fields if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self._fields if key == name]


@dataclass(slots=True)
class Request:
    """A camera's own request; its body is of no use to us."""

    method: str
    headers: Headers
    body: bytes = b""


@dataclass(slots=True)
class Response:
    status: int
    headers: Headers
    body: bytes = field(default=b"", repr=False)


class MessageReader:
    """Takes bytes until a message is whole."""

    def __init__(self) -> None:
        #: From a message's first byte to its last.
        self.busy = False
        self._head = bytearray()
        self._message: Request | Response | None = None
        self._body = bytearray()
        self._body_left = 0

    def read(self, view: memoryview, at: int) -> tuple[int, Request | Response | None]:
        """Take from ``view[at:]``: where the rest begins, and the message if it is whole now.

        Line breaks between messages are passed over; behind them may come an interleaved frame, so they end the call.
        """
        if not self.busy:
            if view[at] in _LINE_BREAKS:
                return at + 1, None
            _check_first_byte(view[at])
            self.busy = True
        if self._message is None:
            at = self._read_head(view, at)
        if self._message is None:
            return at, None
        end = min(at + self._body_left, len(view))
        self._body += view[at:end]
        self._body_left -= end - at
        return end, self._finish() if not self._body_left else None

    def _read_head(self, view: memoryview, at: int) -> int:
        known = len(self._head)
        end = min(len(view), at + MAX_HEAD_BYTES - known)
        self._head += view[at:end]
        match = _HEAD_END.search(self._head, max(known - 3, 0))
        if match is None:
            if len(self._head) >= MAX_HEAD_BYTES:
                raise RtspProtocolError("couldn't read an RTSP message: its head has no end", code="rtsp_head")
            return end
        self._message = _parse_head(bytes(self._head[: match.start()]))
        self._body_left = _content_length(self._message.headers)
        self._head.clear()
        return at + match.end() - known

    def _finish(self) -> Request | Response | None:
        message, self._message, self.busy = self._message, None, False
        if message is not None:
            message.body = bytes(self._body)
        self._body.clear()
        return message


def _check_first_byte(byte: int) -> None:
    if not 0x41 <= byte <= 0x5A:  # A to Z: "RTSP/1.0" or a method
        raise RtspProtocolError("couldn't read from the camera: neither RTSP nor interleaved data", code="rtsp_garbage")


def _parse_head(raw: bytes) -> Request | Response:
    first, _, rest = _FOLD.sub(" ", raw.decode("utf-8", "replace")).partition("\n")
    lines = rest.split("\n")
    if len(lines) > _MAX_HEADERS:
        raise RtspProtocolError("couldn't read an RTSP message: too many header fields", code="rtsp_head")
    pairs = (line.partition(":") for line in lines)
    headers = Headers(
        [(name.strip().lower(), value.strip().translate(_CONTROLS)) for name, colon, value in pairs if colon]
    )
    first = first.rstrip("\r")
    if status := _STATUS_LINE.fullmatch(first):
        return Response(int(status[1]), headers)
    if request := _REQUEST_LINE.fullmatch(first):
        return Request(request[1], headers)
    raise RtspProtocolError("couldn't read an RTSP message: its first line is no RTSP", code="rtsp_head")


def _content_length(headers: Headers) -> int:
    text = headers.get("content-length") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 16) or int(text) > MAX_BODY_BYTES:
        raise RtspProtocolError(f"couldn't read an RTSP message with a body of {text[:20]!r} bytes", code="rtsp_body")
    return int(text)
