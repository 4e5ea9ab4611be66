"""Decode times: RTP tells when a picture is shown, a file must also say when it is decoded."""

from __future__ import annotations

from haidang.core.units import Pts90k

__all__ = ["DecodeTimes"]


class DecodeTimes:
    """Gives each access unit, in decode order, its decode time and composition offset, at once.

    ``dts_90k`` is strictly increasing; ``dts_90k + offset_90k`` is the unit's pts. Without B-frames dts = pts and the
    offset is 0. One object per file: a new one after a jump in time.
    """

    def __init__(self, reorder_frames: int = 0) -> None:
        raise NotImplementedError

    def add(self, pts_90k: Pts90k) -> tuple[int, int]:
        """``(dts_90k, composition_offset_90k)`` of the next unit."""
        raise NotImplementedError
