"""From a camera's pictures to fragments on disk: the decisions of one stream, on the event loop, without IO.

``Cutter`` makes fragments of pictures; ``Files`` writes them in the stream's lane and tells back what the disk
did. In between, here, is when a file begins and ends and when there is a gap.

Laws
1. A file begins with a keyframe, and what follows lost packets is left out up to the next one.
2. A file ends before a keyframe, at a disconnect or because the disk refused: no picture is left out for a
   rotation, a new format, a jump in time or a clock that was set.
3. A gap ends when the first fragment of a file is *written*, not when a picture arrives.
4. When too much waits for the disk, pictures are left out, a gap says so, and recording goes on at a keyframe
   once half of it is written: memory is bounded whatever the disk does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from haidang.core.journal import CloseReason, GapClose, GapOpen, GapReason
from haidang.core.settings import RecorderSettings
from haidang.core.units import TIMESCALE_90K, Pts90k, WallUs
from haidang.core.video import AccessUnit, VideoFormat
from haidang.recorder.cutting import CutFragment, Cutter
from haidang.recorder.gaps import Cause, GapKeeper
from haidang.recorder.jumps import JumpWatch
from haidang.recorder.shares import Rotation

__all__ = ["Counters", "Files", "Pipeline"]

#: After packets were lost, missing pictures are worth a gap from here on.
_LOSS_GAP_US = 1_000_000
#: A disk that refused is tried again at the first keyframe after this, then after twice as long, up to the cap.
_RETRY_US, _RETRY_CAP_US = 3_000_000, 24_000_000


class Files(Protocol):
    """A stream's files. Every call returns at once; the work is done later, in order."""

    def begin(self, generation: int, video: VideoFormat, position_90k: Pts90k, now: WallUs) -> None: ...

    def append(self, fragment: CutFragment) -> bool:
        """False: too much is waiting for the disk, nothing was taken."""

    def end(self, reason: CloseReason, now: WallUs) -> None: ...

    def record(self, gaps: Sequence[GapOpen | GapClose]) -> None: ...

    def has_room(self) -> bool:
        """Whether what waits for the disk is below half its limit."""


@dataclass(slots=True)
class Counters:
    """What the status file tells of a stream's pictures."""

    pictures: int = 0
    skipped_pictures: int = 0
    lost_packets: int = 0


class Pipeline:
    """One stream. ``now`` is the recorder's wall clock, ``arrived_us`` its monotonic one."""

    def __init__(self, files: Files, gaps: GapKeeper, settings: RecorderSettings, rotation: Rotation) -> None:
        self._files, self._gaps, self._rotation = files, gaps, rotation
        self._fragment_90k = settings.fragment_ms * TIMESCALE_90K // 1000
        self.counters = Counters()
        self._watch = JumpWatch()
        self._video: VideoFormat | None = None
        self._waits_for_keyframe = True
        self._lost = 0
        self._cutter: Cutter | None = None  # of the file that is open, as far as the loop knows
        self._generation = 0
        self._opened_at = self._accepted_at = WallUs(0)
        self._written = False
        self._end_with: CloseReason | None = None
        self._retry_at = WallUs(0)
        self._retry_us = _RETRY_US
        self._choked = False

    @property
    def last_picture_at(self) -> WallUs:
        return self._gaps.last_picture_at

    @property
    def open_gap(self) -> GapOpen | None:
        return self._gaps.open_gap

    # From the camera

    def format_changed(self, video: VideoFormat) -> None:
        """Pictures from the next keyframe on are of this format; the same as before changes nothing."""
        if self._video is not None and video != self._video:
            self._end_with = CloseReason.FORMAT_CHANGED
        self._video = video

    def accept(self, unit: AccessUnit, now: WallUs, arrived_us: int) -> None:
        """One picture."""
        self.counters.pictures += 1
        if unit.lost_packets:
            self._lost += unit.lost_packets
            self.counters.lost_packets += unit.lost_packets
            self._waits_for_keyframe = True
        if self._waits_for_keyframe and not self._may_go_on(unit, now):
            self.counters.skipped_pictures += 1
            return
        pts = self._watch.follow(unit.pts_90k, arrived_us)
        if unit.keyframe and self._cutter is not None:
            self._end_if_due(pts, now)
        if self._cutter is None:
            self._begin(unit, now, arrived_us)
        else:
            self._write(self._cutter.add(unit, pts, now, self._lost), now)
        self._lost = 0
        self._accepted_at = now
        if self._written and not self._waits_for_keyframe:
            self._files_record(self._gaps.picture(now))

    def disconnected(self, cause: Cause, now: WallUs) -> None:
        """The connection ended, or never stood."""
        self._finish(CloseReason.DISCONNECTED, now)
        self._files_record(self._gaps.impossible(cause, now))

    # From the disk

    def written(self, generation: int, received_at: WallUs) -> None:
        """The first fragment of a file is on disk."""
        if generation == self._generation and self._cutter is not None:
            self._written = True
            self._retry_us = _RETRY_US
            self._files_record(self._gaps.picture(received_at))
            self._files_record(self._gaps.picture(max(received_at, self._accepted_at)))

    def write_failed(self, generation: int, cause: Cause, since: WallUs | None, now: WallUs) -> None:
        """The disk refused; ``since`` is the end of what was written before, None if nothing was."""
        if generation == self._generation:
            self._forget_file()
            self._retry_at = WallUs(now + self._retry_us)
            self._retry_us = min(_RETRY_CAP_US, 2 * self._retry_us)
        self._files_record(self._gaps.impossible(cause, now, since=since))

    # From the clock and the worker

    def pulse(self, now: WallUs, *, connected: bool) -> None:
        """About twice a second."""
        if self._cutter is not None and self._cutter.overdue(now):
            self._write(self._cutter.flush(), now)
        self._files_record(self._gaps.quiet(self._why_quiet(connected=connected), now))

    def clock_set(self, step_us: int, now: WallUs) -> None:
        """The host's clock was set: a new file at the next keyframe, and a gap where time was left out."""
        self._end_with = self._end_with or CloseReason.TIME_JUMPED
        self._retry_at = min(self._retry_at, WallUs(now + self._retry_us))
        self._accepted_at = min(self._accepted_at, now)
        self._files_record(self._gaps.clock_set(step_us, now))

    def stop(self, reason: CloseReason, cause: Cause, now: WallUs) -> None:
        """No more pictures from here."""
        self._finish(reason, now)
        self._files_record(self._gaps.impossible(cause, now))

    # Inside

    def _may_go_on(self, unit: AccessUnit, now: WallUs) -> bool:
        """Whether this picture ends the wait for a keyframe."""
        if not unit.keyframe or self._video is None or now < self._retry_at:
            return False
        if self._choked and not self._files.has_room():
            return False
        if self._lost and self._cutter is not None and now - self._gaps.last_picture_at >= _LOSS_GAP_US:
            cause = Cause(GapReason.PACKET_LOSS, f"{self._lost} packets")
            self._files_record(self._gaps.quiet_since_loss(cause))
        self._waits_for_keyframe = self._choked = False
        return True

    def _end_if_due(self, pts_90k: Pts90k, now: WallUs) -> None:
        reason = self._end_with or (CloseReason.TIME_JUMPED if self._watch.jumped else None)
        if reason is None and self._rotation.is_due(self._opened_at, now):
            reason = CloseReason.ROTATED
        if reason is None or self._cutter is None:
            return
        self._write(self._cutter.flush(pts_90k), now)
        self._files.end(reason, now)
        self._cutter = None

    def _begin(self, unit: AccessUnit, now: WallUs, arrived_us: int) -> None:
        assert self._video is not None, "no file begins before its format is known"
        self._watch.restart()
        pts = self._watch.follow(unit.pts_90k, arrived_us)
        self._cutter = Cutter(
            self._fragment_90k, reorder_frames=self._video.reorder_frames, interval_90k=self._watch.interval_90k
        )
        self._cutter.add(unit, pts, now, self._lost)
        self._generation += 1
        self._opened_at = now
        self._written = False
        self._end_with = None
        self._files.begin(self._generation, self._video, self._cutter.position_90k, now)

    def _write(self, fragment: CutFragment | None, now: WallUs) -> None:
        if fragment is None or self._files.append(fragment):
            return
        self._choked = self._waits_for_keyframe = True
        if self._cutter is not None:
            self._cutter.forget()
        cause = Cause(GapReason.WRITE_FAILED, "disk too slow")
        self._files_record(self._gaps.impossible(cause, now, since=fragment.received_at))

    def _finish(self, reason: CloseReason, now: WallUs) -> None:
        if self._cutter is not None:
            self._write(self._cutter.flush(), now)
            self._files.end(reason, now)
        self._forget_file()
        self._lost = 0

    def _forget_file(self) -> None:
        self._cutter = None
        self._written = False
        self._waits_for_keyframe = True
        self._end_with = None

    def _why_quiet(self, *, connected: bool) -> Cause:
        if self._cutter is not None and not self._written:
            return Cause(GapReason.WRITE_FAILED, "disk too slow")
        if self._lost:
            return Cause(GapReason.PACKET_LOSS, f"{self._lost} packets")
        return Cause(GapReason.NETWORK, "no pictures") if connected else Cause(GapReason.CAMERA_UNREACHABLE)

    def _files_record(self, gaps: list[GapOpen | GapClose]) -> None:
        if gaps:
            self._files.record(gaps)
