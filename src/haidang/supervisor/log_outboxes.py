"""What the keeper itself has to say in the log: which programs started, and where the host's clock was moved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from haidang import __version__
from haidang.core.host import RUN, SETTINGS
from haidang.core.log_entries import ClockStep, Entry, Started
from haidang.core.units import WallUs

__all__ = ["ClockWatch", "Starts"]

#: A clock that moved by more than this against the steady one was set.
_STEP_US = 2_000_000


@dataclass(slots=True)
class Starts:
    """Every program of the host that a pid file names, once by each keeper: who starts anew is told anew."""

    home: Path
    _told: dict[str, WallUs] = field(default_factory=dict)

    def waiting(self, now: WallUs) -> Sequence[Entry]:
        settings = self._settings()
        return [
            Started(program, since, __version__, settings)
            for program, since in sorted(self._running().items())
            if self._told.get(program) != since and since <= now + _STEP_US
        ]

    def logged(self, entries: Sequence[Entry], first: int) -> None:
        del first
        self._told.update({each.program: each.at_us for each in entries if isinstance(each, Started)})

    def _running(self) -> dict[str, WallUs]:
        """Programs and when their pid files were written: they are at each start."""
        return {path.stem: WallUs(path.stat().st_mtime_ns // 1000) for path in (self.home / RUN).glob("*.pid")}

    def _settings(self) -> bytes:
        path = self.home / SETTINGS
        return hashlib.sha256(path.read_bytes() if path.is_file() else b"").digest()


@dataclass(slots=True)
class ClockWatch:
    """Holds the wall clock against a steady one from round to round. ``steady_us`` counts suspended time too."""

    steady_us: Callable[[], int]
    _last: tuple[WallUs, int] | None = None
    _steps: list[ClockStep] = field(default_factory=list)

    def waiting(self, now: WallUs) -> Sequence[Entry]:
        steady = self.steady_us()
        if self._last is not None:
            expected = WallUs(self._last[0] + steady - self._last[1])
            if abs(now - expected) > _STEP_US:
                self._steps = [*self._steps[-50:], ClockStep("steady", now, expected)]
        self._last = now, steady
        return list(self._steps)

    def logged(self, entries: Sequence[Entry], first: int) -> None:
        del first
        self._steps = [each for each in self._steps if each not in entries]
