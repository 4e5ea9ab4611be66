"""A transparency log in a folder: tlog-tiles files, a checkpoint, and what its writer has logged so far.

Laws (docs/adr/0015): one writer a folder. A batch is decided when ``pending`` is on disk; what follows is the same
function for an append and for a start after a crash. Full tiles are written once. The caller's state is on disk with
the very entries that it speaks of.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from haidang.core.errors import CorruptData, Fatal
from haidang.core.tlog.checkpoints import Checkpoint, checkpoint_of
from haidang.core.tlog.merkle import EMPTY_ROOT, consistency_proof
from haidang.core.tlog.notes import Key, Signer, open_note, sign_note
from haidang.core.tlog.tiles import CHECKPOINT_PATH, MAX_ENTRY_BYTES, Tile, tile_nodes
from haidang.host.files import replace_file
from haidang.storage.log_reader import COSIGNED, read_tile
from haidang.storage.log_tiles import TileEdge, drop_partials

__all__ = ["MAX_BATCH", "LogFileOps", "LogStore", "RealLogFileOps"]

MAX_BATCH = 4096
_PENDING, _STATE = "pending", "state"
_FILE_MODE = 0o644  # a log is public


class LogFileOps(Protocol):
    """What a log does to a disk; each is one step that a crash cannot halve, and raises OSError."""

    def put(self, path: Path, data: bytes) -> None:
        """The file holds these bytes, durably; folders are made."""

    def remove(self, path: Path) -> None:
        """The file is gone; one that is not there is what was wanted."""


class RealLogFileOps:
    """The operating system's."""

    def put(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data, mode=_FILE_MODE, durable=True)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)


class LogStore:
    """The log of one origin, opened for writing; ``LogReader`` reads it."""

    def __init__(self, folder: Path, signer: Signer, *, ops: LogFileOps | None = None) -> None:
        """Open it and finish what a crash cut short; an empty log if there is none.

        Raises CorruptData or Fatal: the log on disk is not what its own checkpoint says.
        """
        self.folder, self._signer, self._ops = folder, signer, ops or RealLogFileOps()
        self.origin = signer.key.name
        self._note, checkpoint = self._read_checkpoint()
        self.state = self._read(_STATE) or b""
        #: The newest checkpoint that enough witnesses have cosigned; b"" before the first.
        self.cosigned_note = self._read(COSIGNED) or b""
        self._end = TileEdge()
        if checkpoint.size:
            self._end = TileEdge.load(self._tile, checkpoint.size)
            if self._end.edge.root() != checkpoint.root:
                raise CorruptData(f"the tiles of {self.origin} are not what its checkpoint says", code="log_tiles")
        pending = self._read(_PENDING)
        if pending is not None:
            self._finish(pending)

    @property
    def key(self) -> Key:
        return self._signer.key

    @property
    def size(self) -> int:
        return self._end.size

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint(self.origin, self._end.size, self._end.edge.root())

    @property
    def note(self) -> bytes:
        """The checkpoint as it is published: signed, and cosigned by whoever has."""
        return self._note

    def append(self, entries: Sequence[bytes], state: bytes) -> Checkpoint:
        """Log these entries, and with them that the caller has come to ``state``. Raises OSError.

        After an error nothing is known: open the log anew, and read its state.
        """
        assert 0 < len(entries) <= MAX_BATCH, f"a batch is 1 to {MAX_BATCH} entries"
        assert all(len(entry) <= MAX_ENTRY_BYTES for entry in entries), "an entry is at most 65,535 bytes"
        pending = json.dumps(
            {
                "old": self.size,
                "state": base64.b64encode(state).decode(),
                "entries": [base64.b64encode(entry).decode() for entry in entries],
            }
        ).encode()
        self._ops.put(self.folder / _PENDING, pending)
        self._finish(pending)
        return self.checkpoint

    def publish(self, note: bytes, *, whole: bool = True) -> None:
        """Put a cosigned form of the present checkpoint in its place; raises CorruptData for any other note.

        ``whole``: enough witnesses have signed it; it is kept beside too, for the next batch's checkpoint is bare.
        """
        if open_note(note, [self._signer.key]).text != self.checkpoint.text:
            raise CorruptData("the note is not of the present checkpoint", code="checkpoint")
        if whole:
            self._ops.put(self.folder / COSIGNED, note)
            self.cosigned_note = note
        self._ops.put(self.folder / CHECKPOINT_PATH, note)
        self._note = note

    def consistency(self, old: int) -> list[bytes]:
        """That the log goes on from what it was at this size."""
        return consistency_proof(old, self.size, tile_nodes(self._tile, self.size))

    # -- inside

    def _finish(self, pending: bytes) -> None:
        """Steps 2 to 5 of a batch that is decided."""
        batch = json.loads(pending)
        entries = [base64.b64decode(each) for each in batch["entries"]]
        if batch["old"] == self.size:
            self._grow(entries, base64.b64decode(batch["state"]))
        elif batch["old"] + len(entries) != self.size:  # neither before its checkpoint nor after it
            raise Fatal(f"the batch in {self.folder / _PENDING} is of another log than {self.size}", code="log_batch")
        self._ops.remove(self.folder / _PENDING)

    def _grow(self, entries: list[bytes], state: bytes) -> None:
        old, (end, tiles) = self.size, self._end.grown(entries)
        for tile, data in tiles:
            self._ops.put(self.folder / tile.path, data)
        self._ops.put(self.folder / _STATE, state)
        text = Checkpoint(self.origin, end.size, end.edge.root()).text
        note = sign_note(text, [self._signer.sign(text)])
        self._ops.put(self.folder / CHECKPOINT_PATH, note)
        drop_partials(self.folder, old, end.size)
        self._end, self._note, self.state = end, note, state

    def _read_checkpoint(self) -> tuple[bytes, Checkpoint]:
        note = self._read(CHECKPOINT_PATH)
        if note is None:
            return b"", Checkpoint(self.origin, 0, EMPTY_ROOT)
        checkpoint = checkpoint_of(open_note(note, [self._signer.key]).text)
        if checkpoint.origin != self.origin:
            raise Fatal(f"{self.folder} is the log of {checkpoint.origin!r}, not of {self.origin!r}", code="log_origin")
        return note, checkpoint

    def _tile(self, tile: Tile) -> bytes:
        return read_tile(self.folder, tile)

    def _read(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
