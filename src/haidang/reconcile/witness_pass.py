"""The log held against what its witnesses remember of it: the one thing that nobody on this host can change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from haidang.core.errors import CorruptData, Unavailable
from haidang.core.findings import Finding
from haidang.core.tlog.checkpoints import Checkpoint, checkpoint_of, monitoring_path
from haidang.core.tlog.notes import Key, Opened, open_note
from haidang.core.tlog.policies import Witness

__all__ = ["Remembered", "WitnessPass"]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a witness has cosigned last of a log, and when (s since 1970)."""

    witness: str
    checkpoint: Checkpoint
    cosigned_s: int


class WitnessPass:
    """``get``: an address's text, raises Unavailable or gives b"" where there is none yet."""

    def __init__(
        self, report: Callable[[Finding], None], witnesses: Sequence[Witness], get: Callable[[str], bytes]
    ) -> None:
        self._report, self._witnesses, self._get = report, witnesses, get

    def ask(self, log: str, key: Key) -> list[Remembered]:
        """What each remembers of a log; those that do not answer are told of."""
        found = []
        for witness in self._witnesses:
            try:
                remembered = self._ask(witness, key)
            except (Unavailable, CorruptData) as error:
                self._tell("witness_away", log, witness, why=str(error))
                continue
            if remembered is None:
                self._tell("witness_away", log, witness, why="it has never seen this log")
                continue
            found.append(remembered)
        return found

    def compare(self, log: str, size: int, roots: Mapping[int, bytes], remembered: Sequence[Remembered]) -> None:
        """Hold the log against it; ``roots`` are the log's at the sizes that are remembered, where it has them."""
        for each in remembered:
            theirs = each.checkpoint
            if theirs.size > size:
                kind = "log_longer_elsewhere"
            elif roots.get(theirs.size) != theirs.root:
                kind = "log_differs_elsewhere"
            else:
                continue
            facts: dict[str, str | int] = {"size": size, "theirs": theirs.size, "cosigned_s": each.cosigned_s}
            self._report(Finding(kind, facts={"log": log, "witness": each.witness, **facts}))

    def _ask(self, witness: Witness, key: Key) -> Remembered | None:
        note = self._get(f"{witness.url.rstrip('/')}/{monitoring_path(key.name)}")
        if not note:
            return None
        opened = open_note(note, [key, witness.key])
        cosigned_s = next((each.time_s for each in opened.verified if each.key == witness.key), 0)
        if not cosigned_s or not _signed_by(opened, key):
            raise CorruptData("it is not signed by the log and the witness", code="unsigned")
        return Remembered(witness.name, checkpoint_of(opened.text), cosigned_s)

    def _tell(self, kind: str, log: str, witness: Witness, **facts: str | int) -> None:
        self._report(Finding(kind, facts={"log": log, "witness": witness.name, **facts}))


def _signed_by(opened: Opened, key: Key) -> bool:
    return any(each.key == key for each in opened.verified)
