"""Strangers at a real gateway's port: half requests, floods, junk. It stays small and goes on serving."""

from __future__ import annotations

import asyncio
import http.client
import os
import random
import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.cast import COOKIE
from system.gateway.gateway_host import GatewayHost, RealTimeRecorder, gateway_host, ticket

pytestmark = pytest.mark.system


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GatewayHost]:
    with gateway_host(tmp_path) as running:
        yield running


def well(host: GatewayHost) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=5)
    connection.request("GET", "/healthz")
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert "server" not in {name.lower() for name, _ in answer.getheaders()}
    return (answer.status, body) == (200, b'{"ok":true}')


def dial(host: GatewayHost) -> socket.socket:
    return socket.create_connection(("127.0.0.1", host.port), timeout=20)


def seconds_until_closed(connection: socket.socket, drip: bytes, pause_s: float) -> float:
    """Send a drip again and again until the other side has had enough."""
    began = time.monotonic()
    connection.settimeout(pause_s)
    while time.monotonic() - began < 40:
        try:
            connection.sendall(drip)
            if connection.recv(65536) == b"":
                break
        except TimeoutError:
            continue
        except ConnectionError:
            break
    return time.monotonic() - began


def handshake(text: str, *extra: str) -> bytes:
    lines = [
        f"GET /media/live/{text} HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", *extra, "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def test_a_request_that_never_becomes_whole_is_cut_off(host: GatewayHost) -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    tricks = {  # what is said first, and then again and again
        "says nothing": (b"", b""),
        "drips headers": (b"GET /healthz HTTP/1.1\r\n", b"X-A: b\r\n"),
        "drips blank lines after an answer": (whole, b"\r\n"),
        "drips half a second request": (whole, b"G"),
    }

    def spent(first: bytes, drip: bytes) -> float:
        with dial(host) as connection:
            connection.sendall(first)
            return seconds_until_closed(connection, drip, 0.5)

    with ThreadPoolExecutor() as threads:
        waits = {name: threads.submit(spent, *trick) for name, trick in tricks.items()}
    assert all(wait.result() < 20 for wait in waits.values()), {name: wait.result() for name, wait in waits.items()}
    assert well(host)


def test_a_body_that_nobody_asked_for_is_not_waited_for(host: GatewayHost) -> None:
    with dial(host) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        assert seconds_until_closed(connection, b"x", 0.5) < 20


def test_an_endless_head_is_cut_off_at_once(host: GatewayHost) -> None:
    for first, more in ((b"GET /" + b"a" * 100, b"a" * 8192), (b"GET / HTTP/1.1\r\n", b"X: " + b"a" * 8192 + b"\r\n")):
        assert taken_bytes(host, first, more) < 8 * 1024 * 1024
    assert well(host)


def taken_bytes(host: GatewayHost, first: bytes, more: bytes) -> int:
    """How much of an endless request it takes before it hangs up."""
    sent = 0
    with dial(host) as connection:
        try:
            connection.sendall(first)
            while sent < 64 * 1024 * 1024:
                connection.sendall(more)
                sent += len(more)
        except ConnectionError:
            return sent
    return sent


def test_thousands_of_bad_tickets_are_refused_and_leave_nothing(host: GatewayHost) -> None:
    well(host)
    before = host.rss_kb()
    began = time.monotonic()
    for number in range(3000):
        with dial(host) as connection:
            connection.sendall(handshake(f"bad{number}"))
            assert connection.recv(4096).startswith(b"HTTP/1.1 403")
    spent = time.monotonic() - began
    print(f"refused {3000 / spent:.0f} handshakes a second; {before // 1024} → {host.rss_kb() // 1024} MB")
    assert host.rss_kb() - before < 16 * 1024
    assert host.ask(op="list") == {"streams": []}
    assert well(host)


def test_malformed_http_is_answered_or_dropped(host: GatewayHost) -> None:
    random_bytes = random.Random(7)
    shots = [
        b"\0" * 100, b"GET\r\n\r\n", b"GET  / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nA\0: b\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /%ff%fe%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET http://other/ HTTP/1.1\r\nHost: a\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        b"GET /media/live/\xc3\xa9 HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        handshake("\u00e9"), handshake("a", "Sec-WebSocket-Version: 99"), handshake("x", "Origin: \u00e9"),
        *(random_bytes.randbytes(300) for _ in range(50)),
    ]  # fmt: skip
    for shot in shots:
        with dial(host) as connection:
            connection.sendall(shot)
            connection.shutdown(socket.SHUT_WR)
            try:
                answer = connection.recv(65536)
            except ConnectionError:
                continue
            assert answer[:9] in (b"", b"HTTP/1.1 "), answer[:40]
            assert not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 5")) or b"healthz" in shot, (shot, answer)
    assert well(host)


def watching(host: GatewayHost) -> socket.socket:
    connection = dial(host)
    connection.sendall(handshake(ticket(), f"Cookie: hd_viewer={COOKIE}"))
    assert connection.recv(20).startswith(b"HTTP/1.1 101")
    return connection


def frame(opcode: int, data: bytes, *, final: bool = True) -> bytes:
    """A client's frame, masked with zeros (RFC 6455 §5.2)."""
    length = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0xFE]) + struct.pack(">H", len(data))
    return bytes([(0x80 if final else 0) | opcode]) + length + b"\0" * 4 + data


def ended(connection: socket.socket) -> None:
    """Read until the other side closes."""
    try:
        while connection.recv(65536):
            continue
    except ConnectionError:
        return


@pytest.mark.parametrize(
    "junk",
    [
        os.urandom(500), frame(1, b"x" * 5000), frame(3, b""), frame(2, b"x" * 3000, final=False) * 3,
        frame(1, b"\xff\xfe"), frame(8, b"\x03"), frame(1, b"x") * 300, b"\x81\x7f" + b"\xff" * 8 + b"\0" * 4,
        frame(1, b"x")[:1] + b"\x01x",
    ],
    ids=["noise", "long", "unknown opcode", "long in parts", "not UTF-8", "bad close", "flood", "2^64", "unmasked"],
)  # fmt: skip
def test_websocket_junk_ends_that_connection_alone(host: GatewayHost, junk: bytes) -> None:
    with RealTimeRecorder(host).recording(), watching(host) as other, watching(host) as connection:
        connection.sendall(junk)
        ended(connection)
        other.settimeout(5)
        for _ in range(5):
            assert other.recv(65536)
    assert well(host)
    assert "Exception in ASGI" not in host.log, host.log


def test_pings_without_reading_do_not_fill_memory(host: GatewayHost) -> None:
    with RealTimeRecorder(host, fragment_bytes=1_000_000).recording(), watching(host) as connection:
        time.sleep(3)  # its buffers are full now: it reads nothing
        before = host.rss_kb()
        connection.settimeout(1)
        try:
            for _ in range(3000):
                connection.sendall(frame(9, b"p" * 125) * 50)
        except (TimeoutError, ConnectionError):
            pass
        assert host.rss_kb() - before < 24 * 1024
    assert well(host)


def test_a_peer_that_is_there_and_takes_nothing_is_dropped_within_20_s(host: GatewayHost) -> None:
    with RealTimeRecorder(host, fragment_bytes=500_000).recording(), watching(host):
        began = time.monotonic()
        while host.ask(op="list")["streams"]:
            assert time.monotonic() - began < 25
            time.sleep(0.2)
        print(f"a peer that takes nothing was dropped after {time.monotonic() - began:.1f} s")


async def test_many_half_open_connections_do_not_keep_others_out(host: GatewayHost) -> None:
    idle = [await asyncio.open_connection("127.0.0.1", host.port) for _ in range(500)]
    assert await asyncio.to_thread(well, host)
    for _, writer in idle:
        writer.transport.abort()
