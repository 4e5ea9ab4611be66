"""Finding and reading recordings: by names first, then by their journals. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from haidang.core.errors import CorruptData, InvalidInput, NotFound, Unavailable
from haidang.core.journal import Close, Fragment, Open, Record, Seal, read_records
from haidang.core.layout import RecordingName, Stream
from haidang.core.timeline import span_of
from haidang.core.units import WallUs, to_datetime
from haidang.storage.folders import day_names, journals_of_day, recordings_of_day

__all__ = [
    "RecordingIndex",
    "index_of",
    "load_index",
    "newest_recording",
    "next_sequence",
    "recordings_between",
]

#: A year and some: more is a mistake of the caller, and would list that many folders.
_MAX_DAYS = 400


@dataclass(frozen=True, slots=True)
class RecordingIndex:
    """A journal as its reader wants it."""

    name: RecordingName
    open: Open
    fragments: Sequence[Fragment]
    seals: Sequence[Seal]
    close: Close | None

    @property
    def ended_at(self) -> WallUs:
        """The end of the last picture; the start of a recording that has none."""
        return span_of(self.fragments[-1]).ended_at if self.fragments else self.name.started_at


def load_index(root: Path, name: RecordingName) -> RecordingIndex:
    """Raises NotFound (``recording_not_found``) without a journal, CorruptData (``journal_open``) without its OPEN."""
    try:
        raw = (root / name.journal_path).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"couldn't find {name.journal_path}", code="recording_not_found") from error
    except OSError as error:
        raise Unavailable(f"couldn't read {name.journal_path}: {error.strerror}", code="read_failed") from error
    return index_of(name, list(read_records(raw)))


def index_of(name: RecordingName, records: Sequence[Record]) -> RecordingIndex:
    """The index from records; raises CorruptData (``journal_open``) if they do not begin with OPEN."""
    if not records or not isinstance(records[0], Open):
        raise CorruptData(f"couldn't use {name.journal_path}: it does not begin with OPEN", code="journal_open")
    return RecordingIndex(
        name,
        records[0],
        [record for record in records if isinstance(record, Fragment)],
        [record for record in records if isinstance(record, Seal)],
        next((record for record in records if isinstance(record, Close)), None),
    )


def recordings_between(  # noqa: PLR0917 — as every reader says it: where, then from, to
    root: Path, site: str, camera: str, stream: Stream, from_us: WallUs, to_us: WallUs
) -> list[RecordingName]:
    """Files that may have pictures in ``[from_us, to_us)``, in time order: those that began in it and the one before.

    Lists the folders of the days concerned and of the day before, whatever the size of the archive.
    """
    if to_us <= from_us:
        return []
    try:
        first, last = (to_datetime(at).date() for at in (from_us, WallUs(to_us - 1)))
    except OverflowError as error:
        raise InvalidInput("couldn't look outside the years 1 to 9999", code="invalid_time") from error
    if (last - first).days > _MAX_DAYS:
        raise InvalidInput(f"couldn't look through more than {_MAX_DAYS} days at once", code="window_too_long")
    days = [str(first + timedelta(days=n)) for n in range(-1, (last - first).days + 1)]
    names = [name for day in days for name in recordings_of_day(root, site, camera, stream, day)]
    within = [name for name in names if from_us < name.started_at < to_us]
    before = [name for name in names if name.started_at <= from_us][-1:]
    return before + within


def newest_recording(root: Path, site: str, camera: str, stream: Stream) -> RecordingName | None:
    """The file that began last."""
    for day in reversed(day_names(root, site, camera)):
        names = recordings_of_day(root, site, camera, stream, day)
        if names:
            return names[-1]
    return None


def next_sequence(root: Path, site: str, camera: str, stream: Stream) -> int:
    """What the next file's ``Open.sequence`` is: one more than the newest readable one's, 0 for the first.

    Numbers count on though the newest recording has expired: its journal is left for that (storage/removal.py).
    """
    for day in reversed(day_names(root, site, camera)):
        for name in reversed(journals_of_day(root, site, camera, stream, day)):
            try:
                return load_index(root, name).open.sequence + 1
            except (NotFound, CorruptData):
                continue  # a crash before OPEN: the file before it knows
    return 0
