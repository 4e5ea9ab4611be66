"""Coded video as values: what a decoder must know beforehand, and one picture at a time.

``VideoFormat`` holds the parameter sets (H.264: SPS, PPS; H.265: VPS, SPS, PPS) as NAL units without start codes, in
one canonical order (type, then id), so that equal formats compare equal whatever order a camera sends them in. It goes
into the sample entry (``avcC``, ``hvcC``: ISO/IEC 14496-15 §5.3.3, §8.3.3) and its codec string to the browser (RFC 6381).

``AccessUnit.data`` is what ISO/IEC 14496-15 calls a sample: NAL units, each behind its length in 4 bytes. Out of it stay

* parameter sets that the format already holds (``avc1`` and ``hvc1`` keep them in the sample entry alone); one that
  changes between keyframes stays in, so that no picture loses what it needs;
* access unit delimiters and filler data, which carry no picture and which a container makes redundant.

Everything else stays as the camera sent it, byte for byte; SEI above all (ONVIF Media Signing lives there).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from haidang.core.units import Pts90k, WallUs

__all__ = ["AccessUnit", "VideoCodec", "VideoFormat"]

VideoCodec = Literal["avc1", "hvc1"]


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """Build it with ``from_parameter_sets``: that reads the picture's size and puts the sets in order."""

    codec: VideoCodec
    width_px: int
    height_px: int
    parameter_sets: tuple[bytes, ...]

    @classmethod
    def from_parameter_sets(cls, codec: VideoCodec, parameter_sets: Iterable[bytes]) -> VideoFormat:
        """The format of these sets, in any order; raises CorruptData if one cannot be read or none describes a picture."""
        raise NotImplementedError

    @classmethod
    def from_config_record(cls, codec: VideoCodec, record: bytes) -> VideoFormat:
        """The format of an ``avcC`` or ``hvcC`` payload; raises CorruptData if it is none."""
        raise NotImplementedError

    @property
    def codec_string(self) -> str:
        """RFC 6381, such as ``avc1.640028`` or ``hvc1.1.6.L93.B0``."""
        raise NotImplementedError

    @property
    def config_record(self) -> bytes:
        """The payload of the ``avcC`` or ``hvcC`` box."""
        raise NotImplementedError

    @property
    def reorder_frames(self) -> int:
        """How many pictures may come before one that is shown earlier, as far as the SPS says; 0 without B-frames.

        What ``core/rtp/decode_time.DecodeTimes`` starts from.
        """
        raise NotImplementedError


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
