"""Finding out what a recording file holds, whatever happened to it: the other half of recovery.

Law: ``scan`` lists exactly the whole fragments that follow the initialisation segment without a break. It
stops, without an error, at the first byte that is not the start of a whole, sound moof + mdat: a cut tail,
garbage, a box larger than the file. Only an unusable initialisation segment raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from haidang.core.units import Pts90k
from haidang.core.video import VideoFormat

__all__ = ["FoundFragment", "ReadAt", "Scan", "scan"]

#: ``read(offset, size)`` gives at most ``size`` bytes of the file from ``offset``; fewer only at its end.
ReadAt = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class FoundFragment:
    """One whole moof + mdat."""

    offset_bytes: int
    size_bytes: int
    sequence: int
    base_dts_90k: Pts90k
    duration_90k: int
    sample_count: int
    keyframe: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """What the file holds; bytes from ``good_size_bytes`` on are not usable."""

    init_size_bytes: int
    format: VideoFormat
    fragments: list[FoundFragment]
    good_size_bytes: int


def scan(read: ReadAt, size_bytes: int) -> Scan:
    """Look through a file of ``size_bytes``; raises CorruptData if it has no usable initialisation segment."""
    raise NotImplementedError
