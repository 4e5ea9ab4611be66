"""A recording being written: its file and its journal, one fragment at a time.

Laws: the file is only ever appended to; a journal record is written only after the bytes it points to; CLOSE is
written only after those bytes are on disk; seals tile the file from byte 0 to the size in CLOSE without a hole,
each cut before a keyframe. A writer whose disk refused a byte is *failed*: it takes no more fragments, and
``close`` does what is still possible. Whatever is missing then, ``adoption`` completes at the next start.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

from haidang.core.errors import Conflict, Unavailable
from haidang.core.isobmff import Sample, fragment, init_segment
from haidang.core.journal import Close, CloseReason, Fragment, FragmentFlag, Open, Seal
from haidang.core.layout import RecordingName, Stream, day_folder
from haidang.core.units import Pts90k, WallUs
from haidang.core.video import VideoFormat
from haidang.storage.file_ops import FileOps, append_all, refusal
from haidang.storage.journal_file import JournalFile
from haidang.storage.seal_rule import SealRule

__all__ = ["RecordingWriter"]

_MILLISECOND_US = 1000
_MAX_LOST = 0xFFFF


class RecordingWriter:
    """One open recording file. Not thread-safe but for ``sync``, which another thread may call at any time."""

    def __init__(
        self,
        root: Path,
        name: RecordingName,
        fd: int,
        journal: JournalFile,
        init: bytes,
        *,
        ops: FileOps,
        seal_s: float,
    ) -> None:
        self._root = root
        self.name = name
        #: The disk refused something: no more fragments; close it and start another.
        self.failed = False
        #: End of the last whole fragment.
        self.size_bytes = len(init)
        self._fd = fd
        self._journal = journal
        self._ops = ops
        self._fragments = 0
        self._seals = 0
        self._sealed_bytes = 0
        self._unsealed = hashlib.sha256(init)
        self._seal_rule = SealRule(seal_s)
        self._closed = False
        #: After one failed sync, a later success proves nothing: the kernel may have dropped the pages.
        self._sync_failed = False
        #: Held while the descriptors must not be closed.
        self._syncing = threading.Lock()

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

        Order: folder; file; init segment; journal; OPEN; sync file, journal, folder. A crash before the init
        segment leaves an unusable file, one after it a recording without pictures: adoption takes either.
        """
        init = init_segment(video)
        name = _free_name(root, RecordingName(site, camera, WallUs(now - now % _MILLISECOND_US), stream))
        opened = Open(
            video.codec, video.width_px, video.height_px, len(init), name.started_at, position_90k, sequence=sequence
        )
        descriptors: list[int] = []
        try:
            folder = root / day_folder(site, camera, name.started_at)
            ops.make_folder(folder)
            fd = ops.create_recording(root / name.media_path)
            descriptors.append(fd)
            append_all(ops, fd, [init])
            journal_fd = ops.create_journal(root / name.journal_path)
            descriptors.append(journal_fd)
            journal = JournalFile(ops, journal_fd)
            journal.append(opened)
            ops.sync(fd)
            journal.sync()
            ops.sync_folder(folder)
        except OSError as error:
            for descriptor in descriptors:
                _close_quietly(ops, descriptor)
            raise refusal(error, f"start the recording {name.media_path}") from error
        return cls(root, name, fd, journal, init, ops=ops, seal_s=seal_s)

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
        Raises Unavailable (``disk_full``, ``write_failed``); then the writer is failed.

        Order: SEAL of what is before it, if due; fragment; FRAGMENT. A crash between the last two leaves a whole
        fragment that adoption indexes; a refusal inside the fragment leaves bytes that nothing points to.
        """
        if self.failed or self._closed:
            raise Conflict(f"couldn't append to {self.name.media_path}: it has ended", code="recording_ended")
        pieces = fragment(self._fragments, base_dts_90k, samples)
        record = Fragment(
            self.size_bytes, sum(map(len, pieces)), base_dts_90k, sum(sample.duration_90k for sample in samples),
            received_at, captured_at, len(samples), _flags(keyframe=keyframe, lost_packets=lost_packets),
            min(lost_packets, _MAX_LOST),
        )  # fmt: skip
        try:
            if self._seal_rule.cuts_before(base_dts_90k, keyframe=keyframe):
                self._seal()
            append_all(self._ops, self._fd, pieces)
            self._count(pieces, record)
            self._journal.append(record)
        except OSError as error:
            self.failed = True
            raise refusal(error, f"append to {self.name.media_path}") from error
        return record

    def _count(self, pieces: Sequence[bytes], record: Fragment) -> None:
        for piece in pieces:
            self._unsealed.update(piece)
        self.size_bytes += record.size_bytes
        self._fragments += 1

    def seal(self) -> Seal | None:
        """Seal what is not sealed yet (None: nothing new). ``append`` and ``close`` call it when it is due."""
        try:
            return self._seal()
        except OSError as error:
            self.failed = True
            raise refusal(error, f"seal {self.name.media_path}") from error

    def _seal(self) -> Seal | None:
        size_bytes = self.size_bytes - self._sealed_bytes
        if not size_bytes:
            return None
        record = Seal(self._sealed_bytes, size_bytes, self._unsealed.digest(), self._seals)
        self._sealed_bytes = self.size_bytes
        self._seals += 1
        self._unsealed = hashlib.sha256()
        self._journal.append(record)
        return record

    def sync(self) -> None:
        """Make everything appended so far survive a power cut. From any thread. Raises Unavailable; then failed.

        Order: file, journal. A power cut between them loses index that adoption rebuilds. A file or journal that was
        removed, moved or replaced meanwhile fails too (``recording_removed``): nothing is recorded into nowhere.
        """
        with self._syncing:
            if self._closed:
                return
            try:
                self._ops.sync(self._fd)
                self._journal.sync()
                self._check_names()
            except OSError as error:
                self.failed = self._sync_failed = True
                raise refusal(error, f"sync {self.name.media_path}") from error

    def _check_names(self) -> None:
        for fd, name in ((self._fd, self.name.media_path), (self._journal.fd, self.name.journal_path)):
            if not self._ops.is_at(fd, self._root / name):
                self.failed = True
                raise Unavailable(f"couldn't go on with {name}: somebody took it away", code="recording_removed")

    def close(self, reason: CloseReason, now: WallUs) -> None:
        """Seal, sync, CLOSE, sync (waits for the disk: call off the loop). Never raises; twice is as good as once.

        What the disk does not take leaves ``failed`` set and the journal without CLOSE: adoption completes it.

        Order: owed records and SEAL; sync file, journal; CLOSE; sync journal. So CLOSE on disk means that all
        before it is on disk, and a start need not look at closed recordings again.
        """
        with self._syncing:
            if self._closed:
                return
            self._closed = True
            try:
                self._seal()
                self._ops.sync(self._fd)
                self._journal.sync()
                if not self._sync_failed:
                    self._journal.append(Close(reason, self.size_bytes, now))
                    self._journal.sync()
            except OSError:
                self.failed = True
            finally:
                _close_quietly(self._ops, self._fd)
                _close_quietly(self._ops, self._journal.fd)


def _free_name(root: Path, name: RecordingName) -> RecordingName:
    """The name, or the next millisecond whose name is not taken."""
    while (root / name.media_path).exists() or (root / name.journal_path).exists():
        name = RecordingName(name.site, name.camera, WallUs(name.started_at + _MILLISECOND_US), name.stream)
    return name


def _flags(*, keyframe: bool, lost_packets: int) -> FragmentFlag:
    flags = FragmentFlag.KEYFRAME if keyframe else FragmentFlag(0)
    return flags | FragmentFlag.LOSS_BEFORE if lost_packets else flags


def _close_quietly(ops: FileOps, fd: int) -> bool:
    """Whether the system took the close without an error. All that mattered was synced before, or has failed."""
    try:
        ops.close(fd)
    except OSError:
        return False
    return True
