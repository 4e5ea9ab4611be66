"""Every durable step by its name, so that tests can make each one fail and pull the plug after each one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

__all__ = ["FileOps", "RealFileOps"]


class FileOps(Protocol):
    """What storage does to a disk. Each method is one step; all raise OSError."""

    def make_folder(self, path: Path) -> None:
        """Create the folder and its missing parents, each on disk when this returns."""

    def create(self, path: Path) -> int:
        """A new file for appending only; FileExistsError if the name is taken. Returns its descriptor."""

    def open_journal(self, path: Path) -> int:
        """The existing or new journal, for writing at given places."""

    def append(self, fd: int, pieces: Sequence[bytes | memoryview]) -> int:
        """Write at the end of the file; the number of bytes taken, which may be fewer than given."""

    def write_at(self, fd: int, data: bytes, offset: int) -> int:
        """Write at a place of a journal; the number of bytes taken."""

    def sync(self, fd: int) -> None:
        """Bytes and size of the file are on disk when this returns (fdatasync)."""

    def sync_folder(self, path: Path) -> None:
        """Names in the folder are on disk when this returns."""

    def replace(self, path: Path, data: bytes) -> None:
        """Put a journal in place of another in one step: write beside it, sync, rename, sync the folder."""

    def close(self, fd: int) -> None: ...


class RealFileOps:
    """The operating system's."""
