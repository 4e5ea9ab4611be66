"""tlog-proof (C2SP): that an entry is in a log, in one text that anybody checks without a network."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from haidang.core.errors import CorruptData
from haidang.core.tlog.checkpoints import Checkpoint, checkpoint_of, size_of
from haidang.core.tlog.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from haidang.core.tlog.notes import from_base64
from haidang.core.tlog.policies import Policy, Standing

__all__ = ["LogProof", "log_proof_of"]

_HEAD = "c2sp.org/tlog-proof@v1"
_MAX_HASHES = 63


@dataclass(frozen=True, slots=True)
class LogProof:
    """``note`` is the checkpoint as it was signed and cosigned. ``extra`` is authenticated by nothing."""

    index: int
    hashes: tuple[bytes, ...]
    note: bytes
    extra: bytes | None = None

    @property
    def text(self) -> bytes:
        """As it lies in a ``.tlog-proof`` file."""
        lines = [_HEAD]
        if self.extra is not None:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines += [f"index {self.index}", *(base64.b64encode(each).decode() for each in self.hashes)]
        return ("\n".join(lines) + "\n\n").encode() + self.note

    def verify(self, entry: bytes, policy: Policy) -> tuple[Checkpoint, Standing]:
        """The checkpoint that holds the entry, and how it stands with the verifier's own policy.

        Raises CorruptData: the checkpoint is none, no trusted log signed it, or the entry is not in it.
        """
        opened = policy.open(self.note)
        checkpoint = checkpoint_of(opened.text)
        verify_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.hashes, checkpoint.root)
        return checkpoint, policy.standing(opened)


def log_proof_of(data: bytes) -> LogProof:
    """A proof read, nothing of it verified. Raises CorruptData (``log_proof``)."""
    wrong = CorruptData("that is no proof of logging", code="log_proof")
    head, empty, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise wrong from error
    if not empty or len(lines) < 2 or lines.pop(0) != _HEAD:
        raise wrong
    extra = None
    if lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0).removeprefix("extra "))
        if extra is None or not lines:
            raise wrong
    word, space, text = lines.pop(0).partition(" ")
    index, found = size_of(text), [from_base64(line) for line in lines]
    hashes = tuple(each for each in found if each is not None and len(each) == HASH_BYTES)
    if (word, space) != ("index", " ") or index is None or len(hashes) != len(lines) or len(hashes) > _MAX_HASHES:
        raise wrong
    return LogProof(index, hashes, note, extra)
