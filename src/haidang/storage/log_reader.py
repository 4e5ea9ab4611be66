"""A transparency log in a folder, read by whoever does not write it."""

from __future__ import annotations

from pathlib import Path

from haidang.core.errors import CorruptData, NotFound
from haidang.core.tlog.checkpoints import Checkpoint, checkpoint_of
from haidang.core.tlog.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from haidang.core.tlog.notes import Key, open_note
from haidang.core.tlog.proofs import LogProof
from haidang.core.tlog.tiles import CHECKPOINT_PATH, ENTRIES, TILE_WIDTH, Tile, entries_of, tile_nodes

__all__ = ["COSIGNED", "LogReader", "read_tile"]

#: The newest checkpoint that enough witnesses have cosigned: the one in ``checkpoint`` is bare until they have.
COSIGNED = "cosigned"


class LogReader:
    """The log as its checkpoint of this moment says it is."""

    def __init__(self, folder: Path, key: Key) -> None:
        """Raises NotFound (``no_log``) where nothing is logged, CorruptData where the checkpoint is not the key's."""
        self._folder = folder
        self._key = key
        try:
            self.note = (folder / CHECKPOINT_PATH).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(f"nothing is logged in {folder} yet", code="no_log") from error
        self.checkpoint: Checkpoint = self.checkpoint_of(self.note)

    def checkpoint_of(self, note: bytes) -> Checkpoint:
        """What a note of this log says. Raises CorruptData where its key has not signed it."""
        return checkpoint_of(open_note(note, [self._key]).text)

    @property
    def cosigned_note(self) -> bytes:
        """The newest checkpoint that enough witnesses have cosigned, b"" before the first."""
        try:
            return (self._folder / COSIGNED).read_bytes()
        except FileNotFoundError:
            return b""

    def entry(self, index: int) -> bytes:
        """One entry's bytes. Raises NotFound (``no_entry``)."""
        if not 0 <= index < self.checkpoint.size:
            raise NotFound(f"the log has entries 0 to {self.checkpoint.size - 1}", code="no_entry")
        n = index // TILE_WIDTH
        width = min(TILE_WIDTH, self.checkpoint.size - n * TILE_WIDTH)
        return entries_of(self._tile(Tile(ENTRIES, n, width)), width)[index % TILE_WIDTH]

    def proof(self, index: int) -> LogProof:
        """That the entry is in the log, held against its checkpoint before it is given.

        Raises NotFound (``no_entry``), or CorruptData where entry or tiles are not what was signed.
        """
        return self._proof(index, self.note, self.checkpoint)

    def cosigned_proof(self, index: int) -> LogProof:
        """The same under the newest checkpoint that is cosigned, where that holds the entry already."""
        note = self.cosigned_note
        if note and self.checkpoint_of(note).size > index:
            return self._proof(index, note, self.checkpoint_of(note))
        return self.proof(index)

    def _proof(self, index: int, note: bytes, checkpoint: Checkpoint) -> LogProof:
        leaf, size = leaf_hash(self.entry(index)), checkpoint.size
        hashes = inclusion_proof(index, size, tile_nodes(self._tile, size))
        verify_inclusion(leaf, index, size, hashes, checkpoint.root)
        return LogProof(index, tuple(hashes), note)

    def goes_on_from(self, earlier: Checkpoint) -> None:
        """Hold the log against what it once said of itself.

        Raises CorruptData: ``consistency_proof`` where it was another then, ``log_tiles`` where tiles are gone.
        """
        size = self.checkpoint.size
        if earlier.size > size:
            raise CorruptData(f"the log had {earlier.size} entries, it has {size}", code="consistency_proof")
        proof = consistency_proof(earlier.size, size, tile_nodes(self._tile, size))
        verify_consistency(earlier.size, earlier.root, size, self.checkpoint.root, proof)

    def _tile(self, tile: Tile) -> bytes:
        return read_tile(self._folder, tile)


def read_tile(folder: Path, tile: Tile) -> bytes:
    """A tile's bytes; of a partial one that has gone, from the full one. Raises CorruptData (``log_tiles``)."""
    for name in (tile.path, Tile(tile.level, tile.n).path):
        path = folder / name
        if path.is_file():
            data = path.read_bytes()
            return _first_entries(data, tile.width) if name != tile.path and tile.level == ENTRIES else data
    raise CorruptData(f"{tile.path} of the log is missing", code="log_tiles")


def _first_entries(bundle: bytes, count: int) -> bytes:
    """A full bundle as it was when it had ``count`` entries: the writer may have gone on meanwhile."""
    at = 0
    for _ in range(count):
        at += 2 + int.from_bytes(bundle[at : at + 2])
    return bundle[:at]
