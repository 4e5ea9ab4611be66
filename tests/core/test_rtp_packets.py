"""RTP headers, sequence numbers and timestamps (RFC 3550 §5.1, Appendix A.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.rtp.packet import packets_lost, payload_bounds, unwrap

FIXED = bytes.fromhex("60 0001 00000001 00000002")


@pytest.mark.parametrize(
    ("packet", "payload"),
    [
        (b"\x80" + FIXED + b"abc", b"abc"),
        (b"\x82" + FIXED + b"ccccdddd" + b"abc", b"abc"),  # two contributing sources
        (b"\x90" + FIXED + bytes.fromhex("abac 0003") + bytes(12) + b"abc", b"abc"),  # ONVIF replay
        (b"\x90" + FIXED + bytes.fromhex("bede 0000") + b"abc", b"abc"),
        (b"\xa0" + FIXED + b"abc\0\0\3", b"abc"),  # padding
        (b"\xb1" + FIXED + b"cccc" + bytes.fromhex("abac 0001 00000000") + b"abc\1", b"abc"),
        (b"\xa0" + FIXED + b"\1", b""),
    ],
)
def test_the_payload_is_found(packet: bytes, payload: bytes) -> None:
    bounds = payload_bounds(memoryview(b"##" + packet + b"##"), 2, 2 + len(packet))
    assert bounds is not None
    assert packet[bounds[0] - 2 : bounds[1] - 2] == payload


@pytest.mark.parametrize(
    "packet",
    [
        b"\x00" + FIXED + b"abc",  # version 0
        b"\x8f" + FIXED + b"abc",  # fifteen sources, not there
        b"\x90" + FIXED + b"ab",  # an extension cut off
        b"\x90" + FIXED + bytes.fromhex("abac ffff") + b"abc",
        b"\xa0" + FIXED + b"abc\0",  # padding of 0
        b"\xa0" + FIXED + b"abc\5",  # padding longer than the payload
    ],
)
def test_a_broken_header_has_no_payload(packet: bytes) -> None:
    assert payload_bounds(memoryview(packet), 0, len(packet)) is None


@pytest.mark.parametrize(
    ("expected", "sequence", "lost"),
    [(5, 6, 1), (65_535, 2, 3), (5, 4, 0), (0, 65_535, 0), (200, 100, 0), (5, 3004, 2999), (5, 5000, 1), (5000, 5, 1)],
)
def test_gaps_are_counted_and_old_packets_known(expected: int, sequence: int, lost: int) -> None:
    assert packets_lost(expected, sequence) == lost


@given(st.integers(-(1 << 40), 1 << 40), st.integers(-(1 << 31), (1 << 31) - 1))
def test_timestamps_unwrap_to_the_nearest(near: int, step: int) -> None:
    assert unwrap(near, (near + step) & 0xFFFFFFFF) == near + step
