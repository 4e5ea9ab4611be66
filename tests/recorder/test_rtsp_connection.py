"""One connection over a socket pair, against an RTSP server of a few lines."""

import asyncio
import base64
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from haidang.core.rtsp import RtspClient, RtspProtocolError, RtspRefused
from haidang.core.video import AccessUnit, VideoFormat
from haidang.recorder.failures import CameraEnded
from haidang.recorder.rtsp_source import RtspSource
from haidang.recorder.sweep import Sweeper
from recorder.pictures import SMALL

SETS = ",".join(base64.b64encode(unit).decode() for unit in SMALL.parameter_sets)
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 "
    f"H264/90000\r\na=fmtp:96 packetization-mode=1;sprop-parameter-sets={SETS}\r\na=control:t\r\n"
)


@dataclass
class Pictures:
    """``Sink`` that remembers."""

    formats: list[VideoFormat] = field(default_factory=list)
    units: list[AccessUnit] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def format_changed(self, video: VideoFormat) -> None:
        self.formats.append(video)
        self.came.set()

    def picture(self, unit: AccessUnit) -> None:
        self.units.append(unit)
        self.came.set()

    async def format_is_known(self) -> None:
        """Then the camera plays."""
        async with asyncio.timeout(5):
            while not self.formats:
                self.came.clear()
                await self.came.wait()

    async def have(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.units) < count:
                self.came.clear()
                await self.came.wait()


class Wire:
    """The camera's end of the socket pair."""

    def __init__(self, end: socket.socket) -> None:
        self._end, self._loop = end, asyncio.get_running_loop()

    async def request(self) -> tuple[str, str]:
        """Method and CSeq of the next request."""
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            data += await asyncio.wait_for(self._loop.sock_recv(self._end, 65536), 5)
        lines = data.decode().split("\r\n")
        return lines[0].split(" ")[0], next(line.split(": ")[1] for line in lines if line.startswith("CSeq"))

    async def answer(self, status: str = "200 OK", extra: str = "", body: str = "") -> str:
        method, sequence = await self.request()
        text = f"RTSP/1.0 {status}\r\nCSeq: {sequence}\r\n{extra}Content-Length: {len(body)}\r\n\r\n{body}"
        await self.send(text.encode())
        return method

    async def send(self, data: bytes) -> None:
        await self._loop.sock_sendall(self._end, data)

    async def start(self) -> list[str]:
        session = "Session: 9;timeout=60\r\n"
        return [
            await self.answer(extra="Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n"),
            await self.answer(extra="Content-Type: application/sdp\r\n", body=SDP),
            await self.answer(extra=f"{session}Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"),
            await self.answer(extra=session),
        ]

    async def picture(self, number: int, *, size: int = 1000) -> None:
        nal = bytes([0x65 if number % 25 == 0 else 0x41]) + b"\x9a" * size
        packet = struct.pack(">BBHII", 0x80, 0xE0, number, number * 3600, 7) + nal
        await self.send(struct.pack(">cBH", b"$", 0, len(packet)) + packet)


@dataclass
class Connection:
    wire: Wire
    source: RtspSource
    sink: Pictures
    sweeper: Sweeper


@pytest.fixture
async def connection() -> AsyncIterator[Connection]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    sink, beats = Pictures(), list[str]()
    sweeper = Sweeper(before=lambda: beats.append("before"), after=lambda: beats.append("after"))
    client = RtspClient("rtsp://camera/main", cnonce=lambda: "1")
    _, source = await asyncio.get_running_loop().create_connection(lambda: RtspSource(client, sink, sweeper), sock=ours)
    sweeper.start()
    source.ask()
    yield Connection(Wire(theirs), source, sink, sweeper)
    source.close()
    sweeper.stop()
    theirs.close()
    await asyncio.sleep(0.01)
    assert beats[:2] == ["before", "after"] or not beats


async def test_it_asks_plays_and_hands_over_every_picture(connection: Connection) -> None:
    assert await connection.wire.start() == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]
    for number in range(60):
        await connection.wire.picture(number)
    await connection.sink.have(59)
    assert connection.sink.formats == [SMALL]
    assert [unit.keyframe for unit in connection.sink.units[:26]] == [True, *[False] * 24, True]


async def test_pictures_larger_than_the_buffer_of_the_socket_come_whole(connection: Connection) -> None:
    await connection.wire.start()
    for number in range(200):
        await connection.wire.picture(number, size=60_000)
    await connection.sink.have(199)
    assert {len(unit.data) for unit in connection.sink.units} == {60_005}


async def test_a_camera_that_closes_ends_the_connection(connection: Connection) -> None:
    await connection.wire.start()
    await connection.sink.format_is_known()
    await connection.wire.picture(0)
    connection.wire._end.shutdown(socket.SHUT_RDWR)
    with pytest.raises(CameraEnded):
        await asyncio.wait_for(connection.source.ended, 5)


async def test_garbage_ends_it_as_a_protocol_error(connection: Connection) -> None:
    await connection.wire.start()
    await connection.wire.send(b"\0garbage" * 20_000)
    with pytest.raises(RtspProtocolError):
        await asyncio.wait_for(connection.source.ended, 5)


async def test_a_refusal_ends_it_with_its_status(connection: Connection) -> None:
    await connection.wire.answer()
    await connection.wire.answer("404 Not Found")
    with pytest.raises(RtspRefused) as refused:
        await asyncio.wait_for(connection.source.ended, 5)
    assert refused.value.status == 404


async def test_the_session_is_kept_alive_when_due(connection: Connection) -> None:
    await connection.wire.start()
    await connection.sink.format_is_known()
    connection.source.keep_alive(100.0)
    connection.source.keep_alive(120.0)
    connection.source.keep_alive(131.0)
    method, _ = await connection.wire.request()
    assert method in ("GET_PARAMETER", "OPTIONS")


async def test_leaving_says_teardown(connection: Connection) -> None:
    await connection.wire.start()
    await connection.sink.format_is_known()
    connection.source.close()
    assert (await connection.wire.request())[0] == "TEARDOWN"


async def test_a_camera_that_asks_and_does_not_read_is_given_up(connection: Connection) -> None:
    await connection.wire.start()
    question = b"OPTIONS * RTSP/1.0\r\nCSeq: " + b"9" * 60_000 + b"\r\n\r\n"
    for number in range(200):
        if connection.source.ended.done():
            break
        try:
            await connection.wire.send(question)
        except ConnectionError:
            break
        await connection.wire.picture(number)
    with pytest.raises(RtspProtocolError) as given_up:
        await asyncio.wait_for(connection.source.ended, 5)
    assert given_up.value.code == "rtsp_unread"


async def test_a_camera_that_talks_before_it_plays_leaves_the_loop_to_others(connection: Connection) -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    busy = asyncio.create_task(others())
    patience = b"RTSP/1.0 100 Continue\r\nCSeq: 1\r\n\r\n" * 2_000
    for _ in range(10):
        await connection.wire.send(patience)
    await connection.wire.answer()
    assert await asyncio.wait_for(connection.wire.request(), 5) == ("DESCRIBE", "2")
    busy.cancel()
    assert turns > 100
