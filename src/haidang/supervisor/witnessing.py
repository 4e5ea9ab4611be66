"""A log asks its witnesses to cosign its checkpoint (tlog-witness, c2sp.org), and says how each answered.

Laws: the log's owner trusts no witness: an answer counts when its signature holds. A witness that names a size beyond
the log's own has seen more than there is here, so the log was rolled back: that is told, never tried again. What a
witness refuses as a contradiction is told with its words. Asking twice is enough: the next round comes in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from haidang.core.errors import CorruptData, Unavailable
from haidang.core.log_standing import WitnessStanding
from haidang.core.tlog.checkpoints import AddCheckpoint, size_of
from haidang.core.tlog.notes import Signature, open_note, parse_note, sign_note
from haidang.core.tlog.policies import Witness
from haidang.core.units import WallUs
from haidang.host.witness_http import Answer
from haidang.storage.log_store import LogStore

__all__ = ["Post", "Witnesses"]

#: A witness whose clock is this far from ours, or we from it, is told of.
_CLOCK_S = 30
_MOST_DETAIL = 200


class Post(Protocol):
    """One HTTP POST; raises Unavailable where nobody answers."""

    def __call__(self, url: str, body: bytes, /) -> Answer: ...


@dataclass(slots=True)
class Witnesses:
    """Those of one log. ``quorum``: how many make a checkpoint a cosigned one; 0 = all."""

    witnesses: Sequence[Witness]
    post: Post
    quorum: int = 0
    _standing: dict[str, WitnessStanding] = field(default_factory=dict)
    #: What each cosigned last; unknown after a start, when its answer tells.
    _sizes: dict[str, int] = field(default_factory=dict)

    @property
    def standing(self) -> tuple[WitnessStanding, ...]:
        return tuple(self._standing.values())

    def enough(self, note: bytes) -> bool:
        """Whether so many of them have cosigned this checkpoint. Raises CorruptData for a signature that is none."""
        if not self.witnesses:
            return True
        keys = [each.key for each in self.witnesses]
        signed = {(each.name, each.key_id) for each in parse_note(note).signatures}
        if not signed & {(key.name, key.id) for key in keys}:
            return False
        return len(open_note(note, keys).verified) >= (self.quorum or len(keys))

    def cosign(self, store: LogStore, now: WallUs) -> None:
        """Ask each for the present checkpoint, and publish what came together. Raises OSError of the disk."""
        bare = _bare(store)
        made = []
        for witness in self.witnesses:
            cosignature = self._ask(witness, store, bare, now)
            if cosignature is not None:
                made.append(cosignature)
        note = sign_note(parse_note(bare).text, [*parse_note(bare).signatures, *made])
        whole = self.enough(note)
        if made or whole:
            store.publish(note, whole=whole)

    def _ask(self, witness: Witness, store: LogStore, bare: bytes, now: WallUs) -> Signature | None:
        name = witness.key.name
        for _ in range(2):
            old = min(self._sizes.get(name, 0), store.size)
            asked = AddCheckpoint(old, tuple(store.consistency(old)) if old else (), bare)
            try:
                answer = self.post(f"{witness.url}/add-checkpoint", asked.body)
            except Unavailable as error:
                self._told(witness, "away", now, str(error))
                return None
            if answer.status == 409:
                size = size_of(answer.body.decode("ascii", "replace").strip())
                if size is not None and size > store.size:
                    words = f"{name} has cosigned {size} entries, here are {store.size}"
                    self._told(witness, "rolled_back", now, words)
                    return None
                if size is not None:
                    self._sizes[name] = size
                    continue
            if answer.status == 200:
                return self._cosigned(witness, store, bare, answer.body, now)
            problem = "contradiction" if answer.status == 422 else "refused"
            self._told(witness, problem, now, f"{answer.status}: {answer.body.decode(errors='replace')}")
            return None
        self._told(witness, "refused", now, "409 twice")
        return None

    def _cosigned(self, witness: Witness, store: LogStore, bare: bytes, lines: bytes, now: WallUs) -> Signature | None:
        try:
            verified = open_note(bare + lines, [witness.key]).verified[0]
        except CorruptData as error:
            self._told(witness, "refused", now, f"its signature does not hold: {error}")
            return None
        self._sizes[witness.key.name] = store.size
        offset_s = verified.time_s - now // 1_000_000
        problem, words = ("clock", f"its clock is {offset_s:+} s from ours") if abs(offset_s) > _CLOCK_S else ("", "")
        self._told(witness, problem, now, words, size=store.size, cosigned_s=verified.time_s)
        return verified.signature

    def _told(  # noqa: PLR0917 - a standing's fields
        self, witness: Witness, problem: str, now: WallUs, detail: str, size: int = 0, cosigned_s: int = 0
    ) -> None:
        """Keep how it answered; a problem's first moment stays."""
        before = self._standing.get(witness.key.name)
        same = before is not None and before.problem == problem
        self._standing[witness.key.name] = WitnessStanding(
            witness.key.name,
            size or (before.size if before else 0),
            cosigned_s or (before.cosigned_s if before else 0),
            problem,
            before.since_us if before is not None and same else now,
            detail[:_MOST_DETAIL],
        )


def _bare(store: LogStore) -> bytes:
    """The present checkpoint with the log's own signature alone."""
    note = parse_note(store.note)
    own = [each for each in note.signatures if (each.name, each.key_id) == (store.key.name, store.key.id)]
    return sign_note(note.text, own)
