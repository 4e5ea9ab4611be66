"""The journal of gaps of one camera stream: since when there is no picture, and why."""

from __future__ import annotations

from pathlib import Path

from haidang.core.journal import GapOpen, GapReason
from haidang.core.layout import Stream
from haidang.core.units import WallUs
from haidang.storage.file_ops import FileOps

__all__ = ["GapWriter", "open_gaps"]


class GapWriter:
    """Writes gaps; one is open at most. A gap's both records lie in the folder of the UTC day it began.

    A new writer continues the gap that an earlier process left open.
    """

    #: The gap that is going on.
    current: GapOpen | None

    def __init__(self, root: Path, site: str, camera: str, stream: Stream, *, ops: FileOps) -> None:
        raise NotImplementedError

    def open(self, reason: GapReason, started_at: WallUs, detail: str = "") -> GapOpen:
        """Begin a gap, or give the one that is going on. Waits for the disk. Raises Unavailable."""
        raise NotImplementedError

    def close(self, ended_at: WallUs, reason: GapReason | None = None) -> None:
        """End the gap; ``reason`` replaces the opening guess. Nothing to do when none is open. Waits for the disk."""
        raise NotImplementedError


def open_gaps(root: Path, site: str, camera: str, stream: Stream) -> list[GapOpen]:
    """The gaps that were begun and not ended (at most one)."""
    raise NotImplementedError
