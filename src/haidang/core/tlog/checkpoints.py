"""tlog-checkpoint and the witness's request (C2SP): what a log says of itself, and what it asks a witness to cosign."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from haidang.core.errors import CorruptData
from haidang.core.tlog.merkle import HASH_BYTES
from haidang.core.tlog.notes import from_base64

__all__ = [
    "MAX_PROOF_LINES",
    "AddCheckpoint",
    "Checkpoint",
    "add_checkpoint_of",
    "checkpoint_of",
    "monitoring_path",
    "size_of",
]

#: Of a consistency proof in a request.
MAX_PROOF_LINES = 63
_DECIMAL = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)
_MAX_SIZE = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``origin`` names the log for ever."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The body that is signed; never any extension line (others' witnesses refuse them)."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def checkpoint_of(text: str) -> Checkpoint:
    """A checkpoint's body read. Raises CorruptData (``checkpoint``), for one with extension lines too."""
    wrong = CorruptData("that is no checkpoint: origin, size, root", code="checkpoint")
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise wrong
    size, root = size_of(lines[1]), from_base64(lines[2])
    if size is None or root is None or len(root) != HASH_BYTES:
        raise wrong
    return Checkpoint(lines[0], size, root)


def size_of(text: str) -> int | None:
    """A tree's size as written: decimal, no leading zero; None for anything else."""
    if not _DECIMAL.fullmatch(text):
        return None
    return size if (size := int(text)) <= _MAX_SIZE else None


def monitoring_path(origin: str) -> str:
    """Where a witness shows the latest checkpoint of a log that it cosigned."""
    return f"{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint"


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A log asks for a cosignature: ``proof`` is from the size ``old`` that the witness cosigned last to ``note``'s."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    @property
    def body(self) -> bytes:
        """The request's body."""
        lines = [f"old {self.old}", *(base64.b64encode(each).decode() for each in self.proof)]
        return ("\n".join(lines) + "\n\n").encode() + self.note


def add_checkpoint_of(body: bytes) -> AddCheckpoint:
    """A request read. Raises CorruptData (``add_checkpoint``)."""
    wrong = CorruptData("that is no request for a cosignature", code="add_checkpoint")
    head, empty, note = body.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise wrong from error
    word, space, size_text = first.partition(" ")
    old = size_of(size_text)
    if not empty or (word, space) != ("old", " ") or old is None or len(lines) > MAX_PROOF_LINES:
        raise wrong
    return AddCheckpoint(old, tuple(_hashes(lines, wrong)), note)


def _hashes(lines: Sequence[str], wrong: CorruptData) -> list[bytes]:
    found = [from_base64(line) for line in lines]
    hashes = [each for each in found if each is not None and len(each) == HASH_BYTES]
    if len(hashes) != len(lines):
        raise wrong
    return hashes
