"""One stream's files: what the lane does to the disk, and what it tells back.

``StreamFiles`` lives in the lane's thread and owns the open recording and the gaps journal. ``LaneFiles`` is its
face on the event loop: each call becomes a job of the lane (``pipeline.Files``).

Laws: a file is begun only with ``MIN_FREE_BYTES`` free, so that trying again on a full disk leaves no trail of
empty files. A refused disk closes the stream's file as far as possible and is reported once a file; what comes for a
file that is gone is left out (its gap is the pipeline's to record), and what such a file lacks is completed by
adoption before the next one begins. Gap records that the disk did not take wait, in order, up to
``_MAX_WAITING_GAPS``, and are tried again with ``retry``. Nothing here deletes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from haidang.core.errors import Conflict, HaidangError, Unavailable
from haidang.core.journal import CloseReason, GapClose, GapOpen
from haidang.core.layout import RecordingName, Stream
from haidang.core.timeline import span_of
from haidang.core.units import Clock, Pts90k, WallUs
from haidang.core.video import VideoFormat
from haidang.recorder.cutting import CutFragment
from haidang.recorder.failures import disk_cause
from haidang.recorder.gaps import Cause
from haidang.recorder.lanes import LANE_BYTES, Lane
from haidang.storage import (
    Adopted,
    FileOps,
    GapWriter,
    RecordingWriter,
    adopt,
    load_index,
    newest_recording,
    next_sequence,
    open_gaps,
    recordings_between,
)
from haidang.storage.file_ops import refusal

__all__ = ["MIN_FREE_BYTES", "DiskReport", "LaneFiles", "Place", "Recovered", "StreamFiles"]

MIN_FREE_BYTES = 32 * 1024 * 1024
_MAX_WAITING_GAPS = 256
_DAY_US = 86_400_000_000
_MAX_LOST_END_US = 30 * _DAY_US


@dataclass(frozen=True, slots=True)
class Place:
    """Whose files these are."""

    root: Path
    site: str
    camera: str
    stream: Stream


class DiskReport(Protocol):
    """Called in the lane's thread."""

    def written(self, generation: int, received_at: WallUs) -> None:
        """The first fragment of a file is on disk."""

    def write_failed(self, generation: int, cause: Cause, since: WallUs | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the run before left."""

    adopted: list[Adopted]
    last_picture_at: WallUs | None
    open_gap: GapOpen | None
    #: First picture after ``open_gap`` began, where its end was lost in a crash.
    gap_ended_at: WallUs | None


class StreamFiles:
    """Used by one thread at a time, except ``sync``."""

    def __init__(
        self,
        place: Place,
        *,
        ops: FileOps,
        free_bytes: Callable[[Path], int],
        ring: Callable[[bytes], None],
        report: DiskReport,
        seal_s: float,
        clock: Clock,
    ) -> None:
        self._free_bytes = free_bytes
        self._place, self._ops, self._ring, self._report = place, ops, ring, report
        self._seal_s, self._clock = seal_s, clock
        self._message = f"{place.camera}/{place.stream}".encode()
        self._writer: RecordingWriter | None = None
        self._has_failed = False
        #: What made a sync fail the writer; the next append, refused with Conflict, reports it.
        self._sync_refusal = Unavailable("couldn't sync", code="write_failed")
        self._generation = 0
        self._sequence = 0
        self._fragments_in_file = 0
        self._written_until: WallUs | None = None
        self._gaps: GapWriter | None = None
        self._waiting_gaps: deque[GapOpen | GapClose] = deque()
        # Counters for the status file: written here, read by the loop.
        self.fragments = 0
        self.size_bytes = 0
        self.files = 0
        self.lost_gap_records = 0

    @property
    def has_waiting_gaps(self) -> bool:
        return bool(self._waiting_gaps)

    def recover(self, now: WallUs) -> Recovered:
        """Adopt what a crash left and say how far recording came. Raises OSError, HaidangError: try again later."""
        p = self._place
        adopted = adopt(p.root, p.site, p.camera, p.stream, now=now, ops=self._ops, seal_s=self._seal_s)
        self._sequence = next_sequence(p.root, p.site, p.camera, p.stream)
        self._gaps = GapWriter(p.root, p.site, p.camera, p.stream, ops=self._ops)
        gaps = open_gaps(p.root, p.site, p.camera, p.stream)
        self._written_until = self._last_picture_at()
        after = self._first_picture_after(gaps[-1].started_at) if gaps else None
        return Recovered(adopted, self._written_until, gaps[-1] if gaps else None, after)

    def begin(self, generation: int, video: VideoFormat, position_90k: Pts90k, now: WallUs) -> None:
        p = self._place
        self._generation = generation
        self._fragments_in_file = 0
        try:
            self._check_free()
            self._complete_failed()
            self._writer = RecordingWriter.create(
                p.root, p.site, p.camera, p.stream, video,
                position_90k=position_90k, sequence=self._sequence, now=now, ops=self._ops, seal_s=self._seal_s,
            )  # fmt: skip
        except Unavailable as error:
            self._has_failed = True
            self._report.write_failed(generation, disk_cause(error), self._written_until)
            return
        except OSError as error:
            self._report.write_failed(generation, disk_cause(refusal(error, "look at the disk")), self._written_until)
            return
        self._sequence += 1
        self.files += 1

    def _complete_failed(self) -> None:
        """What the disk did not take of the file before, now that it may: the one recovery path."""
        if self._has_failed:
            p = self._place
            adopted = adopt(p.root, p.site, p.camera, p.stream, now=self._clock(), ops=self._ops, seal_s=self._seal_s)
            self._has_failed = any(one.problem not in ("", "unusable") for one in adopted)

    def _check_free(self) -> None:
        p = self._place
        folder = p.root / p.site / p.camera  # a site may lie on a disk of its own
        while not folder.exists() and folder != p.root:
            folder = folder.parent
        if self._free_bytes(folder) < MIN_FREE_BYTES:
            raise Unavailable("couldn't begin a recording: the disk is full", code="disk_full")

    def append(self, fragment: CutFragment) -> None:
        writer = self._writer
        if writer is None:
            return  # its file is gone, and the loop will know in a moment
        try:
            written = writer.append(
                fragment.samples,
                fragment.base_dts_90k,
                received_at=fragment.received_at,
                captured_at=fragment.captured_at,
                keyframe=fragment.keyframe,
                lost_packets=fragment.lost_packets,
            )
        except (Unavailable, Conflict) as error:
            self._writer = None
            self._has_failed = True
            writer.close(CloseReason.WRITE_FAILED, self._clock())
            refused = self._sync_refusal if isinstance(error, Conflict) else error
            self._report.write_failed(self._generation, disk_cause(refused), self._written_until)
            return
        self._ring(self._message)
        self.fragments += 1
        self.size_bytes += written.size_bytes
        self._fragments_in_file += 1
        self._written_until = span_of(written).ended_at
        if self._fragments_in_file == 1:
            self._report.written(self._generation, fragment.received_at)

    def end(self, reason: CloseReason, now: WallUs) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close(reason, now)
            self._has_failed = self._has_failed or writer.failed
            self._ring(self._message)

    def record(self, gaps: Sequence[GapOpen | GapClose]) -> None:
        for gap in gaps:
            if len(self._waiting_gaps) == _MAX_WAITING_GAPS:
                self._waiting_gaps.popleft()
                self.lost_gap_records += 1
            self._waiting_gaps.append(gap)
        self.retry()

    def retry(self) -> None:
        """Write the gap records that wait, as far as the disk takes them."""
        if self._gaps is None:
            return
        while self._waiting_gaps:
            gap = self._waiting_gaps[0]
            try:
                if isinstance(gap, GapOpen):
                    self._gaps.open(gap.reason, gap.started_at, gap.detail)
                else:
                    self._gaps.close(gap.ended_at, gap.reason)
            except Unavailable:
                return  # the disk is full or broken, which write_failed reports; the record waits
            self._waiting_gaps.popleft()

    def sync(self) -> None:
        """From any thread. A refusal fails the writer; the next append then reports it."""
        writer = self._writer
        if writer is not None and not writer.failed:
            try:
                writer.sync()
            except Unavailable as error:
                self._sync_refusal = error

    def _last_picture_at(self) -> WallUs | None:
        """The end of the newest fragment, looking back as far as a day before the newest file."""
        p = self._place
        newest = newest_recording(p.root, p.site, p.camera, p.stream)
        if newest is None:
            return None
        names = recordings_between(
            p.root, p.site, p.camera, p.stream, WallUs(newest.started_at - _DAY_US), WallUs(newest.started_at + 1)
        )
        for name in reversed(names):
            if (end := self._end_of(name)) is not None:
                return end
        return newest.started_at

    def _end_of(self, name: RecordingName) -> WallUs | None:
        try:
            fragments = load_index(self._place.root, name).fragments
        except HaidangError:
            return None  # a file that cannot be read has no pictures to count from; adopt has said why
        return span_of(fragments[-1]).ended_at if fragments else None

    def _first_picture_after(self, at: WallUs) -> WallUs | None:
        p = self._place
        if self._written_until is None or self._written_until <= at:
            return None
        # A gap may be older than what can be looked through; pictures of a lost end are never long ago.
        since = WallUs(max(at, self._written_until - _MAX_LOST_END_US))
        names = recordings_between(p.root, p.site, p.camera, p.stream, since, WallUs(self._written_until + 1))
        for name in names:
            try:
                fragments = load_index(p.root, name).fragments
            except HaidangError:
                continue  # as in _end_of
            for fragment in fragments:
                if fragment.received_at > at:
                    return fragment.received_at
        return None


class LaneFiles:
    """``pipeline.Files`` over two lanes: one for everything in order, one for syncs, which may take long."""

    def __init__(self, files: StreamFiles, lane: Lane, sync_lane: Lane) -> None:
        self.files = files
        self._lane, self._sync_lane = lane, sync_lane

    async def recover(self, now: WallUs) -> Recovered:
        """``StreamFiles.recover`` in the lane."""
        return await self._lane.ask(partial(self.files.recover, now))

    async def drained(self) -> None:
        """When everything posted so far is done."""
        await self._lane.ask(lambda: None)

    def begin(self, generation: int, video: VideoFormat, position_90k: Pts90k, now: WallUs) -> None:
        self._lane.post(partial(self.files.begin, generation, video, position_90k, now))

    def append(self, fragment: CutFragment) -> bool:
        return self._lane.post(partial(self.files.append, fragment), fragment.size_bytes)

    def end(self, reason: CloseReason, now: WallUs) -> None:
        self._lane.post(partial(self.files.end, reason, now))

    def record(self, gaps: Sequence[GapOpen | GapClose]) -> None:
        self._lane.post(partial(self.files.record, gaps))

    def retry(self) -> None:
        """Try again what the disk did not take, unless the lane has not come to it yet."""
        if self.files.has_waiting_gaps and self._lane.is_idle:
            self._lane.post(self.files.retry)

    def sync(self) -> None:
        """Make what is written survive a power cut; one at a time a stream."""
        if self._sync_lane.is_idle:
            self._sync_lane.post(self.files.sync)

    def has_room(self) -> bool:
        return self._lane.waiting_bytes < LANE_BYTES // 2

    def retire(self) -> None:
        self._lane.retire()
        self._sync_lane.retire()

    @property
    def waiting_bytes(self) -> int:
        return self._lane.waiting_bytes
