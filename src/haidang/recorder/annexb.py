"""Byte streams as libav gives them (ITU-T H.264 and H.265, Annex B) to pictures as recordings hold them.

Law: parameter sets are found in the stream itself, because libav does not tell when they change.
"""

from __future__ import annotations

from haidang.core import h264, h265
from haidang.core.h264.depacketiser import H264Depacketiser
from haidang.core.h265.depacketiser import H265Depacketiser
from haidang.core.video import VideoCodec, VideoFormat

__all__ = ["AnnexBPictures", "nal_units"]

#: What stays out of a picture is the same as over RTP (core/video says why).
_TYPES: dict[VideoCodec, type[H264Depacketiser | H265Depacketiser]] = {
    "avc1": H264Depacketiser,
    "hvc1": H265Depacketiser,
}
_TYPE_OF = {"avc1": h264.nal_type, "hvc1": h265.nal_type}
_KEY = {"avc1": {5}, "hvc1": {16, 17, 18, 19, 20, 21}}


def nal_units(data: bytes) -> list[bytes]:
    """The NAL units between start codes; a stream without start codes has none."""
    units = []
    start = data.find(b"\0\0\1")
    while start >= 0:
        following = data.find(b"\0\0\1", start + 3)
        unit = data[start + 3 : following if following >= 0 else len(data)].rstrip(b"\0")
        if unit:
            units.append(unit)
        start = following
    return units


class AnnexBPictures:
    """The pictures of one connection. ``video`` is the format that holds for the newest picture."""

    def __init__(self, codec: VideoCodec) -> None:
        self._codec = codec
        self.video: VideoFormat | None = None

    def take(self, data: bytes) -> tuple[bytes, bool]:
        """One picture as length-prefixed NAL units, and whether it is a keyframe. Raises CorruptData.

        ``data`` may hold parameter sets only (libav's extradata). A complete group of sets becomes the format and
        is left out of the picture; an incomplete one stays in, so that no picture loses what it needs.
        """
        sets: list[tuple[int, bytes]] = []
        picture: list[bytes] = []
        keyframe = False
        types = _TYPES[self._codec]
        for unit in nal_units(data):
            kind = _TYPE_OF[self._codec](unit[0])
            if kind in types.parameter_set_types:
                sets.append((kind, unit))
            elif kind not in types.idle_types and (picture or kind not in types.end_types):
                keyframe = keyframe or kind in _KEY[self._codec]
                picture.append(unit)
        if {kind for kind, _ in sets} == types.parameter_set_types:
            self.video = VideoFormat.from_parameter_sets(self._codec, [unit for _, unit in sets])
        elif sets and picture:
            picture = [unit for _, unit in sets] + picture
        return b"".join(len(unit).to_bytes(4, "big") + unit for unit in picture), keyframe
