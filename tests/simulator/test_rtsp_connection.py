"""RTSP as clients speak it, without sockets."""

import base64
import re
from hashlib import md5
from random import Random

import pytest

from haidang.core.layout import Stream
from haidang.simulator.catalogue import by_id
from haidang.simulator.challenge import REALM
from haidang.simulator.channel import Channel
from haidang.simulator.clip import Clip
from haidang.simulator.connection import Access, Connection
from haidang.simulator.faults import fault_from_query, make_fault
from haidang.simulator.reel import Reel
from simulator.player_stub import Transport
from simulator.virtual_time import virtual_clock, virtually

_URL = "rtsp://127.0.0.1/de-gi-luong-vao/sub"


class Stage:
    """One camera's sub stream."""

    def __init__(self, reel: Reel) -> None:
        self.shared = Channel(
            by_id("de-gi-luong-vao"), "sub", reels=lambda _: reel, clock=virtual_clock, rng=Random(1), paced=False
        )

    def channel(self, path: str, query: dict[str, str]) -> Channel | None:
        fault_from_query(query)
        return self.shared if path == "de-gi-luong-vao/sub" else None


class Client:
    """Sends requests and reads answers."""

    def __init__(self, stage: Stage, *, username: str = "") -> None:
        self.transport = Transport()
        self.gone: list[Connection] = []
        self.connection = Connection(stage, Access(username, "mật khẩu", "digest", 60), Random(3), self.gone.append)
        self.connection.connection_made(self.transport)
        self._cseq = 0

    def ask(self, method: str, url: str = _URL, **headers: str) -> str:
        self._cseq += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._cseq}", *(f"{k}: {v}" for k, v in headers.items())]
        self.connection.data_received(("\r\n".join(lines) + "\r\n\r\n").encode())
        return self.transport.take().text

    def play(self) -> str:
        self.ask("DESCRIBE")
        answer = self.ask("SETUP", f"{_URL}/trackID=1", Transport="RTP/AVP/TCP;unicast;interleaved=0-1")
        session = re.search(r"Session: (\w+)", answer)
        assert session
        return self.ask("PLAY", Session=session[1])


@pytest.fixture
def stage(encoded: dict[Stream, Clip]) -> Stage:
    return Stage(Reel(encoded["sub"]))


def test_a_client_is_led_to_its_stream(stage: Stage) -> None:
    async def scenario() -> None:
        client = Client(stage)
        assert "Public: OPTIONS, DESCRIBE" in client.ask("OPTIONS")
        described = client.ask("DESCRIBE")
        assert "Content-Base: rtsp://127.0.0.1/de-gi-luong-vao/sub/\r\n" in described
        assert "a=rtpmap:96 H264/90000" in described
        assert "profile-level-id=64001f;sprop-parameter-sets=" in described
        assert re.search(r"RTP-Info: url=.*/trackID=1;seq=\d+;rtptime=\d+", client.play())

    virtually(scenario())


def test_requests_may_come_in_pieces_and_with_receiver_reports_between(stage: Stage) -> None:
    async def scenario() -> None:
        client = Client(stage)
        data = b"$\1\0\4abcd" + f"OPTIONS {_URL} RTSP/1.0\r\nCSeq: 9\r\n\r\n".encode() * 2
        for at in range(len(data)):
            client.connection.data_received(data[at : at + 1])
        assert client.transport.take().text.count("RTSP/1.0 200 OK\r\nCSeq: 9") == 2

    virtually(scenario())


@pytest.mark.parametrize(
    ("method", "url", "headers", "status"),
    [
        ("DESCRIBE", "rtsp://127.0.0.1/hon-ca/main", {}, 404),
        ("DESCRIBE", "rtsp://127.0.0.1/de-gi-luong-vao", {}, 404),
        ("DESCRIBE", f"{_URL}?fault=explode", {}, 400),
        ("SETUP", _URL, {"Transport": "RTP/AVP;unicast;client_port=5000-5001"}, 461),
        ("PLAY", _URL, {"Session": "1"}, 454),
        ("RECORD", _URL, {}, 405),
    ],
)
def test_what_cannot_be_done_has_its_status(
    stage: Stage, method: str, url: str, headers: dict[str, str], status: int
) -> None:
    async def scenario() -> None:
        assert f"RTSP/1.0 {status} " in Client(stage).ask(method, url, **headers)

    virtually(scenario())


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\n\r\n", b"x" * 20_000, b"\xff\xfe\r\n\r\n"])
def test_what_is_no_rtsp_ends_the_connection(stage: Stage, garbage: bytes) -> None:
    async def scenario() -> None:
        client = Client(stage)
        client.connection.data_received(garbage)
        assert client.transport.aborted

    virtually(scenario())


async def test_without_credentials_it_challenges(stage: Stage) -> None:
    client = Client(stage, username="xem")
    assert "RTSP/1.0 200" in client.ask("OPTIONS")
    assert 'WWW-Authenticate: Digest realm="' in client.ask("DESCRIBE")
    assert 'WWW-Authenticate: Basic realm="' in client.ask("DESCRIBE", f"{_URL}?auth=basic")


@pytest.mark.parametrize(("password", "status"), [("mật khẩu", 200), ("mat khau", 401)])
async def test_basic_credentials_open_or_do_not(stage: Stage, password: str, status: int) -> None:
    client = Client(stage, username="xem")
    given = base64.b64encode(f"xem:{password}".encode()).decode()
    assert f"RTSP/1.0 {status}" in client.ask("DESCRIBE", f"{_URL}?auth=basic", Authorization=f"Basic {given}")


@pytest.mark.parametrize("qop", [False, True])
@pytest.mark.parametrize(("password", "status"), [("mật khẩu", 200), ("mat khau", 401)])
async def test_digest_credentials_open_or_do_not(stage: Stage, password: str, status: int, *, qop: bool) -> None:
    def digest(text: str) -> str:
        return md5(text.encode(), usedforsecurity=False).hexdigest()

    client = Client(stage, username="xem")
    nonce = re.search(r'nonce="(\w+)"', client.ask("DESCRIBE"))
    assert nonce
    secret, asked = digest(f"xem:{REALM}:{password}"), digest(f"DESCRIBE:{_URL}")
    middle = f"{nonce[1]}:00000001:abc:auth" if qop else nonce[1]
    fields = f'username="xem", realm="{REALM}", nonce="{nonce[1]}", uri="{_URL}"'
    fields += f', response="{digest(f"{secret}:{middle}:{asked}")}"'
    fields += ', qop=auth, nc=00000001, cnonce="abc"' if qop else ""
    assert f"RTSP/1.0 {status}" in client.ask("DESCRIBE", Authorization=f"Digest {fields}")


def test_a_refusing_camera_says_so_and_a_hanging_one_nothing(stage: Stage) -> None:
    async def scenario() -> None:
        client = Client(stage)
        stage.shared.add(make_fault("refuse", "503"))
        assert "RTSP/1.0 503 Service Unavailable" in client.ask("DESCRIBE")
        stage.shared.clear()
        assert "RTSP/1.0 200" in client.ask("DESCRIBE")
        stage.shared.add(make_fault("hang"))
        assert client.ask("DESCRIBE") == ""

    virtually(scenario())


def test_a_lost_connection_leaves_the_stream(stage: Stage) -> None:
    async def scenario() -> None:
        client = Client(stage)
        client.play()
        assert not stage.shared.idle
        client.connection.connection_lost(None)
        assert client.gone == [client.connection]
        await stage.shared.close()

    virtually(scenario())
