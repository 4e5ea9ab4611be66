"""Where seals are cut: before a keyframe, so that a range can be checked and played alone.

The writer and the adoption after a crash use the same rule, fragment by fragment.
"""

from __future__ import annotations

from haidang.core.units import TIMESCALE_90K

__all__ = ["SealRule"]


class SealRule:
    """Cuts at a keyframe if the range would be longer than ``seal_s`` by the next one.

    So ranges last at most ``seal_s`` as long as groups of pictures are regular, and one group of pictures
    where a single one is longer than that.
    """

    def __init__(self, seal_s: float) -> None:
        self._limit_90k = round(seal_s * TIMESCALE_90K)
        self._range_from: int | None = None
        self._keyframe_at: int | None = None

    def cuts_before(self, dts_90k: int, *, keyframe: bool) -> bool:
        """Whether a range ends before this fragment. To be asked once for each fragment, in order."""
        if self._range_from is None:
            self._range_from = dts_90k
        if not keyframe:
            return False
        group_90k = dts_90k - self._keyframe_at if self._keyframe_at is not None else 0
        self._keyframe_at = dts_90k
        if dts_90k == self._range_from or dts_90k + group_90k - self._range_from <= self._limit_90k:
            return False
        self._range_from = dts_90k
        return True
