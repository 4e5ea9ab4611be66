"""Entries of the log of recordings into the ledger: files with their seals folded, gaps, holes in time, chains.

Each stream's entries count up and name the hash of the one before; after entries that were lost the chain is taken up
again where it goes on. A hole between two seals longer than ``JOIN_US`` waits for a gap to explain it.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from haidang.core.errors import CorruptData, InvalidInput
from haidang.core.findings import Finding
from haidang.core.layout import RecordingName, check_slug, check_stream
from haidang.core.log_entries import (
    NO_LINK,
    ClockStep,
    Drift,
    Entry,
    Expired,
    FileEnd,
    Gap,
    Sealed,
    Tick,
    entry_of,
    link_of,
)
from haidang.core.retention import DAY_US
from haidang.core.timeline import JOIN_US
from haidang.core.units import WallUs
from haidang.reconcile.log_pass import LOST
from haidang.reconcile.scratch import LoggedFile, LoggedGap, Scratch, fold
from haidang.reconcile.times import Times

__all__ = ["Ledger"]

#: What of a recording's end may lie behind its last seal, where the disk failed.
_UNSEALED_US = 60_000_000
#: In the words of a retention's rule (footage.expiring).
_DAYS = re.compile(r" (\d{1,6}) days\b", re.ASCII)


@dataclass(slots=True)
class _Stream:
    """``file`` "" between two; ``at_us`` is how far the stream is recorded, 0 before its first picture."""

    camera: str
    stream: str
    number: int = 0
    previous: str = NO_LINK.hex()
    #: Entries of it may have been lost: the chain is taken up where it goes on.
    resync: bool = False
    #: Seals of the present file may have been lost: its digest is none.
    damaged: bool = False
    at_us: int = 0
    file: str = ""
    from_us: int = 0
    to_us: int = 0
    size_bytes: int = 0
    seals: int = 0
    digest: str = NO_LINK.hex()
    first_index: int = 0
    last_index: int = 0


class Ledger:
    """Takes every entry in order."""

    def __init__(self, scratch: Scratch, state: str = "") -> None:
        said = json.loads(state) if state else {"streams": [], "times": None, "lost": False, "reworded": []}
        self._scratch, self._lost = scratch, bool(said["lost"])
        self._streams = {(each["camera"], each["stream"]): _Stream(**each) for each in said["streams"]}
        self.times = Times(scratch.report, said["times"])
        #: Gaps that had ended and were told anew long after: what they were before.
        self._reworded = {tuple(key): tuple(word) for key, word in said["reworded"]}

    @property
    def state(self) -> str:
        return json.dumps(
            {
                "streams": [asdict(each) for each in self._streams.values()],
                "times": self.times.state,
                "lost": self._lost,
                "reworded": list(self._reworded.items()),
            }
        )

    def take(self, first: int, entries: list[bytes] | None) -> None:
        """A bundle's entries, ``first`` the number of the first of them; None if the bundle is lost."""
        if entries is None:
            self._lose()
            return
        for index, data in enumerate(entries, first):
            if data == LOST:
                self._lose()
                continue
            try:
                entry = entry_of(data)
                _check_names(entry)
            except (CorruptData, InvalidInput):
                self._scratch.report(Finding("log_entry", facts={"log": "record", "index": index}))
                continue
            self._take(index, entry, data)

    def finish(self) -> None:
        """Recordings whose end is not logged yet."""
        for stream in self._streams.values():
            self._put(stream, "")
        for camera, stream_name, from_us in self._reworded:
            now = self._scratch.gap(camera, stream_name, from_us)
            if now is not None:
                self.times.told_late(now, now.to_us)
        self.times.finish()

    def last_at(self, camera: str, stream: str) -> int:
        """Until when a stream is recorded."""
        found = self._streams.get((camera, stream))
        return found.at_us if found else 0

    def _lose(self) -> None:
        self._lost = True
        for stream in self._streams.values():
            stream.resync = stream.damaged = True

    def _take(self, index: int, entry: Entry, data: bytes) -> None:
        match entry:
            case Sealed() | FileEnd() | Gap():
                key = entry.camera, entry.stream
                if key not in self._streams:
                    self._streams[key] = _Stream(*key, resync=self._lost, damaged=self._lost)
                stream = self._streams[key]
                self._link(stream, entry, data, index)
                stream.last_index = index
                self._of_stream(stream, entry, index)
            case Tick():
                self.times.tick(index, entry)
            case ClockStep():
                self.times.stepped(entry)
            case Drift():
                self._scratch.report(
                    Finding(
                        "camera_clock", "", entry.camera, entry.stream, "", entry.received_us, entry.received_us,
                        {"seconds": round((entry.captured_us - entry.received_us) / 1_000_000)},
                    )
                )  # fmt: skip
            case Expired():
                self._expire(entry)

    def _of_stream(self, stream: _Stream, entry: Sealed | FileEnd | Gap, index: int) -> None:
        match entry:
            case Sealed():
                self._seal(stream, entry, index)
            case FileEnd():
                self._end(stream, entry, index)
            case Gap():
                self._gap(entry)

    def _link(self, stream: _Stream, entry: Sealed | FileEnd | Gap, data: bytes, index: int) -> None:
        if not stream.resync and (entry.number, entry.previous.hex()) != (stream.number, stream.previous):
            self._scratch.report(
                Finding(
                    "chain_broken", camera=entry.camera, stream=entry.stream,
                    facts={"index": index, "number": entry.number, "expected": stream.number},
                )
            )  # fmt: skip
        stream.number, stream.previous, stream.resync = entry.number + 1, link_of(data).hex(), False

    def _seal(self, stream: _Stream, entry: Sealed, index: int) -> None:
        if entry.file != stream.file:
            self._next(stream, entry.file, index)
        elif entry.offset_bytes == 0 and stream.seals:
            self._scratch.report(_of_file("journal_rewritten", stream))
            self._scratch.put_rewritten(stream.file, stream.first_index, index - 1)
            self._begin(stream, entry.file, index)
        if entry.offset_bytes != stream.size_bytes and not stream.damaged:
            self._scratch.report(_of_file("seals_broken", stream, index=index))
        has_pictures = entry.to_us > entry.from_us
        span = (entry.from_us, entry.to_us) if has_pictures else (0, 0)
        digest = fold(bytes.fromhex(stream.digest), entry.offset_bytes, entry.size_bytes, entry.sha256, span)
        stream.digest, stream.seals = digest.hex(), stream.seals + 1
        stream.size_bytes = entry.offset_bytes + entry.size_bytes
        if has_pictures:
            if stream.at_us and not stream.damaged and entry.from_us > stream.at_us + JOIN_US:
                self._scratch.put_hole(stream.camera, stream.stream, stream.at_us, entry.from_us)
            stream.at_us = max(stream.at_us, entry.to_us)
            stream.from_us, stream.to_us = stream.from_us or entry.from_us, entry.to_us

    def _end(self, stream: _Stream, entry: FileEnd, index: int) -> None:
        if entry.file != stream.file:  # one that was never sealed: nothing of it was promised
            self._next(stream, entry.file, index)
        if entry.size_bytes != stream.size_bytes and not stream.damaged:
            self._scratch.report(_of_file("seals_broken", stream, index=index))
        stream.size_bytes = entry.size_bytes
        self._put(stream, entry.reason)
        stream.damaged = False

    def _next(self, stream: _Stream, path: str, index: int) -> None:
        """Another recording. Nobody but who sets the log's state back has one logged that was left behind."""
        self._put(stream, "")
        self._begin(stream, path, index)
        if self._scratch.file(path) is not None:
            self._scratch.report(_of_file("sealed_again", stream, index=index))

    @staticmethod
    def _begin(stream: _Stream, path: str, index: int) -> None:
        stream.file, stream.from_us, stream.to_us, stream.size_bytes = path, 0, 0, 0
        stream.seals, stream.digest, stream.first_index = 0, NO_LINK.hex(), index

    def _put(self, stream: _Stream, reason: str) -> None:
        if stream.file:
            self._scratch.put_file(
                LoggedFile(
                    stream.file, stream.camera, stream.stream, WallUs(stream.from_us), WallUs(stream.to_us),
                    stream.size_bytes, stream.seals, b"" if stream.damaged else bytes.fromhex(stream.digest), reason,
                    stream.first_index, stream.last_index,
                )
            )  # fmt: skip
        stream.file = ""

    def _gap(self, entry: Gap) -> None:
        known = self._scratch.gap(entry.camera, entry.stream, entry.from_us)
        key = entry.camera, entry.stream, entry.from_us
        if known is None:
            self.times.gap(entry)
        elif known.to_us or key in self._reworded:  # while it is open, its cause may become better known
            ended = self._reworded.pop(key, (known.to_us, known.reason))
            if ended != (entry.to_us, entry.reason) and self.times.is_late(ended[0]):
                self._reworded[key] = ended
        self._scratch.put_gap(LoggedGap(entry.camera, entry.stream, entry.from_us, entry.to_us, entry.reason))

    def _expire(self, entry: Expired) -> None:
        kind = "emergency_expiry" if entry.reason == "emergency" else ""
        file = self._scratch.file(entry.file)
        if not self._scratch.expire(entry.file, self.times.now_us):
            kind = "expired_unknown"
        elif file is not None and file.seals and file.digest and self._is_early(entry, file):
            kind = "expired_early"
        if kind:
            self._scratch.report(
                Finding(
                    kind, entry.file.partition("/")[0], entry.camera, entry.stream, entry.file, entry.from_us,
                    entry.to_us, {"policy": entry.policy},
                )
            )  # fmt: skip

    def _is_early(self, entry: Expired, file: LoggedFile) -> bool:
        """Whether it says other times than the seals, or is younger than the days of the rule that it names."""
        if abs(entry.to_us - file.to_us) > _UNSEALED_US:
            return True
        days = _DAYS.search(entry.policy)
        period_us = int(days[1]) * DAY_US if days else self.times.now_us
        return entry.reason != "emergency" and file.to_us > self.times.now_us - period_us


def _check_names(entry: Entry) -> None:
    """Raises InvalidInput for one that names no camera stream, or no recording of its own."""
    if isinstance(entry, Sealed | FileEnd | Gap | Drift | Expired):
        check_stream(entry.stream)
    if isinstance(entry, Gap | Drift):
        check_slug(entry.camera, "a camera id")
    elif isinstance(entry, Sealed | FileEnd | Expired):
        name = RecordingName.parse(entry.file)
        if (name.camera, name.stream, name.media_path) != (entry.camera, entry.stream, entry.file):
            raise InvalidInput("that is no recording of that camera stream", code="invalid_recording_path")


def _of_file(kind: str, stream: _Stream, *, index: int | None = None) -> Finding:
    facts: dict[str, str | int] = {} if index is None else {"index": index}
    return Finding(
        kind, stream.file.partition("/")[0], stream.camera, stream.stream, stream.file, WallUs(stream.from_us),
        WallUs(stream.to_us), facts,
    )  # fmt: skip
