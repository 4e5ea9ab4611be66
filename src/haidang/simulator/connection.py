"""One RTSP connection (RFC 2326): requests in, answers and interleaved RTP out. TCP only.

Sans asyncio but for the transport it writes to. A request larger than ``_REQUEST_LIMIT`` or one that is no RTSP
ends the connection.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Protocol, cast
from urllib.parse import parse_qsl, urlsplit

from haidang.core.errors import HaidangError
from haidang.simulator.challenge import Scheme, authorised, challenge
from haidang.simulator.channel import Channel
from haidang.simulator.player import Player

__all__ = ["Access", "Connection", "Stage"]

_REQUEST_LIMIT = 16 * 1024
_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER"
_STATUS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
    503: "Service Unavailable",
}
_INTERLEAVED = re.compile(r"interleaved=(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Access:
    username: str
    password: str
    scheme: Scheme
    session_timeout_s: int


class Stage(Protocol):
    """Where the connection finds what it serves."""

    def channel(self, path: str, query: dict[str, str]) -> Channel | None:
        """The channel at an address; a private one when the query asks for a fault."""
        ...


class Connection(asyncio.Protocol):
    def __init__(self, stage: Stage, access: Access, rng: Random, gone: Callable[[Connection], None]) -> None:
        self._stage = stage
        self._access = access
        self._rng = rng
        self._gone = gone
        self._buffer = b""
        self._nonce = f"{rng.getrandbits(128):032x}"
        self._session = ""
        self._channels: dict[tuple[str, str], Channel | None] = {}
        self._set_up: Channel | None = None
        self._player: Player | None = None
        self.heard_at_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.heard_at_s = asyncio.get_running_loop().time()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._stop()
        self._gone(self)

    def abort(self) -> None:
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self.heard_at_s = asyncio.get_running_loop().time()
        self._buffer += data
        while self._buffer and not self._transport.is_closing():
            if self._buffer[0] == 0x24:
                # Interleaved RTCP from the client: receiver reports, a sign of life and no more.
                size = 4 + int.from_bytes(self._buffer[2:4], "big")
                if len(self._buffer) < max(4, size):
                    return
                self._buffer = self._buffer[size:]
                continue
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                if len(self._buffer) > _REQUEST_LIMIT:
                    self.abort()
                return
            if not self._take(head.decode(errors="replace"), rest):
                return

    def _take(self, head: str, rest: bytes) -> bool:
        """Answer one request; False while its body is not all here."""
        first, *lines = head.lstrip("\r\n").split("\r\n")
        words = first.split(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = headers.get("content-length", "0")
        if len(words) != 3 or not words[2].startswith("RTSP/") or not length.isdigit() or int(length) > _REQUEST_LIMIT:
            self.abort()
            return False
        if len(rest) < int(length):
            return False
        self._buffer = rest[int(length) :]
        self._answer(words[0], words[1], headers)
        return True

    def _answer(self, method: str, url: str, headers: dict[str, str]) -> None:
        cseq = headers.get("cseq", "0")
        if method == "OPTIONS" and url == "*":
            self._reply(200, cseq, {"Public": _METHODS})
            return
        try:
            channel, scheme = self._find(url)
        except HaidangError as error:
            self._reply(400, cseq, {"Reason": str(error).replace("\n", " ")})
            return
        if channel is not None and channel.silent():
            return
        if channel is not None and (status := channel.refusal()) is not None:
            extra = {"WWW-Authenticate": challenge(scheme, self._nonce)} if status == 401 else {}
            self._reply(status, cseq, extra)
            return
        if not self._allowed(method, headers, scheme):
            self._reply(401, cseq, {"WWW-Authenticate": challenge(scheme, self._nonce)})
            return
        if channel is None:
            self._reply(404, cseq)
            return
        self._serve(method, url, headers, channel)

    def _find(self, url: str) -> tuple[Channel | None, Scheme]:
        parts = urlsplit(url)
        # Clients append the track to the address, query or not.
        query = dict(parse_qsl(parts.query.partition("/")[0]))
        path = parts.path.strip("/").removesuffix("/trackID=1")
        scheme: Scheme = "basic" if query.get("auth", self._access.scheme) == "basic" else "digest"
        key = (path, parts.query.partition("/")[0])
        if key not in self._channels:
            if len(self._channels) >= 8:
                return None, scheme
            self._channels[key] = self._stage.channel(path, query)
        return self._channels[key], scheme

    def _allowed(self, method: str, headers: dict[str, str], scheme: Scheme) -> bool:
        access = self._access
        if not access.username or method == "OPTIONS":
            return True
        return authorised(
            headers.get("authorization", ""),
            scheme,
            method=method,
            nonce=self._nonce,
            username=access.username,
            password=access.password,
        )

    def _serve(self, method: str, url: str, headers: dict[str, str], channel: Channel) -> None:
        cseq = headers.get("cseq", "0")
        session = {"Session": self._session} if self._session else {}
        if method == "OPTIONS":
            self._reply(200, cseq, {"Public": _METHODS} | session)
        elif method == "DESCRIBE":
            base = url if url.endswith("/") else f"{url}/"
            self._reply(200, cseq, {"Content-Base": base, "Content-Type": "application/sdp"}, channel.sdp())
        elif method == "SETUP":
            self._setup(cseq, headers, channel)
        elif method in ("GET_PARAMETER", "SET_PARAMETER", "PLAY", "PAUSE", "TEARDOWN"):
            if not self._session or headers.get("session", "").partition(";")[0] != self._session:
                self._reply(454, cseq)
                return
            self._in_session(method, url, cseq)
        else:
            self._reply(405, cseq, {"Allow": _METHODS})

    def _setup(self, cseq: str, headers: dict[str, str], channel: Channel) -> None:
        transport = headers.get("transport", "")
        if "RTP/AVP/TCP" not in transport:
            self._reply(461, cseq)
            return
        pair = _INTERLEAVED.search(transport)
        if pair and pair.groups() != ("0", "1"):
            self._reply(461, cseq)
            return
        self._set_up = channel
        self._session = self._session or f"{self._rng.getrandbits(64):016x}"
        self._player = self._player or Player(self._transport, self._rng)
        answer = f"RTP/AVP/TCP;unicast;interleaved=0-1;ssrc={self._player.ssrc:08X};mode=play"
        timeout = f"{self._session};timeout={self._access.session_timeout_s}"
        self._reply(200, cseq, {"Transport": answer, "Session": timeout})

    def _in_session(self, method: str, url: str, cseq: str) -> None:
        assert self._set_up is not None and self._player is not None, "a session has been set up"  # noqa: PT018 - one state
        session = {"Session": self._session}
        if method == "PLAY":
            time = self._set_up.join(self._player) & 0xFFFF_FFFF
            track = url if url.rstrip("/").endswith("trackID=1") else f"{url.rstrip('/')}/trackID=1"
            info = f"url={track};seq={self._player.sequence};rtptime={time}"
            self._reply(200, cseq, session | {"Range": "npt=now-", "RTP-Info": info})
        elif method == "PAUSE":
            self._stop()
            self._reply(200, cseq, session)
        elif method == "TEARDOWN":
            self._reply(200, cseq, session)
            self._stop()
            self._transport.close()
        else:
            self._reply(200, cseq, session)

    def _stop(self) -> None:
        if self._set_up is not None and self._player is not None:
            self._set_up.leave(self._player)

    def _reply(self, status: int, cseq: str, headers: dict[str, str] | None = None, body: str = "") -> None:
        lines = [f"RTSP/1.0 {status} {_STATUS[status]}", f"CSeq: {cseq}", "Server: Hai Dang simulator"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        lines += [f"Content-Length: {len(body.encode())}"] if body else []
        self._transport.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
