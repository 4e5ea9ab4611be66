"""Pictures that x264 and x265 made go through the client and come out decodable, B-frames and all."""

import re
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest

from core.camera_bytes import Stream, feed, frames, fu_a, fu_h265, interleaved, playing, sdp
from haidang.core.rtp.decode_time import DecodeTimes
from haidang.core.rtsp import FormatChanged
from haidang.core.video import AccessUnit, VideoFormat

ENCODERS = [
    ("libx264", "avc1", {"x264-params": "bframes=2:keyint=10:aud=1:slices=3:log-level=none"}),
    (
        "libx264",
        "avc1",
        {"x264-params": "bframes=0:keyint=10:cqm=jvt:nal-hrd=cbr:vbv-maxrate=900:vbv-bufsize=900:log=0"},
    ),
    ("libx265", "hvc1", {"x265-params": "bframes=2:keyint=10:aud=1:log-level=none"}),
]


def encode(codec: str, options: dict[str, str]) -> list[tuple[int, list[bytes]]]:
    """Each picture's time and NAL units, in decode order."""
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt, encoder.options = 320, 176, "yuv420p", options
    encoder.time_base, encoder.framerate = Fraction(1, 25), Fraction(25)
    packets = []
    noise = np.random.default_rng(7)
    for number in range(25):
        picture = noise.integers(0, 255, (176 * 3 // 2, 320), dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
        frame.pts = number
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    return [(packet.pts or 0, re.split(rb"\0\0\0?\x01", bytes(packet))[1:]) for packet in packets]


def decode(video: VideoFormat, units: list[AccessUnit]) -> list[tuple[int, int]]:
    decoder = av.CodecContext.create({"avc1": "h264", "hvc1": "hevc"}[video.codec], "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.extradata = video.config_record
    packets = [av.Packet(unit.data) for unit in units]
    shown = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
    return [(frame.width, frame.height) for frame in shown]


def is_keyframe(family: str, nal: bytes) -> bool:
    return nal[0] & 31 == 5 if family == "avc1" else 16 <= nal[0] >> 1 <= 23


@pytest.mark.parametrize(("codec", "family", "options"), ENCODERS)
@pytest.mark.parametrize("in_band", [True, False])
def test_every_picture_arrives_and_decodes(codec: str, family: str, options: dict[str, str], *, in_band: bool) -> None:
    pictures = encode(codec, options)
    kinds = (7, 8) if family == "avc1" else (32, 33, 34)
    sets = [nal for nal in pictures[0][1] if (nal[0] & 31 if family == "avc1" else nal[0] >> 1) in kinds]
    encoding = "H264" if family == "avc1" else "H265"
    body = f"m=video 0 RTP/AVP 96\r\na=rtpmap:96 {encoding}/90000\r\n" if in_band else sdp(sets)
    stream, sent = Stream(), bytearray()
    for pts, nals in pictures:
        stream.timestamp = 3600 * pts
        pieces = [piece for nal in nals for piece in (fu_a if family == "avc1" else fu_h265)(nal, 900)]
        sent += b"".join(interleaved(packet) for packet in stream.unit(*pieces))
    events = feed(playing(body), bytes(sent))
    video = VideoFormat.from_parameter_sets("avc1" if family == "avc1" else "hvc1", sets)
    units = frames(events)
    assert [event for event in events if isinstance(event, FormatChanged)] == [FormatChanged(video)] * in_band
    assert [unit.pts_90k for unit in units] == [3600 * pts for pts, _ in pictures]
    assert [unit.keyframe for unit in units] == [any(is_keyframe(family, nal) for nal in nals) for _, nals in pictures]
    assert decode(video, units) == [(320, 176)] * 25
    times = DecodeTimes(video.reorder_frames)
    dts = [times.add(unit.pts_90k) for unit in units]
    assert all(offset >= 0 for _, offset in dts)
    assert all(one < other for (one, _), (other, _) in pairwise(dts))
