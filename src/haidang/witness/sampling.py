"""Samples: the witness draws seals of the copy and has the host hash those bytes again; the answer comes in the log.

Laws: a question is noted before it is sent, so no answer and no silence is lost; what the host finds is signed and
cosigned before we read it, so it cannot be taken back. It proves no more than the host's word: root can hash a copy
that it keeps elsewhere. That is why it must say *missing* or lie in writing, seal by seal, whenever we like.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from haidang.core.errors import CorruptData
from haidang.core.log_entries import Checked, Entry, Expired, Sealed, Tick, entry_of
from haidang.core.tlog.tiles import TILE_WIDTH
from haidang.witness.mirror_store import MirrorStore
from haidang.witness.notebook import Notebook, Question
from haidang.witness.source import LogSource

__all__ = ["MOST_OPEN", "Sampling"]

MOST_OPEN = 16
#: Half of the questions are about the newest entries: what is destroyed is rather young than old.
_NEW_ENTRIES = 200_000
#: Draws for each question: entries that are no seals, or whose time is over, are drawn again.
_TRIES = 50
#: Bundles read in one round.
_BUNDLES = 400
#: The answers that a host has. What is none of them is as good as a lie.
_ANSWERS = ("ok", "changed", "missing", "expired")


@dataclass(slots=True)
class Sampling:
    """Of one log, by its copy. ``count`` seals each ``every_s``; ``random`` draws what nobody can foresee."""

    origin: str
    source: LogSource
    notebook: Notebook
    random: Random
    count: int = 4
    every_s: int = 600

    def ask(self, store: MirrorStore, now_s: int) -> int:
        """Draw and ask when it is time; how many were asked. Raises Unavailable, CorruptData."""
        waiting = self.notebook.open_questions(self.origin)
        due = not 0 <= now_s - self.notebook.last_asked_s(self.origin) < self.every_s
        if due and len(waiting) + self.count <= MOST_OPEN and self.count:
            self.notebook.ask(self._drawn(store, now_s))
            waiting = self.notebook.open_questions(self.origin)
        unsent = [each for each in waiting if not each.sent]
        if unsent:
            self.source.ask(sorted({each.entry for each in unsent}))
            self.notebook.sent(unsent)
        return len(unsent)

    def read(self, store: MirrorStore) -> Tick | None:
        """Read what the copy has gained: answers and expiries; the newest tick in it. Raises CorruptData."""
        tick: Tick | None = None
        for _ in range(_BUNDLES):
            at, _facts = self.notebook.progress(self.origin)
            if at >= store.size:
                break
            n = at // TILE_WIDTH
            entries = store.bundle(n)[at - n * TILE_WIDTH :]
            known = [_known(each) for each in entries]
            tick = next((each for each in reversed(known) if isinstance(each, Tick)), tick)
            expired = [each.file for each in known if isinstance(each, Expired)]
            self.notebook.read(self.origin, at + len(entries), expired, self._answers(known, at, expired))
        return tick

    def _answers(
        self, entries: Sequence[Entry | None], first: int, expired: Sequence[str]
    ) -> list[tuple[Question, str, int]]:
        said = [(each, first + at) for at, each in enumerate(entries) if isinstance(each, Checked)]
        if not said:
            return []
        asked: dict[int, list[Question]] = {}
        for question in self.notebook.open_questions(self.origin):
            asked.setdefault(question.entry, []).append(question)
        return [
            (question, self._found(each, question, expired), index)
            for each, index in said
            for question in asked.pop(each.index, [])
        ]

    def _found(self, said: Checked, question: Question, expired: Sequence[str]) -> str:
        """The answer, or ``lied``: *ok* with another hash, *expired* of what the log has not said so, no known word."""
        if said.found == "ok" and said.sha256.hex() != question.facts["sha256"]:
            return "lied"
        file = str(question.facts["file"])
        is_over = file in expired or self.notebook.is_expired(self.origin, file)
        if said.found == "missing" and is_over:  # a database of before may not know that it expired: the log does
            return "expired"
        if said.found == "expired" and not is_over:
            return "lied"
        return said.found if said.found in _ANSWERS else "lied"

    def _drawn(self, store: MirrorStore, now_s: int) -> list[Question]:
        drawn: dict[int, Question] = {}
        for number in range(self.count):
            first = max(0, store.size - _NEW_ENTRIES) if number % 2 else 0
            for _ in range(_TRIES if store.size else 0):
                index = self.random.randrange(first, store.size)
                entry = _known(store.entry(index))
                if index not in drawn and isinstance(entry, Sealed) and not self._is_over(entry):
                    drawn[index] = self._question(index, entry, now_s)
                    break
        return list(drawn.values())

    def _is_over(self, entry: Sealed) -> bool:
        return self.notebook.is_expired(self.origin, entry.file)

    def _question(self, index: int, seal: Sealed, now_s: int) -> Question:
        facts: dict[str, str | int] = {
            "camera": seal.camera, "stream": seal.stream, "from_us": int(seal.from_us), "to_us": int(seal.to_us),
            "file": seal.file, "sha256": seal.sha256.hex(),
        }  # fmt: skip
        return Question(0, self.origin, index, now_s, sent=False, facts=facts)


def _known(data: bytes) -> Entry | None:
    """An entry read; None for one of a later version, which the copy keeps all the same."""
    try:
        return entry_of(data)
    except CorruptData:
        return None
