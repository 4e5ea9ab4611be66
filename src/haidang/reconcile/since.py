"""What was logged since the checkpoint that a run is held against: a deep one takes hours, in which recordings expire
and causes of gaps become known.

Law: read only where something does not fit, and only to leave that to the next run, which holds these entries against
the root; so an entry that is none excuses nothing for long.
"""

from __future__ import annotations

from pathlib import Path

from haidang.core.errors import CorruptData, NotFound
from haidang.core.log_entries import Expired, Gap, entry_of
from haidang.core.tlog.notes import Key
from haidang.core.tlog.tiles import ENTRIES, TILE_WIDTH, Tile, entries_of
from haidang.reconcile.scratch import Scratch
from haidang.storage.log_reader import LogReader, read_tile

__all__ = ["Since"]

_WANTED = (b'"t":"expired"', b'"t":"gap"')


class Since:
    """Entries from ``size`` on of the log in ``folder``; None: there is none to read."""

    def __init__(self, scratch: Scratch, folder: Path | None, key: Key, size: int) -> None:
        self._scratch, self._folder, self._key, self._size = scratch, folder, key, size
        self._gaps: dict[tuple[str, str, int], tuple[int, str]] = {}

    def expired(self, path: str) -> bool:
        """Whether the recording's time is over by now; the scratch file says so from then on."""
        self.catch_up()
        file = self._scratch.file(path)
        return file is not None and bool(file.expired_us)

    def gap(self, camera: str, stream: str, from_us: int) -> tuple[int, str] | None:
        """The newest word of a gap (until when, and why), if there was one."""
        self.catch_up()
        return self._gaps.get((camera, stream, from_us))

    def catch_up(self) -> None:
        """Read on to the end of the log."""
        if self._folder is None:
            return
        try:
            size = LogReader(self._folder, self._key).checkpoint.size
            while self._size < size:
                n, at = divmod(self._size, TILE_WIDTH)
                width = min(TILE_WIDTH, size - n * TILE_WIDTH)
                for data in entries_of(read_tile(self._folder, Tile(ENTRIES, n, width)), width)[at:]:
                    self._take(data)
                self._size = n * TILE_WIDTH + width
        except (CorruptData, NotFound, OSError):
            return  # the next run tells of it

    def _take(self, data: bytes) -> None:
        if not any(each in data for each in _WANTED):
            return
        try:
            entry = entry_of(data)
        except CorruptData:
            return
        if isinstance(entry, Expired):
            self._scratch.expire(entry.file, 1)
        elif isinstance(entry, Gap):
            self._gaps[entry.camera, entry.stream, entry.from_us] = entry.to_us, entry.reason
