"""Whatever a peer sends, only our two errors come out, and memory stays bounded."""

import struct
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.camera_bytes import (
    IDR,
    Stream,
    answer,
    bye,
    dialogue,
    feed,
    interleaved,
    new_client,
    playing,
    rtp,
    sdp,
    sender_report,
)
from haidang.core.rtsp import RtspClient, RtspProtocolError, RtspRefused

replies = st.one_of(
    st.sampled_from(
        [*dialogue(), b"RTSP/1.0 ", b"\r\n", b"$\0\0\x0c", interleaved(bye(), 1), interleaved(sender_report(0, 0), 1)]
    ),
    st.builds(answer, st.integers(0, 6), st.text(max_size=40), body=st.text(max_size=60)),
    st.builds(lambda n, body: answer(n, body=body), st.integers(1, 6), st.sampled_from([sdp(), sdp(control="\tx")])),
    st.binary(max_size=60),
)
packets = st.builds(
    lambda payload, sequence, timestamp, marker, first: interleaved(
        bytes([first]) + rtp(payload, sequence, timestamp, marker=marker)[1:]
    ),
    st.one_of(
        st.binary(max_size=80),
        st.builds(
            lambda head, rest: head + rest,
            st.sampled_from([b"\x7c\x85", b"\x67", b"\x68", b"\x65\x88", b"\x78", b"\x06\x06"]),
            st.binary(max_size=40),
        ),
    ),
    st.integers(0, 5),
    st.integers(0, 3),
    st.booleans(),
    st.sampled_from([0x80, 0x80, 0x80, 0x90, 0xA0, 0xBF, 0]),
)


def survives(client: RtspClient, data: bytes) -> None:
    try:
        client.receive(memoryview(data))
        client.data_to_send()
        client.keep_alive()
        client.teardown()
        client.receive(memoryview(b""))
    except (RtspProtocolError, RtspRefused) as error:
        assert str(error).startswith("couldn't ")  # noqa: PT017 - any call may raise


@given(st.lists(replies, max_size=8))
@settings(max_examples=300)
def test_arbitrary_answers_raise_our_errors_alone(parts: list[bytes]) -> None:
    client = new_client(username="u", password="p")
    client.connect()
    survives(client, b"".join(parts))


@given(st.lists(st.one_of(packets, replies), max_size=30))
@settings(max_examples=300)
def test_arbitrary_packets_raise_our_errors_alone(parts: list[bytes]) -> None:
    survives(playing(), b"".join(parts))


def grown_bytes(client: RtspClient, pieces: list[bytes], rounds: int) -> int:
    """Memory still held after feeding the pieces again and again."""
    tracemalloc.start()
    try:
        for _ in range(rounds):
            for piece in pieces:
                client.receive(memoryview(piece))
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_endless_small_things_do_not_pile_up() -> None:
    client = playing()
    stream = Stream(sequence=0)
    pieces = [
        interleaved(rtp(b"\x06\x05\x01\xaa\x80", 0, 0)),  # repeated for ever
        interleaved(sender_report(3_863_030_400.0, 0), 1),
        interleaved(b"x" * 30, 77),
        answer(77),
        b"\r\n",
        *(interleaved(packet) for packet in stream.unit(b"\x68\xff\xff", IDR)),
    ]
    assert grown_bytes(client, pieces, 200) < 300_000


def test_a_picture_that_never_ends_is_refused_within_its_bound() -> None:
    client = playing()
    head = struct.pack(">BBHII", 0x80, 96, 0, 0, 1)
    feed(client, interleaved(head + b"\x7c\x85\x88"))
    with pytest.raises(RtspProtocolError) as caught:
        assert [feed(client, interleaved(rtp(b"\x7c\x05" + bytes(60_000), n, 0, ssrc=1))) for n in range(1, 400)]
    assert caught.value.code == "rtp_picture_too_large"


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4000000000\r\n\r\n",
        b"$\0\0\x04abcd",
    ],
)
def test_a_peer_that_is_no_camera_is_told_at_once(data: bytes) -> None:
    client = new_client()
    client.connect()
    with pytest.raises(RtspProtocolError):
        client.receive(memoryview(data))


def test_a_hostile_description_does_not_write_our_requests() -> None:
    client = new_client()
    client.connect()
    feed(client, answer(1), answer(2, body=sdp(control="x\rEvil: 1")))
    assert b"\rEvil" not in client.data_to_send()
