"""After a crash: make journals say again what their files hold. Never deletes or truncates a recording.

A recording is finished when its journal ends with CLOSE (the writer syncs everything else first). The
unfinished ones are at the new end of the archive, so the search goes back by days until one whose recordings
are all finished; a start does not read the archive.

What the file holds decides. The journal keeps its records as long as they agree with the file; fragments that it
lacks are added (flag ADOPTED, arrival computed), then seals over what is not sealed, then CLOSE (ADOPTED). All
of that replaces the journal in one step, so a crash here changes nothing, and doing it again does the same.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from haidang.core.errors import CorruptData
from haidang.core.isobmff import FoundFragment, Scan, samples_are_whole, scan
from haidang.core.journal import (
    RECORD_BYTES,
    Close,
    CloseReason,
    Fragment,
    FragmentFlag,
    Open,
    Record,
    Seal,
    decode,
    encode,
)
from haidang.core.layout import RecordingName, Stream
from haidang.core.timeline import span_of
from haidang.core.units import Pts90k, WallUs, us_from_90k
from haidang.storage.file_ops import FileOps, refusal
from haidang.storage.folders import day_names, recordings_of_day
from haidang.storage.journal_file import read_journal
from haidang.storage.seal_rule import SealRule

__all__ = ["Adopted", "adopt"]

#: How many days back the search for unfinished recordings goes at most.
_MAX_DAYS = 31
_HASH_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Adopted:
    """One recording that had no CLOSE."""

    name: RecordingName
    #: End of its last picture: the gap RECORDER_STOPPED begins here.
    ended_at: WallUs
    #: Fragments that the journal lacked and the file had.
    indexed_fragments: int = 0
    #: Journal records that did not agree with the file (after a power cut), or were torn.
    dropped_records: int = 0
    #: Bytes behind the last whole fragment; they stay in the file.
    unindexed_bytes: int = 0
    #: "" = adopted; ``unusable`` = no initialisation segment (kept as it is); else the code of the disk's refusal.
    problem: str = ""


def adopt(
    root: Path, site: str, camera: str, stream: Stream, *, now: WallUs, ops: FileOps, seal_s: float = 10.0
) -> list[Adopted]:
    """Complete what a crash left of one camera stream that nobody is recording now; oldest first.

    What it finds in files and what the disk refuses are told by ``problem``; it raises Unavailable only where
    the folders cannot be listed.
    """
    try:
        names = _unfinished(root, site, camera, stream)
    except OSError as error:
        raise refusal(error, f"list the recordings of {camera}") from error
    return [_adopt_one(root, name, now=now, ops=ops, seal_s=seal_s) for name in names]


def _unfinished(root: Path, site: str, camera: str, stream: Stream) -> list[RecordingName]:
    found: list[RecordingName] = []
    for day in reversed(day_names(root, site, camera)[-_MAX_DAYS:]):
        names = recordings_of_day(root, site, camera, stream, day)
        unfinished = [name for name in names if not _is_finished(root / name.journal_path)]
        if names and not unfinished:
            break
        found += unfinished
    return sorted(found)


def _is_finished(journal: Path) -> bool:
    """Whether the last record is CLOSE."""
    try:
        with journal.open("rb") as file:
            whole_records = file.seek(0, os.SEEK_END) // RECORD_BYTES
            file.seek(max(0, whole_records - 1) * RECORD_BYTES)
            return isinstance(decode(file.read(RECORD_BYTES)), Close)
    except (OSError, CorruptData):
        return False  # adoption looks closer and reports


def _adopt_one(root: Path, name: RecordingName, *, now: WallUs, ops: FileOps, seal_s: float) -> Adopted:
    """Order: sync the file; put the whole new journal in place. A crash between the two leaves it unfinished."""
    journal = root / name.journal_path
    try:
        known = read_journal(journal)
        with _Recording(root / name.media_path, ops) as media:
            held = _held(media, known)
            plan = _plan(name, known, held, seal_s)
            seals = [_sealed(media, offset, size, number) for offset, size, number in plan.ranges]
            close = Close(CloseReason.ADOPTED, held.good_size_bytes, now)
            media.sync()
            records = [*plan.kept, *plan.missing, *seals, close]
            dropped = -(-_size_or_zero(journal) // RECORD_BYTES) - plan.kept_from_journal
            ops.replace(journal, b"".join(map(encode, records)))
            unindexed_bytes = media.size_bytes - held.good_size_bytes
    except CorruptData:
        return Adopted(name, name.started_at, problem="unusable")
    except OSError as error:
        return Adopted(name, name.started_at, problem=refusal(error, f"adopt {name.media_path}").code)
    return Adopted(name, plan.ended_at, len(plan.missing), dropped, unindexed_bytes)


class _Recording:
    """The file, open for reading."""

    def __init__(self, path: Path, ops: FileOps) -> None:
        self._ops = ops
        self._fd = ops.open_recording(path)
        self.size_bytes = os.fstat(self._fd).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ops.close(self._fd)

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self._fd, size, offset)

    def sync(self) -> None:
        self._ops.sync(self._fd)


def _held(media: _Recording, known: Sequence[Record]) -> Scan:
    """What the file holds, with the part that a power cut may have touched read through.

    Sizes can be right where blocks never reached the disk and read as zeros. The writer syncs more often than it
    seals, so what is older than the last seal's range was on disk.
    """
    found = scan(media.read, media.size_bytes)
    sealed = [record for record in known if isinstance(record, Seal)]
    unsure_from = sealed[-1].offset_bytes if sealed else 0
    for number, fragment in enumerate(found.fragments):
        if fragment.offset_bytes >= unsure_from and not samples_are_whole(
            media.read(fragment.offset_bytes, fragment.size_bytes)
        ):
            return replace(found, fragments=found.fragments[:number], good_size_bytes=fragment.offset_bytes)
    return found


@dataclass(frozen=True, slots=True)
class _Plan:
    """The new journal but for its hashes and CLOSE."""

    kept: list[Record]
    kept_from_journal: int
    missing: list[Fragment]
    #: Offset, size and number of each seal that is to be made.
    ranges: list[tuple[int, int, int]]
    ended_at: WallUs


def _plan(name: RecordingName, known: Sequence[Record], held: Scan, seal_s: float) -> _Plan:
    kept = _agreeing(known, held)
    kept_from_journal = len(kept)
    if not kept:
        video = held.format
        kept = [Open(video.codec, video.width_px, video.height_px, held.init_size_bytes, name.started_at, Pts90k(0))]
    indexed = [record for record in kept if isinstance(record, Fragment)]
    missing = _missing(held.fragments[len(indexed) :], indexed, name.started_at)
    fragments = indexed + missing
    seals = [record for record in kept if isinstance(record, Seal)]
    ended_at = span_of(fragments[-1]).ended_at if fragments else name.started_at
    return _Plan(kept, kept_from_journal, missing, list(_unsealed(fragments, seals, held, seal_s)), ended_at)


def _agreeing(known: Sequence[Record], held: Scan) -> list[Record]:
    """The journal's records up to the first that does not agree with the file."""
    ends = {held.init_size_bytes, *(fragment.end_bytes for fragment in held.fragments)}
    fragments = iter(held.fragments)
    sealed_bytes = 0
    kept: list[Record] = []
    for number, record in enumerate(known):
        match record:
            case Open():
                agrees = number == 0 and record.init_size_bytes == held.init_size_bytes
            case Fragment():
                agrees = number > 0 and _place(record) == _place(next(fragments, None))
            case Seal():
                agrees = number > 0 and record.offset_bytes == sealed_bytes
                sealed_bytes += record.size_bytes
                agrees = agrees and sealed_bytes in ends
            case _:
                agrees = False
        if not agrees:
            break
        kept.append(record)
    return kept


def _place(fragment: Fragment | FoundFragment | None) -> tuple[int, int] | None:
    return None if fragment is None else (fragment.offset_bytes, fragment.size_bytes)


def _missing(found: Sequence[FoundFragment], indexed: Sequence[Fragment], started_at: WallUs) -> list[Fragment]:
    """Records for what the journal lacks; arrival is the last known one plus what has played since."""
    if not found:
        return []
    if indexed:
        from_us, from_90k = indexed[-1].received_at, indexed[-1].dts_90k
    else:
        from_us, from_90k = started_at, found[0].base_dts_90k
    return [
        Fragment(
            fragment.offset_bytes,
            fragment.size_bytes,
            fragment.base_dts_90k,
            fragment.duration_90k,
            WallUs(from_us + us_from_90k(fragment.base_dts_90k - from_90k)),
            None,
            fragment.sample_count,
            FragmentFlag.ADOPTED | (FragmentFlag.KEYFRAME if fragment.keyframe else FragmentFlag(0)),
        )
        for fragment in found
    ]


def _unsealed(
    fragments: Sequence[Fragment], seals: Sequence[Seal], held: Scan, seal_s: float
) -> Iterator[tuple[int, int, int]]:
    """The ranges that the writer would have sealed next, and the rest."""
    number = len(seals)
    start = seals[-1].offset_bytes + seals[-1].size_bytes if seals else 0
    rule = SealRule(seal_s)
    for fragment in fragments:
        if fragment.offset_bytes < start:
            continue
        if rule.cuts_before(fragment.dts_90k, keyframe=fragment.keyframe):
            yield start, fragment.offset_bytes - start, number
            start, number = fragment.offset_bytes, number + 1
    if start < held.good_size_bytes:
        yield start, held.good_size_bytes - start, number


def _sealed(media: _Recording, offset: int, size: int, number: int) -> Seal:
    digest = hashlib.sha256()
    for at in range(offset, offset + size, _HASH_CHUNK_BYTES):
        digest.update(media.read(at, min(_HASH_CHUNK_BYTES, offset + size - at)))
    return Seal(offset, size, digest.digest(), number)


def _size_or_zero(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
