"""Small files: what others read while it changes is replaced whole, and a secret is read only while it is one."""

from __future__ import annotations

import os
from pathlib import Path

from haidang.core.errors import Unavailable

__all__ = ["read_private", "replace_file"]


def replace_file(path: Path, content: bytes, *, mode: int, durable: bool) -> None:
    """Order: write beside, (sync,) rename, (sync the folder). A reader or a crash meets the old file or the new one.

    ``durable``: also after a power cut; not for what a start writes anew anyway. The folder must exist. Raises OSError.
    """
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)  # whatever the umask, and whatever a crash left beside
        file.write(content)
        if durable:
            file.flush()
            os.fsync(descriptor)
    beside.replace(path)
    if durable:
        _sync_folder(path.parent)


def read_private(path: Path) -> bytes:
    """A secret's bytes. Raises OSError, or Unavailable (``key_open``): what others may read is none."""
    with path.open("rb") as file:
        status = os.fstat(file.fileno())  # of what is read, not of what has that name a moment later
        if status.st_uid != os.geteuid():
            raise Unavailable(
                f"{path} belongs to user {status.st_uid}, and user {os.geteuid()} asks: run as its owner, or chown it",
                code="key_open",
            )
        if status.st_mode & 0o077:
            raise Unavailable(f"{path} can be read by others: chmod 600 {path}", code="key_open")
        return file.read()


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
