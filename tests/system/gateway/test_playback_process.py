"""Playback from a real gateway process: ranges on the wire, and answers cut off when the right ends."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway.cast import COOKIE
from gateway.player import parts_of
from system.gateway.gateway_host import GatewayHost, RealTimeRecorder, gateway_host, now, ticket

pytestmark = pytest.mark.system
AN = {"Cookie": f"hd_viewer={COOKIE}"}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GatewayHost]:
    host = gateway_host(tmp_path)
    recorder = RealTimeRecorder(host, fragment_bytes=4_000_000)
    for _ in range(20):  # 80 MB within a moment
        recorder.fragment()
    recorder.close()
    with host:
        yield host


def segment(host: GatewayHost) -> tuple[http.client.HTTPConnection, str, int]:
    """A connection, the path of the recording, and its length."""
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=10)
    at = now()
    text = ticket("view_playback", window_from=at - 60_000_000, window_to=at + 60_000_000)
    connection.request("GET", f"/media/playback/{text}/index.m3u8", headers=AN)
    redeemed = connection.getresponse()
    redeemed.read()
    place = redeemed.headers["location"]
    connection.request("GET", place, headers=AN)
    playlist = connection.getresponse().read().decode()
    parts = parts_of(playlist, f"{host.http}{place}")
    return connection, urlsplit(parts[-1].url).path, max(part.last for part in parts) + 1


def test_a_whole_recording_arrives_unchanged(host: GatewayHost) -> None:
    connection, path, length = segment(host)
    connection.request("GET", path, headers={**AN, "Range": f"bytes=0-{length - 1}"})
    answer = connection.getresponse()
    [recorded] = host.root.glob("*/*/*/*.mp4")
    assert answer.status == 206
    assert answer.read() == recorded.read_bytes()[:length]
    connection.close()


def test_an_order_of_the_warden_cuts_an_answer_off(host: GatewayHost) -> None:
    connection, path, length = segment(host)
    connection.request("GET", path, headers={**AN, "Range": f"bytes=0-{length - 1}"})
    answer = connection.getresponse()
    answer.read(1_000_000)
    [stream] = host.ask(op="list")["streams"]
    ordered = time.monotonic()
    host.ask(op="end", streams={stream["stream_id"]: "account_ended"})
    got = 1_000_000
    try:
        while more := len(answer.read(1_000_000)):
            got += more
    except ConnectionError:
        pass  # a reset is as good as an early end
    assert got < length
    answer.close()
    connection.close()
    print(
        f"order → cut off: {(time.monotonic() - ordered) * 1000:.0f} ms, {got / 1e6:.0f} of {length / 1e6:.0f} MB sent"
    )
    again = http.client.HTTPConnection("127.0.0.1", host.port, timeout=10)
    again.request("GET", path, headers=AN)
    assert again.getresponse().status == 403
    again.close()
    assert not host.crashes, host.log


def test_a_player_that_leaves_stops_the_reading(host: GatewayHost) -> None:
    before = host.rss_kb()
    for _ in range(20):
        connection, path, length = segment(host)
        connection.request("GET", path, headers={**AN, "Range": f"bytes=0-{length - 1}"})
        answer = connection.getresponse()
        answer.read(1000)
        assert connection.sock is not None
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # reset, not a goodbye
        answer.close()
        connection.close()
    time.sleep(0.5)
    assert host.rss_kb() - before < 48 * 1024
    assert not host.crashes, host.log
