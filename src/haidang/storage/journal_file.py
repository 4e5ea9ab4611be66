"""A journal being written. A record is whole on disk or the next one takes its place.

Records lie at multiples of 64 bytes. What a failed or cut write left behind the last good record is no record
(its checksum says so), and the next append overwrites it.
"""

from __future__ import annotations

from pathlib import Path

from haidang.core.journal import RECORD_BYTES, Record, encode, read_records
from haidang.storage.file_ops import FileOps, write_all_at

__all__ = ["JournalFile", "read_journal"]


def read_journal(path: Path) -> list[Record]:
    """The good records from the start of a journal; none if there is no such file."""
    try:
        return list(read_records(path.read_bytes()))
    except FileNotFoundError:
        return []


class JournalFile:
    """One open journal. All methods raise OSError."""

    def __init__(self, ops: FileOps, fd: int, *, position: int = 0) -> None:
        self._ops = ops
        self.fd = fd
        self._position = position
        self._owed: list[Record] = []

    @classmethod
    def create(cls, path: Path, ops: FileOps) -> JournalFile:
        return cls(ops, ops.create_journal(path))

    @classmethod
    def resume(cls, path: Path, ops: FileOps) -> tuple[JournalFile, list[Record]]:
        """Go on behind the last good record of a journal, or begin it; also gives those records."""
        records = read_journal(path)
        good_bytes = len(records) * RECORD_BYTES
        if path.exists() and path.stat().st_size >= good_bytes + RECORD_BYTES:
            # More than one torn record: overwriting the first could bring an old one behind it back to life.
            ops.replace(path, b"".join(map(encode, records)))
        return cls(ops, ops.open_journal(path), position=good_bytes), records

    def append(self, record: Record) -> None:
        """Write a record. One that fails is owed: it is written before the next, so that none is left out."""
        self._owed.append(record)
        while self._owed:
            write_all_at(self._ops, self.fd, encode(self._owed[0]), self._position)
            self._position += RECORD_BYTES
            del self._owed[0]

    def sync(self) -> None:
        self._ops.sync(self.fd)

    def close(self) -> None:
        self._ops.close(self.fd)
