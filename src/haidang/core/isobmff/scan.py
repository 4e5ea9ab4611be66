"""Finding out what a recording file holds, whatever happened to it: the other half of recovery.

Law: ``scan`` lists exactly the whole fragments that follow the initialisation segment without a break. It
stops, without an error, at the first byte that is not the start of a whole fragment of ours: a cut tail,
garbage, a box larger than the file or of size 0 or 1. Only an unusable initialisation segment raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from haidang.core.errors import CorruptData
from haidang.core.isobmff.boxes import read_header
from haidang.core.isobmff.fragments import FragmentHead, head_size_bytes, read_head
from haidang.core.isobmff.init import read_init_segment
from haidang.core.units import Pts90k
from haidang.core.video import VideoFormat

__all__ = ["FoundFragment", "ReadAt", "Scan", "scan"]

#: ``read(offset, size)`` gives at most ``size`` bytes of the file from ``offset``; fewer only at its end.
ReadAt = Callable[[int, int], bytes]

#: Ours is below 1 KiB; parameter sets cannot make it larger than this.
_MAX_INIT_BYTES = 64 * 1024
#: Holds the head of a fragment of 70 pictures, so that most fragments cost one read.
_HEAD_GUESS_BYTES = 1024


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

    @property
    def end_bytes(self) -> int:
        return self.offset_bytes + self.size_bytes


@dataclass(frozen=True, slots=True)
class Scan:
    """What the file holds; bytes from ``good_size_bytes`` on are not usable."""

    init_size_bytes: int
    format: VideoFormat
    fragments: list[FoundFragment]
    good_size_bytes: int


def scan(read: ReadAt, size_bytes: int) -> Scan:
    """Look through a file of ``size_bytes``; raises CorruptData if it has no usable initialisation segment."""
    start = _read_at_most(read, 0, min(size_bytes, _MAX_INIT_BYTES))
    init_bytes = _init_size_bytes(start)
    video = read_init_segment(start[:init_bytes])
    fragments: list[FoundFragment] = []
    at = init_bytes
    while (head := _head_at(read, at, size_bytes)) is not None:
        count = len(head.sample_sizes)
        fragments.append(
            FoundFragment(
                at, head.size_bytes, head.sequence, head.base_dts_90k, head.duration_90k, count, head.keyframe
            )
        )
        at += head.size_bytes
    return Scan(init_bytes, video, fragments, at)


def _init_size_bytes(start: bytes) -> int:
    """The end of ftyp and moov."""
    at = 0
    for kind in (b"ftyp", b"moov"):
        found = read_header(start[at : at + 16], at, len(start))
        if found is None or found.kind != kind:
            raise CorruptData(
                f"couldn't use the initialisation segment: no whole {kind.decode()} at byte {at}", code="mp4_init"
            )
        at = found.end
    return at


def _head_at(read: ReadAt, at: int, size_bytes: int) -> FragmentHead | None:
    raw = _read_at_most(read, at, min(_HEAD_GUESS_BYTES, size_bytes - at))
    needed = head_size_bytes(raw)
    if needed is not None and len(raw) < needed <= size_bytes - at:
        raw = _read_at_most(read, at, needed)
    head = read_head(raw)
    return head if head is not None and at + head.size_bytes <= size_bytes else None


def _read_at_most(read: ReadAt, offset: int, size: int) -> bytes:
    return read(offset, size) if size > 0 else b""
