"""What a mirror keeps of a log: tlog-tiles files that ``storage.log_reader`` reads, and how far they are checked.

Write order of what is added: 1. bundles and tiles, 2. ``kept`` (size and root up to which everything is checked),
3. partial tiles that full ones replace go, 4. ``checkpoint`` once ``kept`` has come to what was cosigned. What a crash
leaves behind 1 is written again with the same bytes: nothing is kept that the cosigned root does not hold, and a log
that was cosigned never says anything else in the same place. There is one way to start: from ``kept``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from haidang.core.errors import CorruptData
from haidang.core.tlog.merkle import EMPTY_ROOT
from haidang.core.tlog.tiles import CHECKPOINT_PATH, ENTRIES, TILE_WIDTH, Tile, entries_of
from haidang.storage.log_reader import read_tile
from haidang.storage.log_store import LogFileOps, RealLogFileOps
from haidang.storage.log_tiles import TileEdge, drop_partials

__all__ = ["MirrorStore", "kept_size"]

_KEPT = "kept"


def kept_size(folder: Path) -> int:
    """How many entries a copy has, by its own word; 0 where that cannot be read."""
    try:
        return int(json.loads((folder / _KEPT).read_bytes())["size"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


class MirrorStore:
    """One log's copy; one writer a folder."""

    def __init__(self, folder: Path, *, ops: LogFileOps | None = None) -> None:
        """Go on from what is kept, nothing at first. Raises CorruptData (``mirror_kept``): the copy is damaged."""
        self.folder, self._ops = folder, ops or RealLogFileOps()
        size, root = self._read_kept()
        self.end = TileEdge()
        if size:
            try:
                self.end = TileEdge.load(self._tile, size)
            except CorruptData as error:
                raise self._damaged() from error
        if self.end.edge.root() != root:
            raise self._damaged()

    @property
    def size(self) -> int:
        """Entries 0 to ``size`` are here and checked."""
        return self.end.size

    def keep(self, end: TileEdge, tiles: Sequence[tuple[Tile, bytes]]) -> None:
        """What ``end.grown`` of ours gave, once it is checked. Raises OSError; then open the store anew."""
        old = self.size
        for tile, data in tiles:
            self._ops.put(self.folder / tile.path, data)
        kept = json.dumps({"size": end.size, "root": end.edge.root().hex()})
        self._ops.put(self.folder / _KEPT, kept.encode())
        drop_partials(self.folder, old, end.size)
        self.end = end

    def publish(self, note: bytes) -> None:
        """The cosigned checkpoint of exactly what is kept. Raises OSError."""
        path = self.folder / CHECKPOINT_PATH
        if not path.is_file() or path.read_bytes() != note:
            self._ops.put(path, note)

    def bundle(self, n: int) -> list[bytes]:
        """The kept entries from ``n * 256`` on. Raises CorruptData."""
        width = min(TILE_WIDTH, self.size - n * TILE_WIDTH)
        return entries_of(self._tile(Tile(ENTRIES, n, width)), width)

    def entry(self, index: int) -> bytes:
        """One kept entry. Raises CorruptData."""
        assert 0 <= index < self.size, "an entry that is kept"
        return self.bundle(index // TILE_WIDTH)[index % TILE_WIDTH]

    def _read_kept(self) -> tuple[int, bytes]:
        try:
            kept = json.loads((self.folder / _KEPT).read_bytes())
            return int(kept["size"]), bytes.fromhex(kept["root"])
        except FileNotFoundError:
            return 0, EMPTY_ROOT
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged() from error

    def _tile(self, tile: Tile) -> bytes:
        return read_tile(self.folder, tile)

    def _damaged(self) -> CorruptData:
        return CorruptData(f"the copy in {self.folder} is not what was kept: move it away", code="mirror_kept")
