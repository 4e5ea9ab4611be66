"""The witness's own rounds: mirrors copy, alarms are found and told. Each in its thread; none waits for another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from haidang.witness.alarms import Finding, find, find_in_samples, find_of_mirror, reconcile
from haidang.witness.mirrored_log import MirroredLog
from haidang.witness.notebook import Alarm, Notebook
from haidang.witness.service import Witness
from haidang.witness.store import Latest, WitnessStore
from haidang.witness.telling import Teller

__all__ = ["LogState", "Rounds", "Watch"]

log = structlog.get_logger("haidang.witness")
#: Said of a log that nothing comes of. While the witness itself was off, nothing could come.
_BY_WAITING = frozenset({"silent", "unreachable", "lagging"})


@dataclass(frozen=True, slots=True)
class LogState:
    """How one log stands. ``mirrored`` is the copy's size, None where there is no mirror of it; ``answers``: how many
    samples were asked for, by answer ("" none yet).
    """

    origin: str
    since_s: int
    latest: Latest | None
    mirrored: int | None
    answers: dict[str, int]
    evidence: int


class Watch:
    """All that is looked after by one witness.

    A log has ``silence_s`` from the start of this process before waiting for it is an alarm; one that stood stands on.
    """

    def __init__(
        self, witness: Witness, store: WitnessStore, notebook: Notebook, clock_s: Callable[[], int], *,
        silence_s: int, mirrors: Sequence[MirroredLog] = (),
    ) -> None:  # fmt: skip
        self.witness, self.mirrors = witness, mirrors
        self.notebook = notebook
        self._store, self._clock_s, self._silence_s = store, clock_s, silence_s
        self._started_s = clock_s()
        self._since_s = {origin: notebook.watched_since(origin, self._started_s) for origin in witness.origins}
        self._lock = threading.Lock()

    def alarms(self) -> list[Alarm]:
        """Those that stand now, the oldest first."""
        now_s = self._clock_s()
        with self._lock:
            for origin in self.witness.origins:
                found = find(
                    self._spoke_s(origin), self._store.unsettled(origin), now_s=now_s, silence_s=self._silence_s
                )  # fmt: skip
                for mirror in self.mirrors:
                    if mirror.origin == origin:
                        found += find_of_mirror(mirror.trouble, now_s=now_s, silence_s=self._silence_s)
                        found += find_in_samples(
                            self.notebook.open_questions(origin), self.notebook.bad_answers(origin), now_s=now_s
                        )
                reconcile(self.notebook, origin, self._after_the_start(origin, found, now_s), now_s)
        return self.notebook.alarms()

    def _after_the_start(self, origin: str, found: list[Finding], now_s: int) -> list[Finding]:
        if not 0 <= now_s - self._started_s <= self._silence_s:  # a clock that was set back gives no log more time
            return found
        standing = {each.kind for each in self.notebook.alarms() if each.origin == origin}
        return [each for each in found if each.kind not in _BY_WAITING or each.kind in standing]

    def _spoke_s(self, origin: str) -> int:
        latest = self._store.latest(origin)
        if latest is None:
            return self._since_s[origin]
        return self._store.grown_s(origin) or latest.time_s

    def states(self) -> list[LogState]:
        """Every log, in the order of the settings."""
        sizes = {mirror.origin: mirror.size for mirror in self.mirrors}
        return [
            LogState(
                origin, self._since_s[origin], self._store.latest(origin), sizes.get(origin),
                self.notebook.answered(origin), len(self._store.evidence(origin)),
            )
            for origin in self.witness.origins
        ]  # fmt: skip

    def look(self, _now_s: int) -> None:
        """Begin and end alarms, whether somebody reads the page or not."""
        self.alarms()


class Rounds:
    """Runs a watch's rounds until it is stopped."""

    def __init__(self, watch: Watch, teller: Teller, clock_s: Callable[[], int], *, every_s: float) -> None:
        self._clock_s, self._every_s, self._stopped = clock_s, every_s, threading.Event()
        self._wakes: dict[str, threading.Event] = {}
        jobs = [(f"mirror {each.origin}", each.run_once) for each in watch.mirrors]
        self._threads = [
            threading.Thread(target=self._repeat, args=job, name=job[0], daemon=True)
            for job in [*jobs, ("alarms", watch.look), ("telling", teller.run_once)]
        ]
        self._wakes = {thread.name: threading.Event() for thread in self._threads}

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self, origin: str) -> None:
        """A checkpoint was cosigned: there is something to copy."""
        event = self._wakes.get(f"mirror {origin}")
        if event is not None:
            event.set()

    def stop(self) -> None:
        self._stopped.set()
        for wake in self._wakes.values():
            wake.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def _repeat(self, name: str, run_once: Callable[[int], None]) -> None:
        wake = self._wakes[name]
        while not self._stopped.is_set():
            wake.clear()
            try:
                run_once(self._clock_s())
            except Exception:  # a job's door: the next round comes
                log.exception("round failed", round=name)
            wake.wait(self._every_s)
