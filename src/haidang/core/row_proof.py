"""The proof of one row of the access log: row, salt, what was logged of it, and that this is in the log.

One JSON object that anybody checks without this host, its database or a network. Laws: what was written is what is
verified; whom to trust is the verifier's own word, nothing in the file is.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from haidang.core.errors import CorruptData
from haidang.core.log_entries import SALT_BYTES, Act, commitment, entry_of
from haidang.core.tlog.checkpoints import Checkpoint, checkpoint_of
from haidang.core.tlog.merkle import leaf_hash, verify_inclusion
from haidang.core.tlog.notes import from_base64
from haidang.core.tlog.policies import Policy
from haidang.core.tlog.proofs import LogProof, log_proof_of

__all__ = ["RowProof", "Verdict", "row_proof_of_text"]

_FORMAT = "haidang-row-proof/1"
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was checked: ``passed`` None where the verifier did not ask for it."""

    what: str
    passed: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class RowProof:
    """``row``: the bytes that were committed to; ``entry``: what the log holds at ``proof.index``."""

    row: bytes
    salt: bytes
    entry: bytes
    proof: LogProof

    @property
    def commits(self) -> bool:
        """Whether what was logged is a commitment to exactly this row, under its number."""
        try:
            act = entry_of(self.entry)
            number = json.loads(self.row)["id"]
        except (CorruptData, ValueError, KeyError, TypeError):
            return False
        return isinstance(act, Act) and act.row == number and act.sha256 == commitment(self.salt, self.row)

    @property
    def text(self) -> bytes:
        """As it lies in a file."""
        said = {
            "format": _FORMAT,
            "row": self.row.decode(),
            "salt": base64.b64encode(self.salt).decode(),
            "entry": self.entry.decode(),
            "proof": self.proof.text.decode(),
        }
        return json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"

    def verdicts(self, policy: Policy, *, witnessed: bool) -> list[Verdict]:
        """Each thing by itself; ``witnessed``: the policy says which witnesses must have spoken."""
        found = [self._row_verdict(), self._tree_verdict()]
        try:
            opened = policy.open(self.proof.note)
        except CorruptData as error:
            return [*found, Verdict("log", False, str(error)), Verdict("witnesses", None, "not asked: no log is known")]
        found.append(Verdict("log", True, f"signed by {checkpoint_of(opened.text).origin}"))
        if not witnessed or not policy.witnesses:
            words = "not asked: the policy names none" if witnessed else "not asked: name a policy with --policy"
            return [*found, Verdict("witnesses", None, words)]
        standing = policy.standing(opened)
        spoken = ", ".join(f"{name} at {time_s}" for name, time_s in standing.witnessed) or "none of them"
        return [*found, Verdict("witnesses", standing.met, f"cosigned by {spoken}")]

    def _row_verdict(self) -> Verdict:
        words = "is what was logged" if self.commits else "is NOT what was logged: salt, row and commitment differ"
        return Verdict("row", self.commits, words)

    def _tree_verdict(self) -> Verdict:
        try:
            checkpoint = self._checkpoint()
            verify_inclusion(
                leaf_hash(self.entry), self.proof.index, checkpoint.size, self.proof.hashes, checkpoint.root
            )
        except CorruptData as error:
            return Verdict("tree", False, str(error))
        return Verdict("tree", True, f"entry {self.proof.index} of {checkpoint.size}")

    def _checkpoint(self) -> Checkpoint:
        """As the file says it is; who signed it is asked apart."""
        body, empty, _signatures = self.proof.note.partition(b"\n\n")
        if not empty:
            raise CorruptData("that is no signed note", code="note")
        try:
            return checkpoint_of(body.decode() + "\n")
        except UnicodeDecodeError as error:
            raise CorruptData("that is no signed note", code="note") from error


def row_proof_of_text(data: bytes) -> RowProof:
    """A proof read, nothing of it verified. Raises CorruptData (``row_proof``, ``log_proof``)."""
    wrong = CorruptData("that is no proof of a row", code="row_proof")
    try:
        said = json.loads(data) if len(data) <= _MAX_BYTES else None
    except (ValueError, RecursionError) as error:
        raise wrong from error
    names = {"format", "row", "salt", "entry", "proof"}
    if type(said) is not dict or said.keys() != names or any(type(each) is not str for each in said.values()):
        raise wrong
    salt = from_base64(said["salt"])
    if said["format"] != _FORMAT or salt is None or len(salt) != SALT_BYTES:
        raise wrong
    try:
        row, entry, proof = (said[name].encode() for name in ("row", "entry", "proof"))
    except UnicodeEncodeError as error:
        raise wrong from error
    return RowProof(row, salt, entry, log_proof_of(proof))
