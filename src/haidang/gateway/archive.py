"""Recordings as playback wants them: read from the journals in threads, never on the event loop.

Laws: a fragment is inside a window only if it begins and ends in it; what a window grants of a file is the
initialisation segment and its inside fragments, by the journal (so within the file's good size). Journals of closed
files do not change, so the last ones used are kept.
"""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeVar

import structlog

from haidang.core.errors import CorruptData, NotFound
from haidang.core.hls import PlaybackFile, media_playlist, segments_of
from haidang.core.journal import Fragment
from haidang.core.layout import RecordingName, Stream
from haidang.core.timeline import Span, span_of
from haidang.gateway.byte_ranges import Run, joined
from haidang.gateway.fetched import fragments_in
from haidang.storage import RecordingIndex, load_index, recordings_between

__all__ = ["Archive", "Granted", "granted_of"]

_log = structlog.get_logger("haidang.gateway")

_T = TypeVar("_T")
#: About 1,500 fragments each: some 25 MB, an hour of a few viewers.
_KEPT_INDEXES = 48


@dataclass(frozen=True, slots=True)
class Granted:
    """What a window grants of one file."""

    fragments: Sequence[Fragment]
    runs: list[Run]
    #: Nothing will be added: the file is closed, or the window ends in it.
    complete: bool


def granted_of(index: RecordingIndex, window: Span) -> Granted:
    inside = [
        f for f in index.fragments if window.started_at <= f.received_at and span_of(f).ended_at <= window.ended_at
    ]
    first = next((at for at, fragment in enumerate(inside) if fragment.keyframe), len(inside))
    shown = inside[first:]  # what comes before the first keyframe cannot be decoded
    runs = joined([(0, index.open.init_size_bytes), *((f.offset_bytes, f.offset_bytes + f.size_bytes) for f in shown)])
    cut = index.ended_at > window.ended_at
    return Granted(shown, runs if shown else [], complete=index.close is not None or cut)


class Archive:
    """The recordings under one root, and the threads that read them."""

    def __init__(self, root: Path, threads: Executor) -> None:
        self._root = root
        self._threads = threads
        self._kept: OrderedDict[RecordingName, RecordingIndex] = OrderedDict()
        #: Files that are being written, as they were when a playlist last read them.
        self._growing: OrderedDict[RecordingName, RecordingIndex] = OrderedDict()
        self._lock = Lock()

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def names(self, site: str, camera: str, stream: Stream, window: Span) -> list[RecordingName]:
        """The files that may have pictures in the window."""
        return await self._in_thread(
            lambda: recordings_between(self._root, site, camera, stream, window.started_at, window.ended_at)
        )

    async def playlist(
        self, numbered: dict[RecordingName, int], window: Span, ticket_window: Span
    ) -> tuple[str, dict[int, list[Run]]]:
        """The playlist of the window ("" when it has no picture), and what of each file the ticket's window grants."""
        return await self._in_thread(lambda: self._playlist(numbered, window, ticket_window))

    def _playlist(
        self, numbered: dict[RecordingName, int], window: Span, ticket_window: Span
    ) -> tuple[str, dict[int, list[Run]]]:
        files, runs = [], {}
        for name, number in numbered.items():
            index = self._index(name)
            if index is None:
                continue
            granted = granted_of(index, ticket_window)
            runs[number] = granted.runs
            if granted.fragments:
                files.append(PlaybackFile(f"{number}.mp4", index.open, granted.fragments, granted.complete))
        segments = segments_of(files, window)
        return (media_playlist(segments) if segments else ""), runs

    def _index(self, name: RecordingName) -> RecordingIndex | None:
        """None for a file that has no usable journal (yet): playback shows the others."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is not None:
                self._kept.move_to_end(name)
                return kept
        try:
            index = load_index(self._root, name)
        except (NotFound, CorruptData) as error:
            _log.warning("recording without a usable journal", recording=name.media_path, error=str(error))
            return None
        with self._lock:
            self._growing.pop(name, None)
            indexes = self._growing if index.close is None else self._kept
            indexes[name] = index
            while len(indexes) > _KEPT_INDEXES:
                indexes.popitem(last=False)
        return index

    async def open(self, name: RecordingName, run: Run) -> tuple[int, Sequence[Fragment]]:
        """A descriptor for reading the file, which the caller closes, and the fragments that lie in the run.

        Raises NotFound (``file_not_found``).
        """
        return await self._in_thread(lambda: self._open(name, run))

    def _open(self, name: RecordingName, run: Run) -> tuple[int, Sequence[Fragment]]:
        index = self._last_index(name, run[1])
        fragments: Sequence[Fragment] = ()
        if index is not None:
            fragments = fragments_in(index.fragments, *run)
        try:
            fd = os.open(self._root / name.media_path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError as error:
            raise NotFound("couldn't find that file: it has expired", code="file_not_found") from error
        return fd, fragments

    def _last_index(self, name: RecordingName, size_bytes: int) -> RecordingIndex | None:
        """As the playlist that granted the run read it: an open file's journal is not read again for each range."""
        with self._lock:
            growing = self._growing.get(name)
        if growing is not None and growing.fragments:
            last = growing.fragments[-1]
            if last.offset_bytes + last.size_bytes >= size_bytes:
                return growing
        return self._index(name)

    async def read(self, fd: int, size: int, offset: int) -> bytes:
        return await self._in_thread(lambda: os.pread(fd, size, offset))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
