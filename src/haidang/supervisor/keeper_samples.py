"""Samples: the keeper hashes the sealed bytes that a witness asked for, and the log answers.

Laws: hashing has a loop of its own, so a slow disk holds up no log; a few seals a round, read in pieces. A disk that
cannot be read is no answer: the question stays open, and the witness says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from haidang.core.errors import CorruptData, NotFound
from haidang.core.host import RECORD_LOG
from haidang.core.layout import RecordingName
from haidang.core.log_entries import Checked, Entry, Sealed, entry_of
from haidang.core.units import WallUs
from haidang.footage.actions import keep_finding, note_answers
from haidang.footage.expiring import has_expired
from haidang.footage.models import Sample
from haidang.host.signers import log_key
from haidang.storage.log_reader import LogReader
from haidang.supervisor.keeper_log import MAX_WAITING

__all__ = ["SampleAnswers", "SampleChecker", "check_seal"]

log = structlog.get_logger("keeper.samples")
_AT_ONCE = 16
_PIECE_BYTES = 1024 * 1024
_NOTHING = bytes(32)


@dataclass(frozen=True, slots=True)
class SampleChecker:
    """Looks for what open questions ask."""

    home: Path
    root: Path

    def run_once(self, now: WallUs) -> int:
        """How many questions have a finding now. Raises what database and log raise."""
        waiting = list(Sample.objects.filter(found="").order_by("pk")[:_AT_ONCE])
        if not waiting:
            return 0
        reader, count = LogReader(self.home / RECORD_LOG, log_key(self.home)), 0
        for sample in waiting:
            try:
                found, sha256 = self._look(reader, sample.entry)
            except OSError:
                log.exception("sealed bytes not read", entry=sample.entry)
                continue
            if found not in ("ok", "expired"):
                log.error("sample not as sealed", entry=sample.entry, found=found)
            keep_finding(sample, found, sha256, now=now)
            count += 1
        return count

    def _look(self, reader: LogReader, index: int) -> tuple[str, bytes]:
        try:
            entry = entry_of(reader.entry(index))
        except (NotFound, CorruptData):
            return "no_seal", _NOTHING
        if not isinstance(entry, Sealed):
            return "no_seal", _NOTHING
        found, sha256 = check_seal(self.root, entry)
        return ("expired", _NOTHING) if found == "missing" and has_expired(entry.file) else (found, sha256)


@dataclass(frozen=True, slots=True)
class SampleAnswers:
    """The outbox of findings."""

    def waiting(self, now: WallUs) -> Sequence[Entry]:
        del now
        rows = Sample.objects.filter(answered_in=None).exclude(found="").order_by("pk")[:MAX_WAITING]
        return [
            Checked(row.entry, bytes.fromhex(row.sha256), row.found, WallUs(row.checked_at or row.asked_at))
            for row in rows
        ]

    def logged(self, entries: Sequence[Entry], first: int) -> None:
        note_answers({each.index: first + at for at, each in enumerate(entries) if isinstance(each, Checked)})


def check_seal(root: Path, seal: Sealed) -> tuple[str, bytes]:
    """``ok`` or ``changed`` with the hash of the bytes; ``missing`` where not all are there. Raises OSError."""
    digest, left = hashlib.sha256(), seal.size_bytes
    try:
        with (root / RecordingName.parse(seal.file).media_path).open("rb") as file:
            file.seek(seal.offset_bytes)
            while left and (piece := file.read(min(left, _PIECE_BYTES))):
                digest.update(piece)
                left -= len(piece)
    except (FileNotFoundError, NotADirectoryError):
        return "missing", _NOTHING
    if left:
        return "missing", _NOTHING
    return ("ok" if digest.digest() == seal.sha256 else "changed"), digest.digest()
