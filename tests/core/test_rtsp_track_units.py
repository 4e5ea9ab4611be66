"""Where a picture ends, and what time it was."""

import pytest

from core.camera_bytes import (
    H265_SETS,
    IDR,
    SLICE,
    Stream,
    feed,
    frames,
    fu_a,
    interleaved,
    playing,
    rtp,
    sdp,
    sender_report,
    unit_of,
)
from haidang.core.rtsp import RtspClient, RtspProtocolError
from haidang.core.video import AccessUnit

NTP_2022_S = 3_863_030_400.0
WALL_2022_US = 1_654_041_600_000_000
FIRST_HALF, SECOND_HALF = b"\x41\x9afirst", b"\x41\x4asecond"


def units(client: RtspClient, *packets: bytes) -> list[AccessUnit]:
    return frames(feed(client, *(interleaved(packet) for packet in packets)))


def test_the_marker_ends_a_unit() -> None:
    stream = Stream()
    first, second = units(playing(), *stream.unit(*fu_a(IDR, 4)), *stream.unit(SLICE))
    assert first == AccessUnit(unit_of(IDR), 1000, True, 0, None)  # type: ignore[arg-type]
    assert second == AccessUnit(unit_of(SLICE), 4600, False, 0, None)  # type: ignore[arg-type]


def test_a_new_timestamp_ends_a_unit_without_marker() -> None:
    stream = Stream()
    packets = [packet for nal in (IDR, SLICE, SLICE) for packet in stream.unit(nal, marker=False)]
    assert [unit.pts_90k for unit in units(playing(), *packets)] == [1000, 4600]


def test_a_delimiter_ends_a_unit_without_marker_or_new_timestamp() -> None:
    stream = Stream()
    packets = [packet for nal in (IDR, SLICE) for packet in stream.unit(b"\x09\xf0", nal, marker=False, step=0)]
    assert [unit.data for unit in units(playing(), *packets, *stream.unit(b"\x09\xf0"))] == [
        unit_of(IDR),
        unit_of(SLICE),
    ]


def test_a_marker_behind_parameter_sets_or_sei_ends_nothing() -> None:
    stream = Stream()
    sei = b"\x06\x05\x01\xaa\x80"
    packets = [*stream.unit(sei, step=0), *stream.unit(IDR)]
    assert [unit.data for unit in units(playing(), *packets)] == [unit_of(sei, IDR)]


def test_slices_of_a_picture_stay_together() -> None:
    stream = Stream()
    packets = [*stream.unit(IDR), *stream.unit(FIRST_HALF, SECOND_HALF)]
    assert units(playing(), *packets)[1].data == unit_of(FIRST_HALF, SECOND_HALF)


def test_a_camera_whose_markers_lie_is_found_out_and_understood() -> None:
    stream = Stream()
    client = playing()

    def lying(*nals: bytes) -> list[AccessUnit]:
        packets = [packet for nal in nals for packet in stream.unit(nal, step=0)]
        stream.timestamp += 3600
        return units(client, *packets)

    assert [unit.data for unit in lying(IDR, b"\x65\x4arest")] == [unit_of(IDR)]  # found out
    assert lying(FIRST_HALF, SECOND_HALF) == []
    assert lying(IDR, b"\x65\x4arest") == []
    assert [unit.data for unit in lying(FIRST_HALF, SECOND_HALF)] == [unit_of(IDR, b"\x65\x4arest")]
    assert [unit.data for unit in lying(SLICE)] == [unit_of(FIRST_HALF, SECOND_HALF)]


def test_a_marker_inside_a_nal_unit_is_a_lie_too() -> None:
    first, second = fu_a(IDR, 6)[:2]
    assert len(fu_a(IDR, 6)) == 2
    packets = [rtp(first, 1, 0, marker=True), rtp(second, 2, 0, marker=True), rtp(SLICE, 3, 3600, marker=True)]
    assert [unit.data for unit in units(playing(), *packets)] == [unit_of(IDR)]


def test_timestamps_go_on_past_32_bits_and_may_step_back() -> None:
    stream = Stream(timestamp=2**32 - 3600)
    packets = [*stream.unit(IDR, step=10_800), *stream.unit(SLICE, step=-3600), *stream.unit(SLICE)]
    assert [unit.pts_90k for unit in units(playing(), *packets)] == [2**32 - 3600, 2**32 + 7200, 2**32 + 3600]


def test_a_jump_is_reported_as_it_is() -> None:
    stream = Stream(timestamp=0)
    packets = [*stream.unit(IDR, step=3600 * 90_000), *stream.unit(SLICE, step=-7200 * 90_000), *stream.unit(SLICE)]
    assert [unit.pts_90k for unit in units(playing(), *packets)] == [0, 3600 * 90_000, -3600 * 90_000]


def test_sender_reports_give_the_cameras_clock() -> None:
    client, stream = playing(), Stream(timestamp=90_000)
    [before] = units(client, *stream.unit(IDR, step=45_000))
    feed(client, interleaved(sender_report(NTP_2022_S, 90_000), 1))
    [after] = units(client, *stream.unit(SLICE))
    assert (before.captured_at, after.captured_at) == (None, WALL_2022_US + 500_000)


def test_a_sender_report_may_come_first_and_across_the_wrap() -> None:
    client, stream = playing(), Stream(timestamp=44_990)
    feed(client, interleaved(sender_report(NTP_2022_S, -10), 1))
    [unit] = units(client, *stream.unit(IDR))
    assert (unit.captured_at, unit.pts_90k) == (WALL_2022_US + 500_000, 2**32 + 44_990)


def test_a_nonsense_clock_is_no_clock() -> None:
    client, stream = playing(), Stream()
    units(client, *stream.unit(IDR))
    feed(client, interleaved(sender_report(1_000_000.0, 1000), 1), interleaved(sender_report(NTP_2022_S, 1, 7), 1))
    [unit] = units(client, *stream.unit(SLICE))
    assert unit.captured_at is None


def test_h265_units_are_assembled_the_same_way() -> None:
    idr, trail = b"\x28\x01\xafkeyframe", b"\x02\x01\xd0picture"
    stream = Stream()
    got = units(playing(sdp(H265_SETS)), *stream.unit(idr), *stream.unit(trail))
    assert [(unit.data, unit.keyframe) for unit in got] == [(unit_of(idr), True), (unit_of(trail), False)]


def test_packets_of_another_payload_type_are_passed_over_and_counted() -> None:
    stream = Stream(sequence=0)
    other = rtp(b"fec", 1, 1000, kind=97)
    stream_packets = stream.unit(IDR)
    stream.sequence = 2
    assert [unit.lost_packets for unit in units(playing(), *stream_packets, other, *stream.unit(SLICE))] == [0, 0]


def test_padding_and_empty_packets_are_understood() -> None:
    packets = [
        rtp(IDR, 1, 0),
        b"\xa0" + rtp(b"\0\0\3", 2, 0)[1:],
        rtp(b"", 3, 0, marker=True),
        b"\xa0" + rtp(SLICE + b"\0\2", 4, 3600, marker=True)[1:],
    ]
    assert [unit.data for unit in units(playing(), *packets)] == [unit_of(IDR), unit_of(SLICE)]


@pytest.mark.parametrize("broken", [b"", b"\x80", b"\x00" * 20, b"\x90" + bytes(12)])
def test_broken_packets_are_passed_over_but_not_for_ever(broken: bytes) -> None:
    client, stream = playing(), Stream()
    assert len(units(client, broken, *stream.unit(IDR), broken, *stream.unit(SLICE))) == 2
    with pytest.raises(RtspProtocolError) as caught:
        units(client, *[broken] * 1001)
    assert caught.value.code == "rtp_unreadable"
