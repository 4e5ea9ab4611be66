"""One log's mirror at work: copy, read, sample, and what is wrong meanwhile. The next round always comes.

Trouble is noted at the end of a round, so that a restart does not make an alarm younger. Evidence of wrong bytes is a
folder: what was served, the cosigned checkpoint, and why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import structlog

from haidang.core.errors import CorruptData, NotFound, Unavailable
from haidang.host.files import replace_file
from haidang.witness.alarms import CLOCK_OFF_S, Trouble
from haidang.witness.mirror import Mirror, WrongBytes
from haidang.witness.mirror_store import MirrorStore
from haidang.witness.notebook import Notebook
from haidang.witness.sampling import Sampling
from haidang.witness.source import LogSource
from haidang.witness.store import Latest

__all__ = ["MirroredLog", "log_folder"]

_log = structlog.get_logger("haidang.witness")
#: Of each log; the first ones tell the most.
_MOST_EVIDENCE = 20
_MOST_WAIT_S = 60


def log_folder(origin: str) -> str:
    """A log's folder among the mirrored ones."""
    return hashlib.sha256(origin.encode()).hexdigest()


@dataclass(slots=True)
class MirroredLog:
    """``folder`` is the copy's, ``evidence`` that of what does not fit."""

    origin: str
    folder: Path
    evidence: Path
    source: LogSource
    notebook: Notebook
    sampling: Sampling
    latest: Callable[[], Latest | None]
    trouble: Trouble = field(init=False)
    size: int = 0
    _store: MirrorStore | None = None
    _failures: int = 0
    _not_before_s: int = 0

    def __post_init__(self) -> None:
        self.trouble = Trouble(**self.notebook.progress(self.origin)[1])

    def run_once(self, now_s: int) -> None:
        """One round. Raises nothing that a host, a network or a disk can cause."""
        if self._failures and self._not_before_s - _MOST_WAIT_S <= now_s < self._not_before_s:
            return
        before, trouble = asdict(self.trouble), self.trouble
        try:
            store = self._opened()
            self._copy(store, now_s)
            self._read(store, now_s)
            self._sample(store, now_s)
            trouble.damaged_s = 0
        except (CorruptData, OSError) as error:
            _log.error("copy not usable", log=self.origin, error=str(error))
            self._store, trouble.damaged_s = None, trouble.damaged_s or now_s
        if asdict(trouble) != before:
            self.notebook.note_facts(self.origin, asdict(trouble))

    def _opened(self) -> MirrorStore:
        if self._store is None:
            self._store = MirrorStore(self.folder)
        return self._store

    def _copy(self, store: MirrorStore, now_s: int) -> None:
        trouble = self.trouble
        try:
            Mirror(store=store, source=self.source, latest=self.latest).run_once()
        except WrongBytes as error:
            _log.error("wrong bytes served", log=self.origin, error=str(error))
            self._keep_evidence(error, now_s)
            trouble.wrong_s, trouble.failing_s = trouble.wrong_s or now_s, 0
            self._wait(now_s)
        except (Unavailable, NotFound) as error:
            _log.warning("log not read", log=self.origin, error=str(error))
            trouble.failing_s = trouble.failing_s or now_s
            self._wait(now_s)
        else:
            trouble.wrong_s, trouble.failing_s, self._failures = 0, 0, 0
        latest, self.size = self.latest(), store.size
        behind = latest is not None and store.size < latest.size
        trouble.behind_s = (trouble.behind_s or now_s) if behind else 0

    def _wait(self, now_s: int) -> None:
        """Each refusal leaves an entry at the host: a mirror that is not let in does not knock all the time."""
        self._failures += 1
        self._not_before_s = now_s + min(_MOST_WAIT_S, 5 * self._failures)

    def _read(self, store: MirrorStore, now_s: int) -> None:
        tick, latest = self.sampling.read(store), self.latest()
        if tick is None or latest is None or latest.size != store.size:
            return
        off_s = tick.at_us // 1_000_000 - latest.time_s
        if abs(off_s) > CLOCK_OFF_S:
            self.trouble.clock_s, self.trouble.clock_off_s = self.trouble.clock_s or now_s, off_s
        else:
            self.trouble.clock_s = self.trouble.clock_off_s = 0

    def _sample(self, store: MirrorStore, now_s: int) -> None:
        try:
            self.sampling.ask(store, now_s)
        except (Unavailable, NotFound) as error:
            _log.warning("samples not asked for", log=self.origin, error=str(error))

    def _keep_evidence(self, error: WrongBytes, now_s: int) -> None:
        latest = self.latest()
        hashes = {path: hashlib.sha256(data).hexdigest() for path, data in sorted(error.served.items())}
        name = hashlib.sha256(json.dumps(hashes).encode()).hexdigest()[:16]
        folder = self.evidence / name
        if folder.exists() or (self.evidence.exists() and len(list(self.evidence.iterdir())) >= _MOST_EVIDENCE):
            return
        folder.mkdir(parents=True)
        for path, data in error.served.items():
            replace_file(folder / path.replace("/", "-"), data, mode=0o600, durable=True)
        if latest is not None:
            replace_file(folder / "checkpoint", latest.note, mode=0o600, durable=True)
        why = {"log": self.origin, "at_s": now_s, "why": str(error), "served": hashes}
        replace_file(folder / "why.json", json.dumps(why, indent=1).encode(), mode=0o600, durable=True)
