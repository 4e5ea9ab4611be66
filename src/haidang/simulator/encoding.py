"""Scenes drawn and encoded ahead: one job makes both streams of one form of one scene from the same renderings.

H.264 is encoded without the strip and moved down under it afterwards (h264/): CAVLC, one slice, one reference,
so that slice headers can be rewritten and slice data shifted bit by bit. H.265 has its strip baked in, without
a clock. PyAV's errors are translated here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from haidang.core.errors import Fatal
from haidang.core.layout import STREAMS, Stream
from haidang.simulator.clip import Clip
from haidang.simulator.h264.strip import BACKGROUND
from haidang.simulator.h264.syntax import below_strip, picture_syntax, read_slice, taller_sps, write_slice
from haidang.simulator.lettering import named_strip
from haidang.simulator.looptime import FPS, GOP_FRAMES
from haidang.simulator.scenes.planes import Planes
from haidang.simulator.scenes.scene import Scene
from haidang.simulator.spoiling import spoil
from haidang.simulator.variants import Form, StreamShape, shape

__all__ = ["GUARD_PX", "encode_scene"]

#: The top rows of what is encoded look like the strip's flat bottom. Motion vectors may point above the picture:
#: there the encoder has its own first row, the decoder has the strip, and both must be the same.
GUARD_PX = 4


class _Encoder:
    """One stream being encoded; collects NAL units."""

    def __init__(self, wanted: StreamShape, label: str) -> None:
        self.wanted = wanted
        self._label = label
        hevc = wanted.codec == "hvc1"
        self._baked = wanted.strip_px if hevc else 0
        context = av.VideoCodecContext.create("libx265" if hevc else "libx264", "w")
        context.width, context.height = wanted.width, wanted.height - wanted.strip_px + self._baked
        context.pix_fmt = "yuv420p"
        context.time_base, context.framerate = Fraction(1, FPS), Fraction(FPS)
        context.color_primaries = context.color_trc = context.colorspace = 1
        context.color_range = 1
        rate = f"vbv-maxrate={wanted.kbit_s}:vbv-bufsize={wanted.kbit_s}:crf={wanted.crf}"
        gop = f"keyint={GOP_FRAMES}:min-keyint={GOP_FRAMES}:scenecut=0:bframes=0"
        if hevc:
            context.options = {
                "preset": "ultrafast",
                "x265-params": f"{gop}:{rate}:open-gop=0:pools=none:frame-threads=1:log-level=error:info=0",
            }
        else:
            context.options = {
                "preset": "superfast",
                "x264-params": f"{gop}:{rate}:cabac=0:threads=1:ref=1:weightp=0:rc-lookahead=10:qpmin=14",
                "level": "4.0" if wanted.height > 720 else "3.1",
            }
        self._context = context
        self._units: list[bytes] = []
        self._count = 0

    def add(self, planes: Planes) -> None:
        frame = _frame(planes, self.wanted, self._baked, self._label)
        frame.pts = self._count
        self._count += 1
        for packet in self._context.encode(frame):
            self._units += _nal_units(bytes(packet))

    def finish(self) -> Clip:
        for packet in self._context.encode(None):
            self._units += _nal_units(bytes(packet))
        wanted = self.wanted
        if wanted.codec == "hvc1":
            kinds = [(unit[0] >> 1 & 63, unit) for unit in self._units]
            sets = tuple(next(unit for kind, unit in kinds if kind == which) for which in (32, 33, 34))
            pictures = tuple(unit for kind, unit in kinds if kind < 32)
        else:
            by_kind = {unit[0] & 31: unit for unit in reversed(self._units)}
            sets, pictures = _under_strip(by_kind[7], by_kind[8], self._units, wanted)
        assert len(pictures) == self._count, "one slice a picture"
        return Clip(wanted.codec, wanted.width, wanted.height, sets, pictures)


def _under_strip(
    sps: bytes, pps: bytes, units: list[bytes], wanted: StreamShape
) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    syntax = picture_syntax(sps, pps)
    rows = wanted.strip_px // 16
    first_mb = rows * (wanted.width // 16)
    pictures: list[bytes] = []
    for unit in units:
        if unit[0] & 31 not in (1, 5):
            continue
        header, data = read_slice(unit, syntax)
        # Consecutive IDR pictures must differ in idr_pic_id (§7.4.3), across the loop's seam too.
        moved = below_strip(header, first_mb=first_mb, idr_pic_id=len(pictures) // GOP_FRAMES)
        pictures.append(write_slice(moved, syntax, data))
    return (taller_sps(sps, rows), pps), tuple(pictures)


def _nal_units(annex_b: bytes) -> Iterator[bytes]:
    for piece in annex_b.split(b"\x00\x00\x01"):
        unit = piece.rstrip(b"\x00")
        if unit:
            yield unit


def _frame(planes: Planes, wanted: StreamShape, baked: int, label: str) -> VideoFrame:
    """The part below the strip in the stream's size, with a baked strip above where asked for."""
    below = planes.below(wanted.hidden_rows)
    guard = GUARD_PX * below.y.shape[1] // wanted.width
    below.y[:guard] = BACKGROUND
    below.u[: guard // 2] = below.v[: guard // 2] = 128
    whole = VideoFrame.from_ndarray(below.packed(), format="yuv420p")
    if wanted.width != whole.width:
        whole = whole.reformat(wanted.width, wanted.height - wanted.strip_px, interpolation="AREA")
    if not baked:
        return whole
    strip = np.full((baked * 3 // 2, wanted.width), 128, np.uint8)
    strip[:baked] = BACKGROUND
    strip[:baked] = named_strip(label, wanted.width, baked)
    picture = np.asarray(whole.to_ndarray(), np.uint8)
    return VideoFrame.from_ndarray(_stacked(strip, picture, baked, wanted), format="yuv420p")


def _stacked(
    strip: NDArray[np.uint8], picture: NDArray[np.uint8], baked: int, wanted: StreamShape
) -> NDArray[np.uint8]:
    size = wanted.width * (wanted.height - baked)
    flat = picture.reshape(-1)
    neutral = np.full(wanted.width * baked // 4, 128, np.uint8)
    parts = (
        strip[:baked].reshape(-1),
        flat[:size],
        neutral,
        flat[size : size * 5 // 4],
        neutral,
        flat[size * 5 // 4 :],
    )
    return np.concatenate(parts).reshape(wanted.height * 3 // 2, wanted.width)


def encode_scene(scene: Scene, form: Form) -> dict[Stream, Clip]:
    """Draw every picture of the loop once and encode both streams; raises Fatal (``encoder``)."""
    try:
        encoders = {stream: _Encoder(shape(form, stream), f"{scene.label} · H.265") for stream in STREAMS}
        for index in range(scene.frames):
            planes = spoil(scene.picture(index), form)
            for encoder in encoders.values():
                encoder.add(planes)
        return {stream: encoder.finish() for stream, encoder in encoders.items()}
    except av.error.FFmpegError as error:
        raise Fatal(f"couldn't encode the scene {scene.key}: {error}", code="encoder") from error
