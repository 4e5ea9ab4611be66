"""Packets byte for byte: RFC 6184, RFC 7798, RFC 3550."""

from haidang.core.units import WallUs
from haidang.simulator.rtp import PAYLOAD_MTU, join, packetise, sender_report, stamp


def test_a_small_nal_unit_is_one_packet_with_the_marker() -> None:
    packed = packetise([b"\x65\xaa\xbb"], "avc1")
    assert stamp(packed, 0x0102, 0x03040506, 0x0708090A).hex() == (
        "2400000f"  # interleaved: channel 0, 15 bytes
        "80e0" "0102" "03040506" "0708090a"
        "65aabb"
    )  # fmt: skip


def test_a_large_nal_unit_becomes_fragments_that_join_to_it_again() -> None:
    nal = b"\x65" + bytes(range(256)) * 20
    packed = packetise([nal], "avc1")
    data = stamp(packed, 0xFFFE, 0, 0)
    ends = [*packed.starts[1:], len(data)]
    packets = [data[start + 16 : end] for start, end in zip(packed.starts, ends, strict=True)]
    assert [packet[0] for packet in packets] == [0x7C] * 4
    assert [packet[1] for packet in packets] == [0x85, 0x05, 0x05, 0x45]
    assert b"\x65" + b"".join(packet[2:] for packet in packets) == nal
    assert max(map(len, packets)) <= PAYLOAD_MTU
    assert [data[start + 5] >> 7 for start in packed.starts] == [0, 0, 0, 1]
    assert [data[start + 6 : start + 8].hex() for start in packed.starts] == ["fffe", "ffff", "0000", "0001"]


def test_h265_fragments_carry_the_type_in_their_own_header() -> None:
    nal = b"\x26\x01" + bytes(3000)
    packed = packetise([nal], "hvc1")
    heads = [bytes(packed.data[start + 16 : start + 19]).hex() for start in packed.starts]
    assert heads == ["620193", "620113", "620153"]


def test_parts_of_a_picture_join_without_the_skipped_packet() -> None:
    front = packetise([b"\x01front"], "avc1", ends_picture=False)
    back = packetise([b"\x01quiet", b"\x41picture"], "avc1")
    joined = join(front, back, skip=1)
    data = stamp(joined, 7, 8, 9)
    assert [data[start + 16 : start + 22] for start in joined.starts] == [b"\x01front", b"\x41pictu"]
    assert [data[start + 5] >> 7 for start in joined.starts] == [0, 1]
    assert joined.payload_bytes == len(b"\x01front\x41picture")


def test_a_sender_report_ties_wall_time_to_rtp_time() -> None:
    report = sender_report(0x01020304, WallUs(1_500_000), 2**32 + 5, 6, 7)
    expected = "2401001c 80c80006 01020304 83aa7e81 80000000 00000005 00000006 00000007"
    assert report == bytes.fromhex(expected)
