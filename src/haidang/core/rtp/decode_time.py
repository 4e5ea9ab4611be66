"""Decode times: RTP tells when a picture is shown, a file must also say when it is decoded (ISO/IEC 14496-12 §8.6.1).

With d = the number of pictures that may come before one shown earlier (``VideoFormat.reorder_frames``), the decode
times of a stream are its presentation times in order, d pictures late. A stream that reorders more than its SPS says
is learnt from: d grows at the first picture that comes too late, and only that picture's offset is negative
(``trun`` version 1 allows it).
"""

from __future__ import annotations

from bisect import insort

from haidang.core.units import Pts90k

__all__ = ["DecodeTimes"]

#: H.264 §A.3.1 and H.265 §A.4.2: no level allows more.
_MAX_REORDER = 16


class DecodeTimes:
    """Gives each access unit, in decode order, its decode time and composition offset, at once.

    ``dts_90k`` is strictly increasing, so no sample lasts 0; ``dts_90k + offset_90k`` is the unit's pts. Without
    B-frames dts = pts and the offset is 0. One object per file: a new one after a jump in time.
    """

    def __init__(self, reorder_frames: int = 0) -> None:
        self._depth = min(max(reorder_frames, 0), _MAX_REORDER)
        #: Presentation times not yet used as decode times, in order; at most ``_depth`` between calls.
        self._waiting: list[int] = []
        #: The newest presentation times, in decode order, for measuring the depth.
        self._recent: list[int] = []
        self._last: int | None = None

    def add(self, pts_90k: Pts90k) -> tuple[int, int]:
        """``(dts_90k, composition_offset_90k)`` of the next unit."""
        self._learn(pts_90k)
        insort(self._waiting, pts_90k)
        # Of the first ones nothing is due yet: they crowd behind the earliest.
        dts = self._waiting.pop(0) if len(self._waiting) > self._depth else self._waiting[0]
        if self._last is not None and dts <= self._last:
            dts = self._last + 1
        self._last = dts
        return dts, pts_90k - dts

    def _learn(self, pts_90k: int) -> None:
        shown_later = sum(1 for other in self._recent if other > pts_90k)
        self._depth = max(self._depth, shown_later)
        self._recent.append(pts_90k)
        del self._recent[:-_MAX_REORDER]
