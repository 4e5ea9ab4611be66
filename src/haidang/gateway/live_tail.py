"""Following one camera stream on disk: the newest journal, and after it the next.

Gives, in order, the initialisation of each file and its fragments; the first time from the last keyframe on, so that a
newcomer sees a picture at once. Synchronous: ``read_on`` costs a few ``pread`` from the page cache; ``follow`` lists
folders and may read a journal whole, so it belongs in a thread.

Laws: only what a journal record points to is read (core/journal law 1). What ended longer than ``gap_after_s`` ago is
not live: it is never given. A file is left only when its CLOSE was seen, or when it is silent and a newer one exists.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from haidang.core.errors import CorruptData
from haidang.core.isobmff import read_init_segment
from haidang.core.journal import Close, Fragment, Open, Record
from haidang.core.layout import RecordingName, Stream
from haidang.core.timeline import span_of
from haidang.core.units import Clock, WallUs
from haidang.gateway.written_file import WrittenFile
from haidang.storage import JournalTail

__all__ = ["MAX_GROUP_BYTES", "Init", "LiveTail", "Piece"]

#: A group of pictures larger than this (minutes without a keyframe) is not kept for newcomers: they wait for the next.
MAX_GROUP_BYTES = 16 * 1024 * 1024

#: Looking for a newer file asks the disk: not more often than this, and sooner when there is likely to be one.
_LOOK_US = 1_000_000
_LOOK_SOON_US = 100_000
_AHEAD_US = 1_000_000
#: A fragment is about 200 ms; one beyond this is a journal that lies.
_MAX_FRAGMENT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Init:
    """How to decode what follows: the message that announces it and the initialisation segment."""

    text: str
    segment: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """One fragment; every viewer is given the same bytes object."""

    data: bytes
    keyframe: bool


class LiveTail:
    """One stream's tail. Not thread-safe: one caller at a time."""

    def __init__(self, root: Path, site: str, camera: str, stream: Stream, *, clock: Clock, gap_after_s: float) -> None:
        self._root = root
        self._camera = camera
        self._stream = stream
        self._clock = clock
        self._gap_after_us = int(gap_after_s * 1_000_000)
        self._name: RecordingName | None = None
        self._journal: JournalTail | None = None
        self._media_fd = -1
        #: The current file has its CLOSE: only a newer one can give more.
        self.closed = False
        self._looked_at = WallUs(0)
        self._finder = WrittenFile(root, site, camera, stream, clock=clock)
        #: Until when there is a picture; None while there is no live one.
        self.live_until: WallUs | None = None

    def start_over(self) -> None:
        """Let go of what could not be read and look anew."""
        self.close()
        self._name = None
        self.closed = False
        self._looked_at = WallUs(0)
        self._finder.start_over()
        self.live_until = None

    def close(self) -> None:
        """Let go of the files."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        if self._media_fd >= 0:
            os.close(self._media_fd)
            self._media_fd = -1

    def read_on(self) -> list[Init | Piece]:
        """What is new in the current file since the last call, in order."""
        if self._journal is None:
            return []
        records = self._journal.read_new()
        if self._journal.restarted:
            self.live_until = None  # the journal was rebuilt: go on from a keyframe
        given = self._take(records)
        # An end that lies ahead is from before the host's clock was set back.
        if self.live_until is not None and not -_AHEAD_US <= self._clock() - self.live_until <= self._gap_after_us:
            self.live_until = None
        return given

    def should_follow(self, *, rung: bool) -> bool:
        """Whether a newer file is worth looking for, when ``read_on`` gave nothing. ``rung``: a recorder says so."""
        now = self._clock()
        rotating = self.closed and self.live_until is not None
        if 0 <= now - self._looked_at < (_LOOK_SOON_US if rung or rotating else _LOOK_US):
            return False
        self._looked_at = now
        return True

    def follow(self, *, rung: bool) -> list[Init | Piece]:
        """Go to the file that is being written if it is another than this one, and read on there."""
        written = self._finder.being_written(after=self._name if self.closed else None, rung=rung)
        if written is None or written == self._name:
            return []
        rest = self.read_on()  # what came into the old file since we last looked
        self.close()
        self._name = written
        self._journal = JournalTail(self._root / written.journal_path)
        records = self._journal.read_new()
        self.closed = any(isinstance(record, Close) for record in records)
        return rest if self.closed else rest + self._take(records)  # a file that is closed when met is not live

    def _take(self, records: list[Record]) -> list[Init | Piece]:
        given: list[Init | Piece] = []
        fragments: list[Fragment] = []
        for record in records:
            match record:
                case Open():
                    given.append(self._begin(record))
                case Fragment():
                    fragments.append(record)
                case Close():
                    self.closed = True
        for fragment in self._live(fragments):
            given.append(Piece(self._pread(fragment.offset_bytes, fragment.size_bytes), fragment.keyframe))
            self.live_until = span_of(fragment).ended_at
        return given

    def _live(self, fragments: list[Fragment]) -> list[Fragment]:
        """Those worth showing: following: all; at a start or after a silence: from the last keyframe on, if fresh."""
        if not fragments or self.live_until is not None:
            return fragments
        if self._clock() - span_of(fragments[-1]).ended_at > self._gap_after_us:
            return []
        last = max((at for at, fragment in enumerate(fragments) if fragment.keyframe), default=len(fragments))
        group = fragments[last:]
        return group if sum(fragment.size_bytes for fragment in group) <= MAX_GROUP_BYTES else []

    def _begin(self, record: Open) -> Init:
        assert self._name is not None, "records come from a file"
        if self._media_fd >= 0:
            os.close(self._media_fd)
        self._media_fd = os.open(self._root / self._name.media_path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        segment = self._pread(0, record.init_size_bytes)
        video = read_init_segment(segment)
        message = {
            "type": "init",
            "camera": self._camera,
            "stream": self._stream,
            "codecs": video.codec_string,
            "width": record.width_px,
            "height": record.height_px,
            "started_at": record.opened_at,
            "offset_90k": record.position_90k,
        }
        return Init(json.dumps(message), segment)

    def _pread(self, offset: int, size: int) -> bytes:
        data = os.pread(self._media_fd, size, offset) if size <= _MAX_FRAGMENT_BYTES else b""
        if len(data) != size:
            raise CorruptData(
                f"couldn't read {size} bytes at {offset} of {self._name}: its journal points beyond it",
                code="journal_beyond_file",
            )
        return data
