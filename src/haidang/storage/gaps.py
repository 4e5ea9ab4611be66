"""The journal of gaps of one camera stream: since when there is no picture, and why.

Law: at most one gap is open, and it is in the newest gaps journal of the stream, because a gap's both records lie
in the folder of the UTC day it began.
"""

from __future__ import annotations

from pathlib import Path

from haidang.core.journal import GapClose, GapOpen, GapReason, Record
from haidang.core.layout import Stream, day_folder, gaps_journal
from haidang.core.units import WallUs
from haidang.storage.file_ops import FileOps, refusal
from haidang.storage.folders import day_names
from haidang.storage.journal_file import JournalFile, read_journal

__all__ = ["GapWriter", "open_gaps"]


class GapWriter:
    """Writes gaps; one is open at most. A new writer continues the gap that an earlier process left open."""

    def __init__(self, root: Path, site: str, camera: str, stream: Stream, *, ops: FileOps) -> None:
        self._root = root
        self._site = site
        self._camera = camera
        self._stream = stream
        self._ops = ops
        left_open = open_gaps(root, site, camera, stream)
        #: The gap that is going on.
        self.current: GapOpen | None = left_open[-1] if left_open else None

    def open(self, reason: GapReason, started_at: WallUs, detail: str = "") -> GapOpen:
        """Begin a gap, or give the one that is going on, with the cause as it is known now.

        Waits for the disk. Raises Unavailable.
        """
        current = self.current
        if current is None or current.reason != reason:
            gap = GapOpen(reason, started_at if current is None else current.started_at, detail)
            self._write(gap.started_at, gap)
            self.current = gap
            return gap
        return current

    def close(self, ended_at: WallUs, reason: GapReason | None = None) -> None:
        """End the gap; ``reason`` replaces the opening guess. Nothing to do when none is open. Waits for the disk."""
        gap = self.current
        if gap is not None:
            ended_at = max(ended_at, gap.started_at)  # the clock may have been set back meanwhile
            self._write(gap.started_at, GapClose(reason or gap.reason, gap.started_at, ended_at, gap.detail))
            self.current = None

    def _write(self, began_at: WallUs, record: Record) -> None:
        """Order: folder; record; sync journal and folder. A crash between the two loses or keeps the record whole."""
        path = self._root / gaps_journal(self._site, self._camera, began_at, self._stream)
        try:
            self._ops.make_folder(self._root / day_folder(self._site, self._camera, began_at))
            journal, _ = JournalFile.resume(path, self._ops)
            try:
                journal.append(record)
                journal.sync()
            finally:
                journal.close()
            self._ops.sync_folder(path.parent)
        except OSError as error:
            raise refusal(error, f"write to {path.name} of {self._camera}") from error


def open_gaps(root: Path, site: str, camera: str, stream: Stream) -> list[GapOpen]:
    """The gaps that were begun and not ended (at most one)."""
    for day in reversed(day_names(root, site, camera)):
        path = root / site / camera / day / f"gaps-{stream}.journal"
        if path.exists():
            open_by_start: dict[WallUs, GapOpen] = {}
            for record in read_journal(path):
                if isinstance(record, GapOpen):
                    open_by_start[record.started_at] = record
                elif isinstance(record, GapClose):
                    open_by_start.pop(record.started_at, None)
            return list(open_by_start.values())
    return []
