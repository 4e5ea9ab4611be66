"""A recording being written: its file and its journal, one fragment at a time.

Laws: the file is only ever appended to; a journal record is written only after the bytes it points to; seals
tile the file from byte 0 to the size in CLOSE without a hole, each cut before a keyframe. A writer whose
disk refused a byte is *failed*: it takes no more fragments, and ``close`` does what is still possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from haidang.core.isobmff import Sample
from haidang.core.journal import CloseReason, Fragment, Seal
from haidang.core.layout import RecordingName, Stream
from haidang.core.units import Pts90k, WallUs
from haidang.core.video import VideoFormat
from haidang.storage.file_ops import FileOps

__all__ = ["RecordingWriter"]


class RecordingWriter:
    """One open recording file. Not thread-safe but for ``sync``, which another thread may call at any time."""

    name: RecordingName
    failed: bool
    size_bytes: int

    @classmethod
    def create(
        cls,
        root: Path,
        site: str,
        camera: str,
        stream: Stream,
        video: VideoFormat,
        *,
        position_90k: Pts90k,
        sequence: int,
        now: WallUs,
        ops: FileOps,
        seal_s: float = 10.0,
    ) -> RecordingWriter:
        """Start a new file and journal; both are on disk when this returns (it waits for fsync: call off the loop).

        A name that is taken moves to the next millisecond. Raises Unavailable (``disk_full``, ``write_failed``).
        """
        raise NotImplementedError

    def append(
        self,
        samples: Sequence[Sample],
        base_dts_90k: Pts90k,
        *,
        received_at: WallUs,
        captured_at: WallUs | None,
        keyframe: bool,
        lost_packets: int,
    ) -> Fragment:
        """Write one fragment, then its journal record. ``base_dts_90k`` counts from this file's start (the first is 0).

        ``received_at`` is when its first picture arrived. Seals by itself before a keyframe when due.
        Raises Unavailable (``disk_full``, ``write_failed``); then the writer is failed: close it, start another.
        """
        raise NotImplementedError

    def seal(self) -> Seal | None:
        """Seal what is not sealed yet (None: nothing new). ``append`` and ``close`` call it when it is due."""
        raise NotImplementedError

    def sync(self) -> None:
        """Make everything appended so far survive a power cut. From any thread. Raises Unavailable; then failed."""
        raise NotImplementedError

    def close(self, reason: CloseReason, now: WallUs) -> None:
        """Seal, write CLOSE, sync (waits for the disk: call off the loop). Never raises; twice is as good as once.

        What a full or broken disk does not take, ``adopt`` completes at the next start.
        """
        raise NotImplementedError
