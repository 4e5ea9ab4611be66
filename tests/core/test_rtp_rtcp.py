"""RTCP byte for byte (RFC 3550 §6.4.1, §6.6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.rtp.rtcp import Bye, SenderReport, read_rtcp
from haidang.core.units import WallUs

# 2022-06-01 00:00:00.5 UTC is 1654041600.5 s since 1970, NTP second e6412a80.
NTP = "e6412a80" + "80000000"
REPORT = bytes.fromhex("80c80006" + "12345678" + NTP + "0000ffff" + "00000001" + "00000002")
BYE = bytes.fromhex("81cb0001" + "12345678")


def test_a_sender_report_maps_rtp_time_to_the_cameras_clock() -> None:
    assert list(read_rtcp(REPORT)) == [SenderReport(0x12345678, 0xFFFF, WallUs(1_654_041_600_500_000))]


def test_a_compound_packet_is_walked() -> None:
    description = bytes.fromhex("81ca0003" + "12345678" + "0101610000000000")
    unknown = bytes.fromhex("80d20000")
    assert [type(message) for message in read_rtcp(REPORT + description + unknown + BYE)] == [SenderReport, Bye]


def test_a_goodbye_names_its_sources() -> None:
    assert list(read_rtcp(bytes.fromhex("82cb0002" + "00000001" + "00000002"))) == [Bye((1, 2))]


@pytest.mark.parametrize("seconds", ["00000000", "00001000", "83aa7e80", "bc17c1ff", "62800000"])
def test_a_clock_that_was_never_set_is_no_clock(seconds: str) -> None:
    """1900, an uptime, 1970, one second before 2000, and Unix time sent as NTP."""
    data = bytes.fromhex("80c80006" + "12345678" + seconds + "00000000" + "0000ffff" + "00000001" + "00000002")
    assert list(read_rtcp(data)) == [SenderReport(0x12345678, 0xFFFF, None)]


@pytest.mark.parametrize(
    "data", [b"", REPORT[:3], REPORT[:27], b"\x80\xc8\0\5" + bytes(20), b"\x82\xcb\0\1" + bytes(4), b"\0" * 40]
)
def test_what_is_malformed_says_nothing(data: bytes) -> None:
    assert list(read_rtcp(data)) == []


@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing(data: bytes) -> None:
    list(read_rtcp(data))
    list(read_rtcp(b"\x81\xcb" + data))
