"""Coded video as values: what a decoder must know beforehand, and one picture at a time.

``VideoFormat`` holds the parameter sets (H.264: SPS, PPS; H.265: VPS, SPS, PPS) as NAL units without start codes, in
one canonical order (type, then id), so that equal formats compare equal whatever order a camera sends them in. It
goes into the sample entry (``avcC``, ``hvcC``: ISO/IEC 14496-15 §5.3.3, §8.3.3), its codec string to the browser.

``AccessUnit.data`` is what ISO/IEC 14496-15 calls a sample: NAL units, each behind its length in 4 bytes. Out stay

* parameter sets that the format already holds (``avc1`` and ``hvc1`` keep them in the sample entry alone); one that
  changes between keyframes stays in, so that no picture loses what it needs;
* access unit delimiters and filler data, which carry no picture and which a container makes redundant.

Everything else stays as the camera sent it, byte for byte; SEI above all (ONVIF Media Signing lives there).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from haidang.core import h264, h265
from haidang.core.errors import CorruptData
from haidang.core.units import Pts90k, WallUs

__all__ = ["AccessUnit", "VideoCodec", "VideoFormat"]

VideoCodec = Literal["avc1", "hvc1"]

_MAX_SET_BYTES = 4096


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """Build it with ``from_parameter_sets``: that reads the picture's size and puts the sets in order."""

    codec: VideoCodec
    width_px: int
    height_px: int
    parameter_sets: tuple[bytes, ...]

    @classmethod
    def from_parameter_sets(cls, codec: VideoCodec, parameter_sets: Iterable[bytes]) -> VideoFormat:
        """The format of these sets, in any order; of two with the same type and id the later one counts.

        Raises CorruptData: ``parameter_set`` if one cannot be read, ``parameter_set_missing`` if a type is not there.
        """
        required = (h264.SPS, h264.PPS) if codec == "avc1" else (h265.VPS, h265.SPS, h265.PPS)
        of_type, id_of, limit = _READERS[codec]
        sets: dict[tuple[int, int], bytes] = {}
        for nal in parameter_sets:
            if not nal or len(nal) > _MAX_SET_BYTES:
                raise CorruptData(f"couldn't use a parameter set of {len(nal)} bytes", code="parameter_set")
            if of_type(nal[0]) in required:
                sets[of_type(nal[0]), id_of(nal)] = nal
        ordered = [sets[key] for key in sorted(sets)]
        if {kind for kind, _ in sets} != set(required):
            raise CorruptData("couldn't make a video format: parameter sets missing", code="parameter_set_missing")
        if len(ordered) > limit:
            raise CorruptData("couldn't make a video format: too many parameter sets", code="parameter_set")
        width, height = _size(codec, ordered)
        return cls(codec, width, height, tuple(ordered))

    @classmethod
    def from_config_record(cls, codec: VideoCodec, record: bytes) -> VideoFormat:
        """The format of an ``avcC`` or ``hvcC`` payload; raises CorruptData if it is none."""
        return cls.from_parameter_sets(codec, h264.parse_avcc(record) if codec == "avc1" else h265.parse_hvcc(record))

    @property
    def codec_string(self) -> str:
        """RFC 6381 and ISO/IEC 14496-15 Annex E, such as ``avc1.640028`` or ``hvc1.1.6.L93.B0``."""
        if self.codec == "avc1":
            return f"avc1.{_first_sps(self.codec, self.parameter_sets)[1:4].hex().upper()}"
        return f"hvc1.{h265.codec_suffix(_first_sps(self.codec, self.parameter_sets))}"

    @property
    def config_record(self) -> bytes:
        """The payload of the ``avcC`` or ``hvcC`` box."""
        build = h264.build_avcc if self.codec == "avc1" else h265.build_hvcc
        return build(self.parameter_sets)

    @property
    def reorder_frames(self) -> int:
        """How many pictures may come before one that is shown earlier, as far as the SPS says; 0 without B-frames.

        What ``core/rtp/decode_time.DecodeTimes`` starts from.
        """
        nal = _first_sps(self.codec, self.parameter_sets)
        if self.codec == "avc1":
            return h264.parse_sps(nal).reorder_frames or 0
        return h265.parse_sps(nal).reorder_frames


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One picture, in decode order. ``pts_90k`` may step back between units where a camera sends B-frames."""

    data: bytes
    #: RTP timestamps unwrapped over 2^32: continuous within a connection, jumps reported as they come.
    pts_90k: Pts90k
    keyframe: bool
    #: RTP packets that were lost since the unit before; those units that suffered were not delivered.
    lost_packets: int
    #: The camera's clock (RTCP sender reports); None before the first one or where its clock is nonsense.
    captured_at: WallUs | None


#: NAL unit type of a first byte, id of a parameter set, and how many sets a configuration record can hold.
_READERS: dict[VideoCodec, tuple[Callable[[int], int], Callable[[bytes], int], int]] = {
    "avc1": (h264.nal_type, h264.parameter_set_id, 255),
    "hvc1": (h265.nal_type, h265.parameter_set_id, 255),
}


def _first_sps(codec: VideoCodec, parameter_sets: Sequence[bytes]) -> bytes:
    of_type, wanted = (h264.nal_type, h264.SPS) if codec == "avc1" else (h265.nal_type, h265.SPS)
    return next(nal for nal in parameter_sets if of_type(nal[0]) == wanted)


def _size(codec: VideoCodec, parameter_sets: Sequence[bytes]) -> tuple[int, int]:
    nal = _first_sps(codec, parameter_sets)
    sps = h264.parse_sps(nal) if codec == "avc1" else h265.parse_sps(nal)
    return sps.width_px, sps.height_px
