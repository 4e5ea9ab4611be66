"""What people without an account can do to the page server: nothing that keeps others waiting."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from system.waiting import eventually
from system.web.own_host import OwnHost

pytestmark = pytest.mark.system
PORT = 21812
#: More than the server has threads.
MANY = 12
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnHost]:
    own = OwnHost(tmp_path_factory.mktemp("pages") / "home", port=PORT)
    own.start("web")
    eventually(own.answers, "web")
    yield own
    own.stop()


def said(text: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", PORT), timeout=5)
    connection.sendall(text)
    return connection


@pytest.mark.parametrize(
    "text",
    [b"", b"G", WHOLE[:-2], b"POST /dang-nhap HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nhalf", WHOLE],
    ids=["silent", "one byte", "half a head", "half a body", "answered and not closing"],
)
def test_connections_that_dawdle_hold_up_nobody(host: OwnHost, text: bytes) -> None:
    with ExitStack() as held:
        for _ in range(MANY):
            held.enter_context(closing(said(text)))
        assert host.answers()  # within its 2 s, far less than any of those is given


def test_a_large_upload_is_refused_before_it_is_sent(host: OwnHost) -> None:
    head = b"POST /dang-nhap HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    with closing(said(head + b"Content-Length: 2000000000\r\n\r\n--b\r\n")) as connection:
        assert connection.recv(64).startswith(b"HTTP/1.1 413 ")
    assert host.answers()


def test_requests_sent_ahead_are_all_answered(host: OwnHost) -> None:
    assert host.answers()
    request = WHOLE.replace(b"Connection: close\r\n", b"")
    with closing(said(request + request + WHOLE)) as connection:
        answers = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answers.count(b"HTTP/1.1 200 ") == 3
