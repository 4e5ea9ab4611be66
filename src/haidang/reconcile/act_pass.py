"""Audit entries held against the log of acts: none is gone, changed, put in later, or told twice."""

from __future__ import annotations

import json

from haidang.audit.models import Entry
from haidang.audit.rows import act_of
from haidang.core.errors import CorruptData
from haidang.core.findings import Finding
from haidang.core.log_entries import Act, Tick, entry_of
from haidang.core.units import WallUs
from haidang.reconcile.alive import YOUNG_US, Alive
from haidang.reconcile.log_pass import LOST
from haidang.reconcile.scratch import LoggedAct, Scratch

__all__ = ["ActLedger", "ActPass"]

_CHUNK = 500
#: Acts are logged within seconds; a transaction that holds one back takes minutes at most (supervisor.keeper_acts).
_LATE_US = 15 * 60 * 1_000_000


class ActLedger:
    """Entries of the log of acts into the scratch file; ``newest_us`` is its newest tick."""

    def __init__(self, scratch: Scratch, state: str = "") -> None:
        self.newest_us, stretches = json.loads(state) if state else (0, [])
        self._scratch, self._alive = scratch, Alive(stretches)

    @property
    def state(self) -> str:
        return json.dumps([self.newest_us, self._alive.state])

    def take(self, first: int, entries: list[bytes] | None) -> None:
        """A bundle's entries."""
        acts = []
        for index, data in enumerate(entries or [], first):
            if data == LOST:
                continue
            try:
                entry = entry_of(data)
            except CorruptData:
                self._scratch.report(Finding("log_entry", facts={"log": "acts", "index": index}))
                continue
            if isinstance(entry, Act):
                acts.append((entry.row, entry.sha256, index, self._alive.since(_LATE_US)))
            elif isinstance(entry, Tick):
                self._alive.tick(entry.at_us)
                self.newest_us = max(self.newest_us, entry.at_us)
        self._scratch.put_acts(acts)


class ActPass:
    """Raises the database's errors. ``whole``: no entry of the log was lost, so one that is missing is missing."""

    def __init__(self, scratch: Scratch, *, until_us: int, whole: bool) -> None:
        self._scratch, self._until_us, self._whole = scratch, until_us, whole

    def check(self) -> int:
        """How many audit entries there are."""
        count = self._rows_to_log()
        self._log_to_rows()
        return count

    def _rows_to_log(self) -> int:
        behind = count = 0
        while True:
            rows = list(Entry.objects.filter(pk__gt=behind).order_by("pk")[:_CHUNK])
            if not rows:
                return count
            logged = self._scratch.acts([row.pk for row in rows])
            for row in rows:
                self._row(row, logged.get(row.pk, []))
            behind, count = rows[-1].pk, count + len(rows)

    def _row(self, row: Entry, logged: list[LoggedAct]) -> None:
        if not logged:
            if self._whole and row.at < self._until_us - YOUNG_US:
                self._tell("act_added", row.pk, row)
            return
        if len({each.sha256 for each in logged}) > 1:
            self._tell("act_twice", row.pk, row)
        sha256 = act_of(row).sha256
        if sha256 != logged[-1].sha256:
            self._tell("act_changed", row.pk, row)
        elif row.at < next(each.late_us for each in logged if each.sha256 == sha256):
            self._tell("act_told_late", row.pk, row)

    def _log_to_rows(self) -> None:
        behind = 0
        while True:
            numbers = self._scratch.act_rows(behind=behind, count=_CHUNK)
            if not numbers:
                return
            there = set(Entry.objects.filter(pk__in=numbers).values_list("pk", flat=True))
            for number in numbers:
                if number not in there:
                    self._tell("act_missing", number)
            behind = numbers[-1]

    def _tell(self, kind: str, number: int, row: Entry | None = None) -> None:
        facts: dict[str, str | int] = {"row": number}
        if row is not None:
            facts["action"] = row.action
        at = WallUs(row.at if row else 0)
        self._scratch.report(Finding(kind, from_us=at, to_us=at, facts=facts))
