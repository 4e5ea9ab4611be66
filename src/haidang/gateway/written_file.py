"""Which recording of a camera stream is being written now.

Names sort by the host's clock, so the newest name is it, unless the clock was set back: then the names of before lie
ahead, or a closed file of before seems newer, and the file that was written last is looked for by its journal's time of
change. Listing folders costs milliseconds, so it is left out while they have not changed; a change in the very instant
of a listing may be missed and is found ``_LIST_AT_LEAST_US`` later, or by the next file's ring.
"""

from __future__ import annotations

from pathlib import Path

from haidang.core.layout import RecordingName, Stream, day_folder
from haidang.core.units import Clock, WallUs
from haidang.storage import newest_recording, recordings_between

__all__ = ["WrittenFile"]

_LIST_AT_LEAST_US = 5_000_000
_AHEAD_US = 1_000_000
#: A file that is being written was written within this; its journal's time of change is the host's clock.
_WRITTEN_WITHIN_US = 10_000_000
_DAY_US = 86_400 * 1_000_000


class WrittenFile:
    """Finds it, for one stream. Asks the disk: call it in a thread."""

    def __init__(self, root: Path, site: str, camera: str, stream: Stream, *, clock: Clock) -> None:
        self._root, self._site, self._camera, self._stream = root, site, camera, stream
        self._clock = clock
        self._listed_at = WallUs(0)
        self._folders: tuple[int, ...] = ()

    def start_over(self) -> None:
        self._folders = ()

    def being_written(self, *, after: RecordingName | None, rung: bool = False) -> RecordingName | None:
        """The file to follow; None when nothing has changed since the last call, but for a ring.

        ``after`` is known to be closed.
        """
        now = self._clock()
        folders = self._changed_at(now)
        if not rung and folders == self._folders and 0 <= now - self._listed_at < _LIST_AT_LEAST_US:
            return None
        self._folders, self._listed_at = folders, now
        newest = newest_recording(self._root, self._site, self._camera, self._stream)
        if newest is None or (newest != after and newest.started_at <= now + _AHEAD_US):
            return newest
        return self._written_last(now)

    def _changed_at(self, now: WallUs) -> tuple[int, ...]:
        """When the camera's folder and today's changed, as the disk counts; 0 for one that is not there."""
        folders = (f"{self._site}/{self._camera}", day_folder(self._site, self._camera, now))
        return tuple(_changed_ns(self._root / folder) for folder in folders)

    def _written_last(self, now: WallUs) -> RecordingName | None:
        names = recordings_between(
            self._root, self._site, self._camera, self._stream, WallUs(now - _DAY_US), WallUs(now + _DAY_US)
        )
        changed = {name: _changed_ns(self._root / name.journal_path) // 1000 for name in names}
        lately = [name for name in names if -_AHEAD_US <= now - changed[name] <= _WRITTEN_WITHIN_US]
        return max(lately, key=lambda name: changed[name], default=None)


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
