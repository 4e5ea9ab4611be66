"""Files below the recordings' root as they may lie there: whoever is root can put a pipe or a device in their place.

Law: nothing is opened that could be waited for, and nothing longer than its kind can be is read.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

__all__ = ["MOST_JOURNAL_BYTES", "NotPlainError", "open_plain", "read_plain"]

#: A day of fragments of a quarter of a second, with room.
MOST_JOURNAL_BYTES = 64 * 1024 * 1024


class NotPlainError(OSError):
    """There is something of that name, and it is no plain file of a size that can be."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EINVAL, "not a plain file", str(path))


def open_plain(path: Path) -> int:
    """A descriptor for reading. Raises NotPlainError or another OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise NotPlainError(path)


def read_plain(path: Path, most_bytes: int = MOST_JOURNAL_BYTES) -> bytes:
    """All of it. Raises NotPlainError or another OSError."""
    with os.fdopen(open_plain(path), "rb") as file:
        if os.fstat(file.fileno()).st_size > most_bytes:
            raise NotPlainError(path)
        return file.read(most_bytes)
