"""After a crash: make journals say again what their files hold. Never deletes or truncates a recording."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from haidang.core.layout import RecordingName, Stream
from haidang.core.units import WallUs
from haidang.storage.file_ops import FileOps

__all__ = ["Adopted", "adopt"]


@dataclass(frozen=True, slots=True)
class Adopted:
    """One recording that had no CLOSE."""

    name: RecordingName
    #: End of its last picture: the gap RECORDER_STOPPED begins here.
    ended_at: WallUs
    #: Fragments that the journal lacked and the file had.
    indexed_fragments: int
    #: Journal records that pointed past the end of the file (after a power cut), or were torn.
    dropped_records: int
    #: Bytes behind the last whole fragment; they stay in the file.
    unindexed_bytes: int
    #: "" = adopted; ``unusable`` = no initialisation segment (kept as it is); else the code of the disk's refusal.
    problem: str = ""


def adopt(
    root: Path, site: str, camera: str, stream: Stream, *, now: WallUs, ops: FileOps, seal_s: float = 10.0
) -> list[Adopted]:
    """Complete what a crash left of one camera stream that nobody is recording now; oldest first. Never raises."""
    raise NotImplementedError
