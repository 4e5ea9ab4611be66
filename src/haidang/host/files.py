"""Small files that others read while they change: replaced whole, never written into."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["replace_file"]


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


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
