"""The log of recordings: every seal, end of a file and gap that journals tell becomes an entry of this host's log.

What else belongs there comes from outboxes: each is asked for what waits and told where it stands, so that one that
fails (a database that is away) keeps neither the journals nor the others from being logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from haidang.core.log_entries import Entry
from haidang.core.units import WallUs
from haidang.storage.log_store import LogStore
from haidang.storage.record_log import RecordLog
from haidang.supervisor.witnessed_log import WitnessedLog

__all__ = ["MAX_WAITING", "LogKeeper", "Outbox"]

log = structlog.get_logger("keeper.log")

#: Catching up after a long stop leaves room for others between rounds.
_BATCHES = 20
MAX_WAITING = 500


class Outbox(Protocol):
    """Entries that no journal tells. After a crash the same may be asked for again: twice in the log is no harm."""

    def waiting(self, now: WallUs) -> Sequence[Entry]:
        """What must be logged next, ``MAX_WAITING`` at most."""

    def logged(self, entries: Sequence[Entry], first: int) -> None:
        """These are entries ``first``, ``first`` + 1, … of the log."""


@dataclass(slots=True)
class LogKeeper:
    """Logs what is below ``root``, and what waits in the outboxes."""

    log: WitnessedLog
    root: Path
    outboxes: Sequence[Outbox] = ()
    #: Entries below it are in a cosigned checkpoint; what must be witnessed first waits for that.
    cosigned_size: int = 0
    _open: tuple[LogStore, RecordLog] | None = None

    def run_once(self, now: WallUs) -> int:
        """One round; how many entries were logged besides its tick. Raises whatever disk or key raise."""
        try:
            return self._round(now)
        except BaseException as error:
            self._open = None
            self.log.failed(error, now)
            raise

    def _round(self, now: WallUs) -> int:
        if self._open is None:
            store = self.log.open()
            self._open = store, RecordLog(self.root, store)
        store, records = self._open
        records.log([self.log.tick(store, now)])
        total = 0
        for _ in range(_BATCHES):
            count = records.run_once(now)
            total += count
            if not count:
                break
        total += sum(self._empty(outbox, records, now) for outbox in self.outboxes)
        self.log.cosign(store, now)
        self.cosigned_size = self.log.cosigned_size(store)
        return total

    @staticmethod
    def _empty(outbox: Outbox, records: RecordLog, now: WallUs) -> int:
        try:
            entries = outbox.waiting(now)
        except Exception:  # a job's door: one outbox must not keep the log from going on
            log.exception("outbox not read", outbox=type(outbox).__name__)
            return 0
        if not entries:
            return 0
        assert len(entries) <= MAX_WAITING, f"an outbox gives {MAX_WAITING} entries at most"
        first = records.log(entries)
        try:
            outbox.logged(entries, first)
        except Exception:  # as above; they will be logged again
            log.exception("outbox not told", outbox=type(outbox).__name__)
        return len(entries)
