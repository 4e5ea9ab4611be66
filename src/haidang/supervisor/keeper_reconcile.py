"""Reconciliations on the host: begun when they are due or asked for, each in a process that gives way to all others.

Law: one at a time; one that was cut short goes on where it was. Whatever it finds, it stops nothing: it tells.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from haidang.audit import reconciliations
from haidang.audit.models import Reconciliation
from haidang.core.settings import CheckSettings
from haidang.core.units import WallUs

__all__ = ["Child", "Reconciler", "start_child"]

log = structlog.get_logger("keeper.reconcile")

#: After a run that ended badly.
_PAUSE_US = 300 * 1_000_000
#: A start has other things to do, and a new host has nothing yet to hold against anything.
_SETTLED_US = 600 * 1_000_000


class Child(Protocol):
    """What this needs of a process."""

    def poll(self) -> int | None: ...


Start = Callable[[Sequence[str]], Child]


def start_child(words: Sequence[str], *, home: Path) -> Child:
    """``haidang`` with these words, its errors to the keeper's log. It ends when the keeper does."""
    return subprocess.Popen(  # noqa: S603 - our own command, no shell
        [sys.executable, "-m", "haidang.cli", *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=home
    )


@dataclass(slots=True)
class Reconciler:
    """``settings`` say how often."""

    settings: CheckSettings
    start: Start
    _child: Child | None = None
    _number: int = 0
    _not_before_us: int = 0
    _began_us: int = 0

    def run_once(self, now: WallUs) -> int:
        """One look; 1 if a reconciliation was begun. Raises the database's errors."""
        if self._child is not None:
            code = self._child.poll()
            if code is None:
                return 0
            self._child = None
            if code not in (0, 1):
                log.error("reconciliation ended badly", run=self._number, code=code)
                self._not_before_us = now + _PAUSE_US
        self._began_us = self._began_us or now
        if now < self._not_before_us:
            return 0
        run = reconciliations.waiting() or self._due(now)
        if run is None:
            return 0
        self._number = run.pk
        self._child = self.start(["check", "--background", "--run", str(run.pk)])
        log.info("reconciliation begins", run=run.pk, deep=run.deep)
        return 1

    def _due(self, now: WallUs) -> Reconciliation | None:
        """A new one where the last of its kind is too long ago; the deep ones are quick ones too."""
        if now - self._began_us < _SETTLED_US:
            return None
        for deep, every_s in ((True, self.settings.deep_every_s), (False, self.settings.quick_every_s)):
            if every_s and not reconciliations.finished_since(WallUs(now - every_s * 1_000_000), deep=deep):
                return reconciliations.ask(deep=deep, asked_by="", now=now)
        return None
