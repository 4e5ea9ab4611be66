"""Recordings on disk held against the log: is the file there, is it as long, does its journal say what was logged, and
(deep) are its bytes those that were sealed.

The journal's seals serve where they fold to the log's digest; where they do not, the log's own are looked up, so that
whoever rewrites a file and its journal together is found all the same.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from haidang.core.errors import CorruptData
from haidang.core.findings import Finding
from haidang.core.journal import Close, Fragment, Open, Record, read_records
from haidang.core.layout import RecordingName
from haidang.core.log_entries import NO_LINK, Sealed, entry_of
from haidang.core.sealed_ranges import sealed_ranges
from haidang.core.units import WallUs
from haidang.reconcile.scratch import LoggedFile, Scratch, fold
from haidang.reconcile.since import Since
from haidang.storage.plain_files import open_plain, read_plain

__all__ = ["FilePass", "SealedBytes", "hash_range"]

_CHUNK_BYTES = 1024 * 1024
#: Ended by a disk that refused bytes, or by the start after a crash: something half may lie behind the end.
_MAY_GO_ON = ("write_failed", "adopted")
#: A power cut takes less: recorders sync every few seconds.
_UNSETTLED_US = 30_000_000


@dataclass(frozen=True, slots=True)
class SealedBytes:
    """One seal, from wherever it is known."""

    offset_bytes: int
    size_bytes: int
    sha256: bytes
    from_us: int
    to_us: int


class FilePass:
    """``entry`` gives an entry of the log by its number, for recordings whose journal is not what was logged."""

    def __init__(
        self, root: Path, scratch: Scratch, entry: Callable[[int], bytes], since: Since, *, deep: bool
    ) -> None:
        self._root, self._scratch, self._entry, self._since, self._deep = root, scratch, entry, since, deep
        self._buffer = bytearray(_CHUNK_BYTES)
        #: Bytes that were hashed.
        self.hashed_bytes = 0

    def check(self, file: LoggedFile) -> None:
        """One recording."""
        self._hold_to_first_seals(file)
        path = self._root / file.path
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            if not file.expired_us and not self._since.expired(file.path):
                self._tell("file_missing", file)
            return
        except OSError as error:
            self._tell("file_unreadable", file, why=error.strerror or "")
            return
        if file.expired_us:  # on its way, or held after all: what is there is still what was sealed
            self._tell("expired_still_there", file)
        self._check_size(file, size)
        seals = self._journal(file)
        if self._deep:
            self._hash(path, file, self._logged_seals(file) if seals is None else seals)

    def _check_size(self, file: LoggedFile, size: int) -> None:
        if size < file.size_bytes:
            self._tell("file_cut", file, expected=file.size_bytes, found=size)
        elif file.reason and file.reason not in _MAY_GO_ON and size > file.size_bytes:
            self._tell("file_grown", file, expected=file.size_bytes, found=size)

    # -- the journal

    def _journal(self, file: LoggedFile) -> list[SealedBytes] | None:
        """Its seals, as far as they are logged; None if they are not the log's."""
        try:
            raw = read_plain(self._root / RecordingName.parse(file.path).journal_path)
        except FileNotFoundError:
            if not self._since.expired(file.path):
                self._tell("journal_missing", file)
            return None
        except OSError as error:
            self._tell("file_unreadable", file, why=error.strerror or "")
            return None
        if not file.digest:
            return None  # the log has lost what it said of it, and has been told of
        records = list(read_records(raw))
        seals = [
            SealedBytes(
                each.seal.offset_bytes, each.seal.size_bytes, each.seal.sha256,
                each.span.started_at if each.span else 0, each.span.ended_at if each.span else 0,
            )
            for each in sealed_ranges(records)
        ]  # fmt: skip
        digest = NO_LINK
        for seal in seals[: file.seals]:
            span = (seal.from_us, seal.to_us)
            digest = fold(digest, seal.offset_bytes, seal.size_bytes, seal.sha256, span)
        whole = len(seals) == file.seals if file.reason else len(seals) >= file.seals
        if not whole or digest != file.digest or not _tiles(records) or not _ends_as(file, records):
            self._tell("journal_changed", file)
            return None
        return seals[: file.seals]

    def _hold_to_first_seals(self, file: LoggedFile) -> None:
        """A journal that was written anew after a power cut may say something else of the last moment, and of no other:
        bytes that were sealed before were on the disk.
        """
        for first, last in self._scratch.rewritten(file.path):
            before = self._seals_between(file.path, first, last)
            settled_us = max((each.to_us for each in before), default=0) - _UNSETTLED_US
            now = {(each.offset_bytes, each.size_bytes, each.sha256) for each in self._logged_seals(file)}
            changed = [
                each for each in before
                if each.to_us < settled_us and (each.offset_bytes, each.size_bytes, each.sha256) not in now
            ]  # fmt: skip
            if changed:
                self._tell("sealed_again", file, index=first)

    def _logged_seals(self, file: LoggedFile) -> list[SealedBytes]:
        """The seals of a recording from the log: as many as count, the newest where it was logged twice."""
        return self._seals_between(file.path, file.first_index, file.last_index)[-file.seals :]

    def _seals_between(self, path: str, first: int, last: int) -> list[SealedBytes]:
        found: list[SealedBytes] = []
        for index in range(first, last + 1):
            try:
                entry = entry_of(self._entry(index))
            except CorruptData:
                continue  # the log's own pass has told of it
            if isinstance(entry, Sealed) and entry.file == path:
                found.append(
                    SealedBytes(entry.offset_bytes, entry.size_bytes, entry.sha256, entry.from_us, entry.to_us)
                )
        return found

    # -- the bytes

    def _hash(self, path: Path, file: LoggedFile, seals: list[SealedBytes]) -> None:
        try:
            descriptor = open_plain(path)
        except FileNotFoundError:
            if not self._since.expired(file.path):
                self._tell("file_missing", file)
            return
        except OSError as error:
            self._tell("file_unreadable", file, why=error.strerror or "")
            return
        try:
            for seal in seals:
                self._check_seal(descriptor, file, seal)
            # What was read once will not be read again soon: it must not push live pictures out of memory.
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)

    def _check_seal(self, descriptor: int, file: LoggedFile, seal: SealedBytes) -> None:
        try:
            found = hash_range(descriptor, seal.offset_bytes, seal.size_bytes, self._buffer)
        except OSError as error:
            self._tell("file_unreadable", file, why=error.strerror or "")
            return
        self.hashed_bytes += seal.size_bytes
        if found != seal.sha256:
            self._scratch.report(
                Finding(
                    "bytes_changed", file.path.partition("/")[0], file.camera, file.stream, file.path,
                    WallUs(seal.from_us), WallUs(seal.to_us),
                    {"offset_bytes": seal.offset_bytes, "size_bytes": seal.size_bytes},
                )
            )  # fmt: skip

    def _tell(self, kind: str, file: LoggedFile, **facts: str | int) -> None:
        self._scratch.report(
            Finding(
                kind, file.path.partition("/")[0], file.camera, file.stream, file.path, file.from_us, file.to_us, facts
            )
        )


def hash_range(descriptor: int, offset_bytes: int, size_bytes: int, buffer: bytearray) -> bytes:
    """SHA-256 of a range of an open file, of what there is of it. Raises OSError."""
    hash_, view = hashlib.sha256(), memoryview(buffer)
    at, end = offset_bytes, offset_bytes + size_bytes
    while at < end:
        count = os.preadv(descriptor, [view[: min(len(buffer), end - at)]], at)
        if count == 0:
            break
        hash_.update(view[:count])
        at += count
    return hash_.digest()


def _tiles(records: list[Record]) -> bool:
    """Whether the journal's fragments lie one behind the other from the initialisation segment on."""
    if not records or not isinstance(records[0], Open):
        return False
    at = records[0].init_size_bytes
    for each in _fragments(records):
        if each.offset_bytes != at:
            return False
        at += each.size_bytes
    return True


def _fragments(records: list[Record]) -> Iterator[Fragment]:
    return (each for each in records if isinstance(each, Fragment))


def _ends_as(file: LoggedFile, records: list[Record]) -> bool:
    """Whether it ends as was logged; one whose end is not logged yet may have any."""
    if not file.reason:
        return True
    close = records[-1]
    return isinstance(close, Close) and (close.size_bytes, close.reason.name.lower()) == (file.size_bytes, file.reason)
