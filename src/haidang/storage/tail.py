"""Following a journal while it is written."""

from __future__ import annotations

import os
from pathlib import Path

from haidang.core.errors import InvalidInput, Unavailable
from haidang.core.journal import RECORD_BYTES, Record, read_records
from haidang.storage.plain_files import NotPlainError, open_plain

__all__ = ["JournalTail"]

_CHUNK_BYTES = 1024 * RECORD_BYTES
#: Empty looks between two checks that the name still means the file that is open.
_LOOKS_PER_CHECK = 8


class JournalTail:
    """Follows one journal. Costs one ``pread`` a look when nothing is new.

    ``mark`` is text to persist; a tail made with it goes on behind the last record it gave. If the journal was
    rewritten meanwhile (after a power cut) so that the mark's record is no longer there, the tail begins at the
    start again and ``restarted`` is True for that look: the reader then replaces what it knew of this file.
    """

    def __init__(self, path: Path, mark: str = "") -> None:
        self._path = path
        self._fd: int | None = None
        self._position, self._last_crc = _parse_mark(mark)
        self._idle_looks = 0
        #: Whether the last look began at the start again.
        self.restarted = False

    @property
    def mark(self) -> str:
        return f"{self._position}:{self._last_crc.hex()}"

    def read_new(self) -> list[Record]:
        """Records since the last call; empty when there are none, or no file yet. Raises Unavailable."""
        self.restarted = False
        try:
            if self._fd is None and not self._open():
                return []
            records = self._read()
            if records:
                self._idle_looks = 0
            else:
                self._idle_looks += 1
                if self._idle_looks % _LOOKS_PER_CHECK == 0 and self._was_replaced():
                    self.close()
                    return self._read() if self._open() else []
        except OSError as error:
            raise Unavailable(f"couldn't read {self._path.name}: {error.strerror}", code="read_failed") from error
        return records

    def close(self) -> None:
        """Let go of the file; the next look opens it again and goes on."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _open(self) -> bool:
        try:
            self._fd = open_plain(self._path)
        except (FileNotFoundError, NotPlainError):
            return False
        if self._position and self._crc_before(self._position) != self._last_crc:
            self._position, self._last_crc, self.restarted = 0, b"", True
        return True

    def _crc_before(self, position: int) -> bytes:
        assert self._fd is not None, "opened by the caller"
        return os.pread(self._fd, 4, position - 4)

    def _read(self) -> list[Record]:
        assert self._fd is not None, "opened by the caller"
        records: list[Record] = []
        while True:
            raw = os.pread(self._fd, _CHUNK_BYTES, self._position)
            found = list(read_records(raw))
            if found:
                records += found
                end = len(found) * RECORD_BYTES
                self._position += end
                self._last_crc = raw[end - 4 : end]
            if len(found) * RECORD_BYTES < _CHUNK_BYTES:
                return records

    def _was_replaced(self) -> bool:
        assert self._fd is not None, "opened by the caller"
        try:
            now = self._path.stat()
        except FileNotFoundError:
            return False  # expired: what is open stays readable
        opened = os.fstat(self._fd)
        return (now.st_dev, now.st_ino) != (opened.st_dev, opened.st_ino)


def _parse_mark(mark: str) -> tuple[int, bytes]:
    if not mark:
        return 0, b""
    position_text, _, crc_text = mark.partition(":")
    try:
        position, crc = int(position_text), bytes.fromhex(crc_text)
    except ValueError as error:
        raise InvalidInput(f"couldn't use {mark!r} as a mark of a journal", code="journal_mark") from error
    if position < 0 or position % RECORD_BYTES or len(crc) != (4 if position else 0):
        raise InvalidInput(f"couldn't use {mark!r} as a mark of a journal", code="journal_mark")
    return position, crc
