"""RTSP messages, whole and in pieces, and their bounds."""

import pytest

from haidang.core.rtsp import RtspProtocolError
from haidang.core.rtsp.message import MAX_BODY_BYTES, MAX_HEAD_BYTES, MessageReader, Request, Response


def read(data: bytes, piece: int = 1 << 20) -> list[Request | Response]:
    reader, found, at = MessageReader(), [], 0
    while at < len(data):
        view = memoryview(data)[at : at + piece]
        used, message = reader.read(view, 0)
        at += used
        if message is not None:
            found.append(message)
    return found


def test_a_response_with_a_body() -> None:
    [message] = read(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length:  3 \r\n\r\nabc")
    assert isinstance(message, Response)
    assert (message.status, message.headers.get("cseq"), message.body) == (200, "1", b"abc")


@pytest.mark.parametrize("piece", [1, 2, 7, 1 << 20])
def test_messages_one_after_the_other_in_any_pieces(piece: int) -> None:
    responses = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\ncontent-length: 2\r\n\r\nabRTSP/1.0 401\r\n\r\n"
    data = responses + b"\r\nOPTIONS * RTSP/1.0\nCSeq: 7\n\n"
    first, second, third = read(data, piece)
    assert isinstance(first, Response)
    assert isinstance(second, Response)
    assert isinstance(third, Request)
    assert (first.body, second.status, third.method, third.headers.get("cseq")) == (b"ab", 401, "OPTIONS", "7")


def test_names_in_any_case_repeated_fields_and_folded_lines() -> None:
    [message] = read(b"RTSP/1.0 401 No\r\nWWW-AUTHENTICATE: a\r\nwww-authenticate: b,\r\n  c\r\nbroken\r\n\r\n")
    assert message.headers.all("www-authenticate") == ["a", "b, c"]
    assert message.headers.get("broken") == ""


def test_control_characters_do_not_survive_in_a_field() -> None:
    [message] = read(b"RTSP/1.0 200 OK\r\nSession: a\rb\0c\r\n\r\n")
    assert message.headers.get("session") == "abc"


@pytest.mark.parametrize("byte", [b"\x00", b"<", b"r", b"\xff", b" "])
def test_what_cannot_begin_a_message_is_refused_at_once(byte: bytes) -> None:
    with pytest.raises(RtspProtocolError) as caught:
        read(byte)
    assert caught.value.code == "rtsp_garbage"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", "rtsp_head"),
        (b"RTSP/1.0 2000 OK\r\n\r\n", "rtsp_head"),
        (b"HELLO\r\n\r\n", "rtsp_head"),
        (b"RTSP/1.0 200 OK\r\n" + b"a: b\r\n" * 300 + b"\r\n", "rtsp_head"),
        (b"A" * MAX_HEAD_BYTES, "rtsp_head"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", "rtsp_body"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 1e3\r\n\r\n", "rtsp_body"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1), "rtsp_body"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n", "rtsp_body"),
    ],
)
@pytest.mark.parametrize("piece", [1000, 1 << 20])
def test_what_is_out_of_bounds_is_refused(data: bytes, code: str, piece: int) -> None:
    with pytest.raises(RtspProtocolError) as caught:
        read(data, piece)
    assert caught.value.code == code


def test_the_largest_body_is_read() -> None:
    [message] = read(b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % MAX_BODY_BYTES + bytes(MAX_BODY_BYTES), 100_000)
    assert len(message.body) == MAX_BODY_BYTES
