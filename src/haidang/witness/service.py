"""What a witness answers (tlog-witness, c2sp.org), without HTTP.

Order of checks: 400 malformed, 404 unknown log, 403 no trusted signature, 400 old size beyond the checkpoint, 409
another size was cosigned last, 422 not a continuation (the same size with another root too, as in the specification
since 2026). What is signed is a re-encoding of what was understood; the signature leaves after the store has it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from haidang.core.errors import CorruptData
from haidang.core.tlog.checkpoints import AddCheckpoint, Checkpoint, add_checkpoint_of, checkpoint_of
from haidang.core.tlog.merkle import EMPTY_ROOT, verify_consistency
from haidang.core.tlog.notes import Key, Opened, Signer, open_note, parse_note, sign_note, signature_line
from haidang.witness.store import Evidence, Latest, WitnessStore

__all__ = ["SIZE_TYPE", "Answer", "Witness"]

SIZE_TYPE = "text/x.tlog.size"
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str
    content_type: str = _TEXT


class Witness:
    """``logs`` are the keys trusted for each origin; ``clock_s`` tells s since 1970. ``on_cosigned`` may be set: it is
    told each origin whose checkpoint was cosigned, and must neither wait nor fail.
    """

    def __init__(
        self, signer: Signer, logs: Mapping[str, Sequence[Key]], store: WitnessStore, clock_s: Callable[[], int]
    ) -> None:
        self.key, self.origins = signer.key, tuple(logs)
        self.on_cosigned: Callable[[str], None] = _nobody
        self._signer, self._logs, self._store, self._clock_s = signer, logs, store, clock_s
        self._by_hash = {hashlib.sha256(origin.encode()).hexdigest(): origin for origin in logs}

    def add_checkpoint(self, body: bytes) -> Answer:
        """Cosign a checkpoint that goes on from the last one."""
        try:
            asked = add_checkpoint_of(body)
            claimed = checkpoint_of(parse_note(asked.note).text)
        except CorruptData as error:
            return Answer(400, f"{error}\n")
        keys = self._logs.get(claimed.origin)
        if keys is None:
            return Answer(404, "unknown log\n")
        try:
            opened = open_note(asked.note, keys)
        except CorruptData as error:
            return Answer(403, f"{error}\n")
        if asked.old > claimed.size:
            return Answer(400, "the old size is beyond the checkpoint's\n")
        return self._decided(asked, claimed, opened, body)

    def _decided(self, asked: AddCheckpoint, claimed: Checkpoint, opened: Opened, body: bytes) -> Answer:
        """The rest, of a checkpoint that a trusted log has signed."""
        latest = self._store.latest(claimed.origin)
        size, root = (0, EMPTY_ROOT) if latest is None else (latest.size, latest.root)
        if asked.old != size:
            return Answer(409, f"{size}\n", SIZE_TYPE)
        time_s = self._clock_s()
        try:
            verify_consistency(size, root, claimed.size, claimed.root, asked.proof)
        except CorruptData as error:
            if (claimed.size, claimed.root) != (size, root) and not self._is_kept(claimed, opened):
                self._store.keep(Evidence(claimed.origin, time_s, error.code, body))
            return Answer(422, f"{error}\n")
        if latest is not None and time_s < latest.time_s:
            return Answer(503, "the witness's clock is behind its last cosignature\n")
        cosignature = self._signer.sign(claimed.text, time_s=time_s)
        note = sign_note(claimed.text, [*(each.signature for each in opened.verified), cosignature])
        if not self._store.advance(claimed.origin, latest, Latest(claimed.size, claimed.root, note, time_s)):
            now = self._store.latest(claimed.origin)
            return Answer(409, f"{0 if now is None else now.size}\n", SIZE_TYPE)
        self.on_cosigned(claimed.origin)
        return Answer(200, signature_line(cosignature))

    def _is_kept(self, claimed: Checkpoint, opened: Opened) -> bool:
        """Whether this very checkpoint is evidence that waits already: one that somebody shows again with another wrong
        proof says no more, and must not take the place of what may still come.
        """
        return any(
            parse_note(add_checkpoint_of(each.body).note).text == opened.text
            for each in self._store.unsettled(claimed.origin)
        )

    def checkpoint(self, origin_sha256: str) -> Answer:
        """The latest checkpoint of a log that was cosigned, for whoever monitors it."""
        origin = self._by_hash.get(origin_sha256)
        latest = None if origin is None else self._store.latest(origin)
        return Answer(404, "no checkpoint\n") if latest is None else Answer(200, latest.note.decode())


def _nobody(_origin: str) -> None:
    """Nobody wants to know."""
