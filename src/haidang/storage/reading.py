"""Finding and reading recordings: by names first, then by their journals. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from haidang.core.journal import Close, Fragment, Open, Record, Seal
from haidang.core.layout import RecordingName, Stream
from haidang.core.units import WallUs

__all__ = ["JournalTail", "RecordingIndex", "load_index", "newest_recording", "next_sequence", "recordings_between"]


class JournalTail:
    """Follows one journal. Costs one ``pread`` a look when nothing is new.

    ``mark`` is text to persist; a tail made with it goes on behind the last record it gave. If the journal was
    rewritten meanwhile (after a power cut) so that the mark's record is no longer there, the tail begins at the
    start again and ``restarted`` is True: the reader then replaces what it knew of this file.
    """

    restarted: bool

    def __init__(self, path: Path, mark: str = "") -> None:
        raise NotImplementedError

    @property
    def mark(self) -> str:
        raise NotImplementedError

    def read_new(self) -> list[Record]:
        """Records since the last call; empty when there are none, or no file yet."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class RecordingIndex:
    """A journal as its reader wants it."""

    name: RecordingName
    open: Open
    fragments: Sequence[Fragment]
    seals: Sequence[Seal]
    close: Close | None


def load_index(root: Path, name: RecordingName) -> RecordingIndex:
    """Raises NotFound (``recording_not_found``) without a journal, CorruptData (``journal_open``) without its OPEN."""
    raise NotImplementedError


def recordings_between(
    root: Path, site: str, camera: str, stream: Stream, from_us: WallUs, to_us: WallUs
) -> list[RecordingName]:
    """Files that may have pictures in ``[from_us, to_us)``, in time order: those that began in it and the one before.

    Lists the folders of the days concerned and of the day before, whatever the size of the archive.
    """
    raise NotImplementedError


def newest_recording(root: Path, site: str, camera: str, stream: Stream) -> RecordingName | None:
    """The file that began last."""
    raise NotImplementedError


def next_sequence(root: Path, site: str, camera: str, stream: Stream) -> int:
    """What the next file's ``Open.sequence`` is: one more than the newest file's, 0 for the first."""
    raise NotImplementedError
