"""Every durable step by its name, so that tests can make each one fail and pull the plug after each one.

Reading is not here: it changes nothing, and its errors are handled where it happens.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from haidang.core.errors import Unavailable

__all__ = ["FileOps", "RealFileOps", "append_all", "refusal", "write_all_at"]

#: Owner writes, group may read (a backup user); nobody else.
_FILE_MODE = 0o640
_FOLDER_MODE = 0o750
#: The kernel takes at most this many pieces in one writev (IOV_MAX on Linux).
_MAX_PIECES = 1024


class FileOps(Protocol):
    """What storage does to a disk. Each method is one step; all raise OSError."""

    def make_folder(self, path: Path) -> None:
        """Create the folder and its missing parents, each on disk when this returns."""

    def create_recording(self, path: Path) -> int:
        """A new file that can only be appended to; FileExistsError if the name is taken. Returns its descriptor."""

    def create_journal(self, path: Path) -> int:
        """A new journal; FileExistsError if the name is taken."""

    def open_journal(self, path: Path) -> int:
        """The journal for writing at given places; a new one if there is none."""

    def open_recording(self, path: Path) -> int:
        """An existing recording, for reading and syncing."""

    def append(self, fd: int, pieces: Sequence[bytes]) -> int:
        """Write at the end of a recording; the number of bytes taken, which may be fewer than given."""

    def write_at(self, fd: int, data: bytes, offset: int) -> int:
        """Write at a place of a journal; the number of bytes taken."""

    def sync(self, fd: int) -> None:
        """Bytes and size of the file are on disk when this returns (fdatasync)."""

    def sync_folder(self, path: Path) -> None:
        """Names in the folder are on disk when this returns."""

    def is_at(self, fd: int, path: Path) -> bool:
        """Whether ``path`` still names the open file: nobody removed, moved or replaced it."""

    def replace(self, path: Path, data: bytes) -> None:
        """Put a whole journal in place of another, or of none, in one step that a crash cannot halve."""

    def close(self, fd: int) -> None: ...


class RealFileOps:
    """The operating system's."""

    def make_folder(self, path: Path) -> None:
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
            self.sync_folder(folder.parent)

    def create_recording(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, _FILE_MODE)

    def create_journal(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)

    def open_journal(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT, _FILE_MODE)

    def open_recording(self, path: Path) -> int:
        return os.open(path, os.O_RDONLY)

    def append(self, fd: int, pieces: Sequence[bytes]) -> int:
        return os.writev(fd, pieces)

    def write_at(self, fd: int, data: bytes, offset: int) -> int:
        return os.pwrite(fd, data, offset)

    def sync(self, fd: int) -> None:
        os.fdatasync(fd)

    def sync_folder(self, path: Path) -> None:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def replace(self, path: Path, data: bytes) -> None:
        beside = path.with_name(path.name + ".new")
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE_MODE)
        try:
            write_all_at(self, fd, data, 0)
            os.fsync(fd)
        finally:
            os.close(fd)
        beside.replace(path)
        self.sync_folder(path.parent)

    def is_at(self, fd: int, path: Path) -> bool:
        try:
            return os.path.samestat(os.fstat(fd), path.stat())
        except (FileNotFoundError, NotADirectoryError):
            return False

    def close(self, fd: int) -> None:
        os.close(fd)


def append_all(ops: FileOps, fd: int, pieces: Sequence[bytes]) -> None:
    """Append every byte: one call, and more only after a short write."""
    if len(pieces) > _MAX_PIECES:
        pieces = [b"".join(pieces)]
    left = sum(map(len, pieces)) - ops.append(fd, pieces)
    if left:
        rest = b"".join(pieces)[-left:]
        while rest:
            rest = rest[ops.append(fd, [rest]) :]


def write_all_at(ops: FileOps, fd: int, data: bytes, offset: int) -> None:
    """Write every byte from ``offset`` on."""
    while data:
        taken = ops.write_at(fd, data, offset)
        data, offset = data[taken:], offset + taken


def refusal(error: OSError, what: str) -> Unavailable:
    """What the disk said, as this project's error: ``disk_full`` or ``write_failed``."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return Unavailable(f"couldn't {what}: {error.strerror or error}", code="disk_full" if full else "write_failed")
