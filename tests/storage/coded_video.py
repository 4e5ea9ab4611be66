"""Real pictures for tests: numpy frames coded by x264 and x265, cut into access units like a camera's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Literal

import av
import numpy as np

from haidang.core.isobmff import Sample
from haidang.core.video import VideoFormat

FRAME_90K = 3600
_ENCODERS: dict[str, Literal["libx264", "libx265"]] = {"avc1": "libx264", "hvc1": "libx265"}


@dataclass(frozen=True, slots=True)
class Unit:
    data: bytes
    dts_90k: int
    pts_90k: int
    keyframe: bool


@dataclass(frozen=True, slots=True)
class Clip:
    video: VideoFormat
    units: tuple[Unit, ...]

    def samples(self, first: int, last: int) -> list[Sample]:
        """Units ``first`` to ``last`` (not included) as they go into a fragment."""
        return [
            Sample(unit.data, FRAME_90K, unit.pts_90k - unit.dts_90k, unit.keyframe) for unit in self.units[first:last]
        ]

    def cuts(self, per_fragment: int = 5) -> Sequence[tuple[int, int]]:
        """Where fragments are cut: after so many units and before every keyframe."""
        keys = [number for number, unit in enumerate(self.units) if unit.keyframe]
        starts = [n for a, b in pairwise([*keys, len(self.units)]) for n in range(a, b, per_fragment)]
        return list(pairwise([*starts, len(self.units)]))


@cache
def clip(codec: Literal["avc1", "hvc1"] = "avc1", *, frames: int = 50, gop: int = 10, bframes: int = 0) -> Clip:
    """``frames`` of a moving gradient with noise, 128x96 at 25/s; the same arguments give the same clip."""
    encoder = av.CodecContext.create(_ENCODERS[codec], "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 128, 96, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, 90_000), Fraction(25)
    encoder.gop_size, encoder.max_b_frames = gop, bframes
    gop_params = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes={bframes}"
    if codec == "avc1":
        encoder.options = {"preset": "ultrafast", "x264-params": gop_params}
    else:
        encoder.options = {"preset": "ultrafast", "x265-params": f"{gop_params}:log-level=none:pools=1:open-gop=0"}
    units, sets = [], []
    for packet in _packets(encoder, frames):
        nals = list(_split(bytes(packet)))
        sets += [nal for nal in nals if _is_set(codec, nal)]
        kept = [nal for nal in nals if not _is_set(codec, nal)]
        data = b"".join(len(nal).to_bytes(4, "big") + nal for nal in kept)
        assert packet.dts is not None
        assert packet.pts is not None
        units.append(Unit(data, packet.dts, packet.pts, packet.is_keyframe))
    first = units[0].dts_90k
    shifted = (Unit(u.data, u.dts_90k - first, u.pts_90k - first, u.keyframe) for u in units)
    return Clip(VideoFormat.from_parameter_sets(codec, sets), tuple(shifted))


def _packets(encoder: av.VideoCodecContext, frames: int) -> Iterator[av.Packet[av.VideoStream]]:
    noise = np.random.default_rng(7)
    for number in range(frames):
        picture = np.add.outer(np.arange(96), np.arange(128) + number * 3).astype(np.uint8)
        picture = np.stack([picture, picture[::-1], noise.integers(0, 255, (96, 128), np.uint8)], axis=2)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = number * FRAME_90K, encoder.time_base
        yield from encoder.encode(frame)
    yield from encoder.encode(None)


def _split(stream: bytes) -> Iterator[bytes]:
    """NAL units of an Annex B byte stream."""
    for part in stream.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1"):
        if part:
            yield part


def _is_set(codec: str, nal: bytes) -> bool:
    return nal[0] & 0x1F in (7, 8) if codec == "avc1" else (nal[0] >> 1) & 0x3F in (32, 33, 34)
