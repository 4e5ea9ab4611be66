"""Cutting one file's pictures into fragments: durations by one picture of look-ahead, no IO, no clock.

Laws: a fragment is cut before each keyframe and when ``fragment_90k`` is full; decode times of a file never
overlap; pictures missing for up to 1 s stretch the one before them, a longer hole stays a hole between two
fragments.
"""

from __future__ import annotations

from dataclasses import dataclass

from haidang.core.isobmff import Sample
from haidang.core.rtp.decode_time import DecodeTimes
from haidang.core.units import TIMESCALE_90K, Pts90k, WallUs
from haidang.core.video import AccessUnit

__all__ = ["HOLE_90K", "CutFragment", "Cutter"]

HOLE_90K = TIMESCALE_90K


@dataclass(frozen=True, slots=True)
class CutFragment:
    """What ``RecordingWriter.append`` takes. ``base_dts_90k`` counts from the file's start."""

    samples: list[Sample]
    base_dts_90k: Pts90k
    received_at: WallUs
    captured_at: WallUs | None
    keyframe: bool
    lost_packets: int

    @property
    def size_bytes(self) -> int:
        return sum(len(sample.data) for sample in self.samples)


@dataclass(frozen=True, slots=True)
class _Picture:
    unit: AccessUnit
    dts_90k: int
    offset_90k: int
    arrived_at: WallUs
    lost_packets: int


class Cutter:
    """The pictures of one file, from its first keyframe on."""

    def __init__(self, fragment_90k: int, *, reorder_frames: int, interval_90k: int) -> None:
        self._fragment_90k = fragment_90k
        self._times = DecodeTimes(reorder_frames)
        self._interval_90k = interval_90k
        #: The newest picture, until its duration is known.
        self._held: _Picture | None = None
        self._first: _Picture | None = None  # of the fragment that is filling
        self._samples: list[Sample] = []
        self._samples_90k = 0
        self._file_dts: int | None = None
        self._end_dts = 0

    @property
    def position_90k(self) -> Pts90k:
        """Where the file's time 0 lies on the connection's timeline."""
        assert self._file_dts is not None, "a file's position is its first picture's"
        return Pts90k(self._file_dts)

    def add(self, unit: AccessUnit, pts_90k: Pts90k, arrived_at: WallUs, lost_packets: int) -> CutFragment | None:
        """Take a picture; gives the fragment that it completes."""
        dts, offset = self._times.add(pts_90k)
        if self._file_dts is None:
            self._file_dts = self._end_dts = dts
        hole = self._release(dts)
        done = self._cut() if unit.keyframe or hole or self._samples_90k >= self._fragment_90k else None
        # After ``flush`` the picture before has its duration already: never begin inside it.
        start = max(dts, self._end_dts)
        self._held = _Picture(unit, start, offset - (start - dts), arrived_at, lost_packets)
        return done

    def flush(self, next_pts_90k: Pts90k | None = None) -> CutFragment | None:
        """Everything taken so far; the last picture lasts until ``next_pts_90k``, or as long as those before."""
        if self._held is not None:
            next_dts = self._held.dts_90k + self._interval_90k
            self._release(next_dts if next_pts_90k is None else self._times.add(next_pts_90k)[0])
        return self._cut()

    def forget(self) -> None:
        """Leave out what was taken and not given: what came before it is lost, so it cannot be decoded."""
        self._held = self._first = None
        self._samples, self._samples_90k = [], 0

    def overdue(self, now: WallUs) -> bool:
        """Whether the newest picture has waited for the next one for longer than a hole."""
        held = self._held
        return held is not None and (now - held.arrived_at) * 9 // 100 > HOLE_90K + self._interval_90k

    def _release(self, next_dts: int) -> bool:
        """Give the held picture its duration. True if a hole follows it."""
        held, self._held = self._held, None
        if held is None:
            return False
        duration = max(1, next_dts - held.dts_90k)
        hole = duration > HOLE_90K
        if hole:
            duration = self._interval_90k
        else:
            self._interval_90k = duration
        if self._first is None:
            self._first = held
        self._samples.append(Sample(held.unit.data, duration, held.offset_90k, held.unit.keyframe))
        self._samples_90k += duration
        self._end_dts = held.dts_90k + duration
        return hole

    def _cut(self) -> CutFragment | None:
        first, samples = self._first, self._samples
        if first is None:
            return None
        self._first, self._samples, self._samples_90k = None, [], 0
        assert self._file_dts is not None, "a fragment has a first picture"
        return CutFragment(
            samples,
            Pts90k(first.dts_90k - self._file_dts),
            first.arrived_at,
            first.unit.captured_at,
            first.unit.keyframe,
            first.lost_packets,
        )
