"""Journals to the log: every seal, end of a file and gap becomes an entry, each exactly once (docs/design/log.md).

Laws: what has been logged is the log's own *state*, on disk with the entries that it speaks of, so neither the database
nor a crash can make an entry come twice or not at all. A stream's files are followed by the number that each says of
itself, not by their names: after the host's clock was set back the next file has an earlier name. Reading stops behind
a seal or an end, so that a look which came too early is taken again whole. A journal that was rewritten after a power
cut is logged again from its start: the log then shows both.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from haidang.core.errors import CorruptData
from haidang.core.journal import RECORD_BYTES, Close, Fragment, GapClose, GapOpen, Open, Record, Seal, decode, encode
from haidang.core.layout import STREAMS, RecordingName, Stream, is_slug
from haidang.core.log_entries import NO_LINK, Drift, Entry, FileEnd, Gap, Sealed, entry_bytes, link_of
from haidang.core.sealed_ranges import split_at
from haidang.core.units import WallUs, from_datetime, to_datetime
from haidang.storage.folders import day_names, names_in, recordings_of_day
from haidang.storage.log_store import LogStore
from haidang.storage.plain_files import NotPlainError, open_plain
from haidang.storage.tail import JournalTail

__all__ = ["RecordLog", "last_ended"]

#: Entries of one batch, about; a stream is read whole before it is looked at.
_ENOUGH = 1000
#: Pictures are on their way for less; a clock that is off by more is worth an entry.
_DRIFT_US = 2_000_000


@dataclass(slots=True)
class _Stream:
    """How far one camera stream is logged. ``file`` is the recording that is followed, or was last."""

    site: str
    camera: str
    stream: Stream
    file: str = ""
    sequence: int = -1
    ended: bool = True
    mark: str = ""
    #: When the last seal's pictures ended: the next one's begin there if it has none of its own behind the mark.
    at_us: int = 0
    #: How far the camera's clock was ahead of ours when that was told last.
    drift_us: int = 0
    number: int = 0
    previous: str = NO_LINK.hex()
    #: Marks of gaps journals that may still grow, and whether a gap is open there.
    gaps: dict[str, tuple[str, bool]] = field(default_factory=dict)


class RecordLog:
    """Follows every journal below ``root`` into ``store``."""

    def __init__(self, root: Path, store: LogStore) -> None:
        """Go on from the store's state. Raises CorruptData (``log_state``)."""
        self._root, self._store = root, store
        self._streams = _streams_of(store.state)

    def run_once(self, now: WallUs) -> int:
        """One batch: how many entries were logged; 0 when everything is. Raises Unavailable or OSError.

        After an error, open the store and this anew.
        """
        entries: list[bytes] = []
        streams = {key: dataclasses.replace(each, gaps=dict(each.gaps)) for key, each in self._streams.items()}
        for site in filter(is_slug, sorted(names_in(self._root))):
            for camera in filter(is_slug, sorted(names_in(self._root / site))):
                for name in STREAMS:
                    key = f"{site}/{camera}/{name}"
                    stream = streams.setdefault(key, _Stream(site, camera, name))
                    self._follow(stream, entries, now)
                if len(entries) >= _ENOUGH:
                    break
        if entries:
            self._store.append(entries, _state_of(streams))
            self._streams = streams
        return len(entries)

    def log(self, entries: Sequence[Entry]) -> int:
        """Log what no journal tells; the number of the first of them. Raises OSError."""
        first = self._store.size
        self._store.append([entry_bytes(each) for each in entries], self._store.state)
        return first

    # -- recordings

    def _follow(self, stream: _Stream, entries: list[bytes], now: WallUs) -> None:
        first = _first_gap_day(stream, now)  # before the stream is followed: its gaps are read from there on
        while len(entries) < _ENOUGH:
            if stream.ended:
                found = self._next(stream, now)
                if found is None:
                    break
                stream.file, stream.sequence, stream.ended, stream.mark = found[0].media_path, found[1], False, ""
            self._read(stream, entries)
            if not stream.ended:
                break
        self._read_gaps(stream, entries, first)

    def _next(self, stream: _Stream, now: WallUs) -> tuple[RecordingName, int] | None:
        """The stream's next file, and the number that it says of itself."""
        names = self._names(stream)
        if not stream.file:
            candidates = names
        else:
            last = RecordingName.parse(stream.file)
            behind_clock = [name for name in names if name < last] if now < last.started_at else []
            candidates = [name for name in names if name > last] + behind_clock
        numbered = [(number, name) for name in candidates if (number := self._number(name)) is not None]
        later = [each for each in numbered if each[0] > stream.sequence]
        return (min(later)[1], min(later)[0]) if later else None

    def _names(self, stream: _Stream) -> list[RecordingName]:
        days = day_names(self._root, stream.site, stream.camera)
        if stream.file:
            first = str(to_datetime(RecordingName.parse(stream.file).started_at).date() - timedelta(days=1))
            days = [day for day in days if day >= first]
        return [
            name
            for day in days
            for name in recordings_of_day(self._root, stream.site, stream.camera, stream.stream, day)
        ]

    def _number(self, name: RecordingName) -> int | None:
        """The sequence in a journal's first record; None while there is none to read."""
        try:
            with os.fdopen(open_plain(self._root / name.journal_path), "rb") as file:
                record = decode(file.read(RECORD_BYTES))
        except (FileNotFoundError, NotPlainError, CorruptData):
            return None
        return record.sequence if isinstance(record, Open) else None

    def _read(self, stream: _Stream, entries: list[bytes]) -> None:
        tail = JournalTail(self._root / RecordingName.parse(stream.file).journal_path, stream.mark)
        records = tail.read_new()
        tail.close()
        before = "" if tail.restarted else stream.mark
        fragments: list[Fragment] = []
        for count, record in enumerate(records, 1):
            if isinstance(record, Fragment):
                fragments.append(record)
            elif isinstance(record, Seal):
                fragments = self._seal(stream, record, fragments, entries)
                stream.mark = _mark_behind(before, records, count)
            elif isinstance(record, Close):
                end = FileEnd(
                    *_place(stream), stream.file,
                    record.size_bytes, record.reason.name.lower(),
                )  # fmt: skip
                _log(stream, end, entries)
                stream.mark, stream.ended = _mark_behind(before, records, count), True

    @staticmethod
    def _seal(stream: _Stream, seal: Seal, fragments: list[Fragment], entries: list[bytes]) -> list[Fragment]:
        """Log it; the fragments that lie behind it."""
        found, behind = split_at(seal, fragments)
        began, ended = (found.span.started_at, found.span.ended_at) if found.span else (stream.at_us, stream.at_us)
        sealed = Sealed(
            *_place(stream), stream.file,
            seal.offset_bytes, seal.size_bytes, seal.sha256, WallUs(began), WallUs(ended),
        )  # fmt: skip
        stream.at_us = ended
        _log(stream, sealed, entries)
        entries += _drift(stream, fragments[: len(fragments) - len(behind)])
        return behind

    # -- gaps

    def _read_gaps(self, stream: _Stream, entries: list[bytes], first: str) -> None:
        recent = [day for day in day_names(self._root, stream.site, stream.camera) if day >= first]
        paths = {f"{stream.site}/{stream.camera}/{day}/gaps-{stream.stream}.journal" for day in recent}
        for path in sorted(paths | stream.gaps.keys()):
            mark, is_open = stream.gaps.get(path, ("", False))
            tail = JournalTail(self._root / path, mark)
            records = tail.read_new()
            tail.close()
            for record in records:
                if isinstance(record, GapOpen | GapClose):
                    is_open = isinstance(record, GapOpen)
                    gap = Gap(
                        *_place(stream),
                        record.started_at, record.ended_at if isinstance(record, GapClose) else WallUs(0),
                        record.reason.name.lower(),
                    )  # fmt: skip
                    _log(stream, gap, entries)
            if records:
                stream.gaps[path] = (tail.mark, is_open)
        # What is listed again must keep its mark; what is not and has no gap open grows no more.
        stream.gaps = {path: kept for path, kept in stream.gaps.items() if _day_of(path) >= first or kept[1]}


def last_ended(state: bytes) -> dict[str, int]:
    """Of each ``site/camera/stream``: the number of its last file whose end is logged, with all before it.

    Raises CorruptData (``log_state``).
    """
    return {key: each.sequence if each.ended else each.sequence - 1 for key, each in _streams_of(state).items()}


def _first_gap_day(stream: _Stream, now: WallUs) -> str:
    """Gaps that are new began on this day at the earliest: the one before the last file's, or yesterday; of a stream
    of which nothing is logged yet, whenever they like.
    """
    if not stream.number:
        return ""
    since = _day_before(now)
    if stream.file:
        since = min(since, _day_before(RecordingName.parse(stream.file).started_at))
    elif stream.gaps:
        return min(str(to_datetime(since).date()), *map(_day_of, stream.gaps))
    return str(to_datetime(since).date())


def _day_of(path: str) -> str:
    return path.split("/")[2]


def _place(stream: _Stream) -> tuple[str, str, int, bytes]:
    """What the stream's next entry begins with: whose it is, its number, and the one before."""
    return stream.camera, stream.stream, stream.number, bytes.fromhex(stream.previous)


def _log(stream: _Stream, entry: Sealed | FileEnd | Gap, entries: list[bytes]) -> None:
    data = entry_bytes(entry)
    entries.append(data)
    stream.number, stream.previous = stream.number + 1, link_of(data).hex()


def _drift(stream: _Stream, fragments: list[Fragment]) -> list[bytes]:
    """That the camera's clock differs from the host's by more, or by less, than it did when that was told last.

    The picture in the middle speaks for all: one that was late on its way says nothing of a clock.
    """
    told = sorted(
        (each.captured_at - each.received_at, each.captured_at, each.received_at)
        for each in fragments
        if each.captured_at is not None
    )
    if not told:
        return []
    offset_us, captured_us, received_us = told[len(told) // 2]
    if abs(offset_us - stream.drift_us) <= _DRIFT_US:
        return []
    stream.drift_us = offset_us
    return [entry_bytes(Drift(stream.camera, stream.stream, captured_us, received_us))]


def _mark_behind(before: str, records: list[Record], count: int) -> str:
    """A tail's mark behind the first ``count`` of the records that it gave from ``before`` on."""
    position = int(before.partition(":")[0] or 0) + count * RECORD_BYTES
    return f"{position}:{encode(records[count - 1])[-4:].hex()}"


def _day_before(at: WallUs) -> WallUs:
    return from_datetime(to_datetime(at) - timedelta(days=1))


def _state_of(streams: dict[str, _Stream]) -> bytes:
    return json.dumps([dataclasses.asdict(each) for each in streams.values()], separators=(",", ":")).encode()


def _streams_of(state: bytes) -> dict[str, _Stream]:
    try:
        kept: list[dict[str, Any]] = json.loads(state or b"[]")
        streams = [
            _Stream(**{**each, "gaps": {path: (mark, open_) for path, (mark, open_) in each["gaps"].items()}})
            for each in kept
        ]
    except (ValueError, TypeError, KeyError) as error:
        raise CorruptData(f"the state of the log cannot be read: {error!r}", code="log_state") from error
    return {f"{each.site}/{each.camera}/{each.stream}": each for each in streams}
