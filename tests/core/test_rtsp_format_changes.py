"""Parameter sets in the stream: what becomes of the format and of the pictures."""

import pytest

from core.camera_bytes import (
    H264_BASELINE,
    H264_SETS,
    H265_SETS,
    IDR,
    SLICE,
    BitWriter,
    Stream,
    feed,
    h264_format,
    h265_format,
    interleaved,
    playing,
    sdp,
    stap_a,
    unit_of,
)
from haidang.core.rtsp import Event, FormatChanged, FrameReceived, RtspClient, RtspProtocolError

NO_SETS = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:1\r\n"
OTHER_PPS = BitWriter().ue(1, 0).u(8, 0x5A).nal(b"\x68")
CHANGED_PPS = BitWriter().ue(0, 0).u(8, 0x5A).nal(b"\x68")


def events(client: RtspClient, *packets: bytes) -> list[Event]:
    return feed(client, *(interleaved(packet) for packet in packets))


def kinds(found: list[Event]) -> list[type]:
    return [type(event) for event in found]


def test_sets_that_the_sdp_told_already_change_nothing() -> None:
    stream = Stream()
    [event] = events(playing(), *stream.unit(*H264_SETS, IDR))
    assert isinstance(event, FrameReceived)
    assert event.unit.data == unit_of(IDR)


def test_without_sets_in_the_sdp_the_first_come_before_the_first_picture() -> None:
    client, stream = playing(NO_SETS), Stream()
    assert events(client, *stream.unit(IDR), *stream.unit(SLICE)) == []
    found = events(client, *stream.unit(stap_a(*H264_SETS), IDR))
    assert kinds(found) == [FormatChanged, FrameReceived]
    assert found[0] == FormatChanged(h264_format())


def test_sets_that_come_one_by_one_are_waited_for() -> None:
    client, stream = playing(NO_SETS), Stream()
    assert events(client, *stream.unit(H264_SETS[0], IDR)) == []
    assert kinds(events(client, *stream.unit(H264_SETS[1], IDR))) == [FormatChanged, FrameReceived]


def test_a_new_resolution_is_told_before_its_keyframe() -> None:
    client, stream = playing(), Stream()
    events(client, *stream.unit(*H264_SETS, IDR), *stream.unit(SLICE))
    found = events(client, *stream.unit(*H264_BASELINE, IDR))
    assert found[0] == FormatChanged(h264_format(H264_BASELINE))
    assert kinds(events(client, *stream.unit(*H264_BASELINE, IDR))) == [FrameReceived]
    assert events(client, *stream.unit(*H264_SETS, IDR))[0] == FormatChanged(h264_format())


def test_a_picture_parameter_set_more_joins_the_format() -> None:
    client, stream = playing(), Stream()
    found = events(client, *stream.unit(OTHER_PPS, IDR))
    assert found[0] == FormatChanged(h264_format((*H264_SETS, OTHER_PPS)))
    assert kinds(events(client, *stream.unit(*H264_SETS, OTHER_PPS, IDR))) == [FrameReceived]


def test_a_set_that_changes_between_keyframes_stays_in_and_is_told_at_the_next() -> None:
    client, stream = playing(), Stream()
    events(client, *stream.unit(IDR))
    [event] = events(client, *stream.unit(CHANGED_PPS, SLICE))
    assert isinstance(event, FrameReceived)
    assert event.unit.data == unit_of(CHANGED_PPS, SLICE)
    found = events(client, *stream.unit(IDR))
    assert found[0] == FormatChanged(h264_format((H264_SETS[0], CHANGED_PPS)))


def test_sets_in_a_packet_of_their_own_belong_to_the_next_keyframe() -> None:
    client, stream = playing(), Stream()
    events(client, *stream.unit(IDR))
    found = events(client, *stream.unit(*H264_BASELINE, step=1), *stream.unit(IDR))
    assert kinds(found) == [FormatChanged, FrameReceived]


def test_sets_of_a_unit_that_was_dropped_are_not_forgotten() -> None:
    client, stream = playing(), Stream()
    events(client, *stream.unit(IDR))
    broken = stream.unit(*H264_BASELINE, b"\x65\x88one", b"\x65\x4atwo")
    assert events(client, *broken[:3], *stream.unit(SLICE)) == []
    assert kinds(events(client, *stream.unit(IDR))) == [FormatChanged, FrameReceived]


def test_sets_that_cannot_be_read_end_the_connection() -> None:
    client, stream = playing(), Stream()
    with pytest.raises(RtspProtocolError) as caught:
        events(client, *stream.unit(b"\x67\x64\0\x1e\0", H264_SETS[1], IDR))
    assert caught.value.code == "parameter_set"


def test_h265_formats_change_the_same_way() -> None:
    client, stream = playing(sdp(H265_SETS)), Stream()
    vps, sps, _ = H265_SETS
    pps = BitWriter().ue(0, 0).u(8, 0x5A).nal(b"\x44\x01")
    found = events(client, *stream.unit(pps, b"\x2a\x01\xafcra"))
    assert kinds(found) == [FormatChanged, FrameReceived]
    assert found[0] == FormatChanged(h265_format((vps, sps, pps)))
