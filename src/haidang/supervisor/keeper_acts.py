"""The log of acts: a salted commitment to every audit entry, in the order of their numbers.

Laws: how far it has come is the log's own state. Numbers that are missing are looked for again for a while, for a
transaction may end after one that began later. When the newest entry is older than what was logged, somebody has set
the database back: logging goes on from there, and the log then shows both histories.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import structlog
from django.db.models import Max

from haidang.audit.models import Entry, LogPlace
from haidang.audit.rows import act_of
from haidang.core.errors import CorruptData
from haidang.core.log_entries import Act, entry_bytes, entry_of
from haidang.core.units import WallUs
from haidang.storage.log_reader import LogReader
from haidang.storage.log_store import LogStore
from haidang.supervisor.witnessed_log import WitnessedLog

__all__ = ["ActsKeeper"]

log = structlog.get_logger("keeper.acts")

_BATCH, _BATCHES = 1000, 20
#: No transaction of ours lasts longer.
_HOLE_US = 15 * 60 * 1_000_000
_MOST_HOLES = 5000


@dataclass(slots=True)
class _Come:
    """How far: the newest number logged, and the missing ones below it with when each was first missed."""

    last: int
    holes: dict[int, WallUs]

    @classmethod
    def of(cls, state: bytes) -> _Come:
        try:
            said = json.loads(state or b'{"last":0,"holes":[]}')
            return cls(int(said["last"]), {int(number): WallUs(since) for number, since in said["holes"]})
        except (ValueError, TypeError, KeyError) as error:
            raise CorruptData(f"the state of the log of acts cannot be read: {error!r}", code="log_state") from error

    @property
    def state(self) -> bytes:
        return json.dumps({"last": self.last, "holes": list(self.holes.items())}).encode()


@dataclass(slots=True)
class ActsKeeper:
    """Logs what people did."""

    log: WitnessedLog
    _store: LogStore | None = None

    def run_once(self, now: WallUs) -> int:
        """One round; how many audit entries were logged. Raises whatever disk, key or database raise."""
        try:
            return self._round(now)
        except BaseException as error:
            self._store = None
            self.log.failed(error, now)
            raise

    def _round(self, now: WallUs) -> int:
        if self._store is None:
            self._store = self.log.open()
            self._find_places(self._store)
        store, total = self._store, 0
        store.append([entry_bytes(self.log.tick(store, now))], store.state)
        for _ in range(_BATCHES):
            count = self._log(store, now)
            total += count
            if count < _BATCH:
                break
        self.log.cosign(store, now)
        return total

    def _log(self, store: LogStore, now: WallUs) -> int:
        come = _Come.of(store.state)
        newest = Entry.objects.aggregate(newest=Max("pk"))["newest"] or 0
        if newest < come.last:
            log.error("audit entries are gone", newest=newest, logged=come.last)
            come = _Come(newest, {})
        rows = list(Entry.objects.filter(pk__in=list(come.holes)).order_by("pk"))
        rows += Entry.objects.filter(pk__gt=come.last).order_by("pk")[: _BATCH - len(rows)]
        if not rows:
            if come.state != store.state and store.state:  # set back to an older database
                store.append([entry_bytes(self.log.tick(store, now))], come.state)
            return 0
        first = store.size
        store.append([entry_bytes(act_of(row)) for row in rows], _further(come, rows, now).state)
        _place([LogPlace(entry_id=row.pk, index=first + at) for at, row in enumerate(rows)])
        return len(rows)

    def _find_places(self, store: LogStore) -> None:
        """What a crash between log and database left unsaid."""
        if not store.size:
            return
        known = LogPlace.objects.aggregate(known=Max("index"))["known"]
        log_ = LogReader(store.folder, store.key)
        places = []
        for index in range(0 if known is None else known + 1, store.size):
            entry = entry_of(log_.entry(index))
            if isinstance(entry, Act):
                places.append(LogPlace(entry_id=entry.row, index=index))
        _place(places)


def _further(come: _Come, rows: list[Entry], now: WallUs) -> _Come:
    """How far it has come with these rows."""
    found = {row.pk for row in rows}
    last = max([come.last, *found])
    holes = {number: since for number, since in come.holes.items() if number not in found and now - since < _HOLE_US}
    for number in range(max(come.last + 1, last - _MOST_HOLES), last):
        if number not in found:
            holes[number] = now
    return _Come(last, dict(sorted(holes.items())[-_MOST_HOLES:]))


def _place(places: list[LogPlace]) -> None:
    """A number that is logged again, in a database that was set back, stands at its newest place."""
    LogPlace.objects.bulk_create(
        places, batch_size=500, update_conflicts=True, unique_fields=["entry_id"], update_fields=["index"]
    )
