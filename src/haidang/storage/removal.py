"""Taking a recording away, which nothing else in this project does: only the keeper calls it, by an expiry's row.

Laws: exactly the two files of one name, each a plain file in its own folder below the root, never through a link.
Order: unlink the pictures; sync the folder; unlink the journal; sync the folder. So a crash leaves a recording whole,
or a journal without pictures, never pictures that nothing explains; doing it again finishes it. The descriptor that was
open before tells whether the bytes have no name left.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Literal, Protocol

from haidang.core.layout import RecordingName
from haidang.storage.file_ops import refusal

__all__ = ["RealRemovalOps", "RemovalFault", "RemovalOps", "remove_journal", "remove_recording"]

#: linked: the bytes have another name on this disk, and are not gone. not_ours: no plain file in its own folder.
RemovalFault = Literal["", "linked", "not_ours"]


class RemovalOps(Protocol):
    """What removal does to a disk. Each is one step; both raise OSError."""

    def unlink(self, path: Path) -> None:
        """The name is gone; one that is not there is what was wanted."""

    def sync_folder(self, path: Path) -> None:
        """Names in the folder are on disk when this returns."""


class RealRemovalOps:
    """The operating system's."""

    def unlink(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def sync_folder(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_recording(root: Path, name: RecordingName, *, keep_journal: bool, ops: RemovalOps) -> RemovalFault:
    """Take the recording away. Raises Unavailable (``write_failed``): then nobody knows, and it must be done again."""
    try:
        fault = _remove(root, name.media_path, ops)
        if fault != "not_ours" and not keep_journal:
            _remove(root, name.journal_path, ops)
    except OSError as error:
        raise refusal(error, f"take away {name.media_path}") from error
    return fault


def remove_journal(root: Path, name: RecordingName, *, ops: RemovalOps) -> RemovalFault:
    """Take away a journal that was left. Raises as ``remove_recording``."""
    try:
        return _remove(root, name.journal_path, ops)
    except OSError as error:
        raise refusal(error, f"take away {name.journal_path}") from error


def _remove(root: Path, path: str, ops: RemovalOps) -> RemovalFault:
    target = root / path
    if target.parent.resolve() != root.resolve() / Path(path).parent:
        return "not_ours"
    try:
        held = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        if target.parent.is_dir():
            ops.sync_folder(target.parent)  # a crash may have come before it
        return ""
    except OSError:
        if target.is_symlink():
            return "not_ours"
        raise
    try:
        if not stat.S_ISREG(os.fstat(held).st_mode):
            return "not_ours"
        ops.unlink(target)
        ops.sync_folder(target.parent)
        return "linked" if os.fstat(held).st_nlink else ""
    finally:
        os.close(held)
