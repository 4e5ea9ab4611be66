"""A few seconds of real H.264 as fragments of 200 ms: a drawn sea with a boat that moves, looped without end."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.video.frame import VideoFrame
from PIL import Image, ImageDraw

from haidang.core.isobmff import Sample, fragment, init_segment
from haidang.core.units import Pts90k
from haidang.core.video import VideoFormat

FPS, GOP, FRAGMENT_FRAMES, FRAMES = 25, 50, 5, 100
FRAME_90K = 90_000 // FPS
FRAGMENT_90K = FRAGMENT_FRAMES * FRAME_90K


@dataclass(frozen=True)
class SampleClip:
    codec: str
    init: bytes
    pictures: tuple[bytes, ...]

    def fragment(self, number: int, base_90k: int = 0) -> bytes:
        """The ``number``-th 200 ms of an endless loop, its times counted from ``base_90k``."""
        first = number * FRAGMENT_FRAMES
        samples = [
            Sample(self.pictures[n % FRAMES], FRAME_90K, 0, n % GOP == 0) for n in range(first, first + FRAGMENT_FRAMES)
        ]
        return b"".join(fragment(number + 1, Pts90k(base_90k + number * FRAGMENT_90K), samples))


def make_clip(*, width: int = 640, height: int = 360, hevc: bool = False) -> SampleClip:
    context = av.VideoCodecContext.create("libx265" if hevc else "libx264", "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate = Fraction(1, FPS), Fraction(FPS)
    gop = f"keyint={GOP}:min-keyint={GOP}:scenecut=0:bframes=0"
    key = "x265-params" if hevc else "x264-params"
    quiet = ":log-level=error:pools=none:frame-threads=1" if hevc else ":threads=1"
    context.options = {"preset": "ultrafast", key: gop + quiet}
    packets = []
    for index in range(FRAMES):
        frame = VideoFrame.from_ndarray(np.asarray(_scene(index, width, height)), format="rgb24")
        frame.pts = index
        packets += context.encode(frame)
    packets += context.encode(None)
    sets: dict[bytes, None] = {}
    pictures = []
    for packet in packets:
        units = [piece.rstrip(b"\0") for piece in bytes(packet).split(b"\0\0\1") if piece.rstrip(b"\0")]
        coded = [unit for unit in units if _is_picture(unit[0], hevc=hevc)]
        sets |= dict.fromkeys(unit for unit in units if _is_set(unit[0], hevc=hevc))
        pictures.append(b"".join(len(unit).to_bytes(4, "big") + unit for unit in coded))
    video = VideoFormat.from_parameter_sets("hvc1" if hevc else "avc1", list(sets))
    return SampleClip(video.codec_string, init_segment(video), tuple(pictures))


def _is_picture(first: int, *, hevc: bool) -> bool:
    return first >> 1 & 63 < 32 if hevc else first & 31 in (1, 5)


def _is_set(first: int, *, hevc: bool) -> bool:
    return first >> 1 & 63 in (32, 33, 34) if hevc else first & 31 in (7, 8)


def _scene(index: int, width: int, height: int) -> Image.Image:
    image = Image.new("RGB", (width, height), (150, 184, 204))
    draw = ImageDraw.Draw(image)
    horizon = height * 2 // 5
    for y in range(horizon):
        shade = y / horizon
        draw.line((0, y, width, y), (int(120 + 70 * shade), int(160 + 45 * shade), int(190 + 25 * shade)))
    hills = [(0, 0), (0.2, 38), (0.42, 0), (0.8, 24), (1, 0)]
    draw.polygon([(width * x, horizon - rise) for x, rise in hills], (92, 118, 124))
    for y in range(horizon, height):
        shade = (y - horizon) / (height - horizon)
        draw.line((0, y, width, y), (int(64 - 22 * shade), int(112 - 40 * shade), int(130 - 38 * shade)))
    for n in range(60):
        y = horizon + 8 + (n * 37) % (height - horizon - 10)
        x = (n * 131 + index * (1 + n % 3)) % width
        draw.line((x, y, x + 12 + n % 20, y), (98, 146, 160))
    for n, (across, down, size) in enumerate(((0.16, 0.62, 26), (0.78, 0.56, 20), (0.62, 0.8, 40))):
        _boat(
            draw, across * width, down * height + (index // 6 + n) % 2, size, (150, 40, 34) if n == 1 else (36, 70, 128)
        )
    _boat(draw, (index / FRAMES) * (width + 120) - 60, height * 0.7, 34, (34, 92, 80))
    return image


def _boat(draw: ImageDraw.ImageDraw, x: float, y: float, size: float, hull: tuple[int, int, int]) -> None:
    draw.polygon(
        [
            (x - size, y),
            (x + size * 1.2, y - size * 0.25),
            (x + size * 0.8, y + size * 0.5),
            (x - size * 0.8, y + size * 0.5),
        ],
        hull,
    )
    draw.rectangle((x - size * 0.5, y - size * 0.6, x + size * 0.1, y), (226, 222, 208))
    draw.line((x + size * 0.4, y, x + size * 0.4, y - size * 1.3), (60, 52, 44), 2)
