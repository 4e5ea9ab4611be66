"""A log read from its first entry to its checkpoint and held against itself: entries, tiles of every level, root.

Law: a bundle that cannot be read loses its entries, not the rest: the tree goes on by the hashes of the tile beside it,
so that one flipped byte is one finding.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from haidang.core.errors import CorruptData
from haidang.core.findings import Finding
from haidang.core.tlog.checkpoints import Checkpoint
from haidang.core.tlog.merkle import EMPTY_ROOT, HASH_BYTES, Edge, leaf_hash
from haidang.core.tlog.tiles import ENTRIES, TILE_WIDTH, Tile, entries_of
from haidang.storage.log_reader import read_tile

__all__ = ["LOST", "LogScan"]

#: Stands for an entry that is not what was logged.
LOST = b""


class LogScan:
    """``log``: its short name, for findings. ``state`` of an earlier scan of the same log goes on behind it.

    ``roots`` are those at the sizes ``wanted``, as far as the scan has come: of what was logged, whatever tiles say.
    """

    def __init__(
        self,
        log: str,
        folder: Path,
        checkpoint: Checkpoint,
        report: Callable[[Finding], None],
        *,
        wanted: Iterable[int] = (),
        state: str = "",
    ) -> None:
        self._log, self._folder, self._checkpoint, self._report = log, folder, checkpoint, report
        said: dict[str, Any] = json.loads(state) if state else {"size": 0, "edge": [], "levels": {}, "roots": {}}
        self._wanted = frozenset(wanted)
        self.roots = {0: EMPTY_ROOT} | {int(size): bytes.fromhex(root) for size, root in said["roots"].items()}
        self._edge = Edge(said["size"], [bytes.fromhex(each) for each in said["edge"]])
        self._levels = {
            int(level): [bytes.fromhex(each) for each in hashes] for level, hashes in said["levels"].items()
        }

    @property
    def size(self) -> int:
        """Entries behind us."""
        return self._edge.size

    @property
    def state(self) -> str:
        """Where to go on; between bundles only."""
        levels = {level: [each.hex() for each in hashes] for level, hashes in self._levels.items()}
        edge = [each.hex() for each in self._edge.subtrees]
        roots = {size: root.hex() for size, root in self.roots.items()}
        return json.dumps({"size": self._edge.size, "edge": edge, "levels": levels, "roots": roots})

    def bundles(self) -> Iterator[tuple[int, list[bytes] | None]]:
        """Number of the first entry and the entries of each bundle; None for one that is lost."""
        size = self._checkpoint.size
        while self._edge.size < size:
            first = self._edge.size
            n = first // TILE_WIDTH
            width = min(TILE_WIDTH, size - n * TILE_WIDTH)
            entries = self._entries(Tile(ENTRIES, n, width))
            hashes = self._hashes(Tile(0, n, width), entries)
            if hashes is None:
                return  # neither entries nor hashes: nothing behind here can be held against the root
            for hash_ in hashes:
                self._grow(hash_)
            yield first, entries
        self._finish()

    def _entries(self, bundle: Tile) -> list[bytes] | None:
        try:
            return entries_of(read_tile(self._folder, bundle), bundle.width)
        except (CorruptData, OSError) as error:
            self._tell("log_tile", file=bundle.path, facts={"why": str(error)})
            return None

    def _hashes(self, tile: Tile, entries: list[bytes] | None) -> list[bytes] | None:
        """The leaves' hashes, from entries and tile held against each other; wrong entries become ``LOST``."""
        in_tile = self._leaves(tile)
        if entries is None:
            return in_tile
        made = [leaf_hash(entry) for entry in entries]
        if in_tile is None or in_tile == made:
            return made
        if self._proves(tile, made):
            self._tell("log_tile", file=tile.path, facts={"why": "hashes differ"})
            return made
        for at, (ours, theirs) in enumerate(zip(made, in_tile, strict=True)):
            if ours != theirs:
                self._tell("log_entry", facts={"index": tile.n * TILE_WIDTH + at})
                entries[at] = LOST
        return in_tile

    def _leaves(self, tile: Tile) -> list[bytes] | None:
        try:
            kept = read_tile(self._folder, tile)[: tile.width * HASH_BYTES]
        except (CorruptData, OSError) as error:
            self._tell("log_tile", file=tile.path, facts={"why": str(error)})
            return None
        if len(kept) != tile.width * HASH_BYTES:
            self._tell("log_tile", file=tile.path, facts={"why": f"{len(kept)} bytes"})
            return None
        return [kept[at : at + HASH_BYTES] for at in range(0, len(kept), HASH_BYTES)]

    def _proves(self, tile: Tile, leaves: list[bytes]) -> bool:
        """Whether what stands above the tile, or the root, says that these are its leaves."""
        if tile.width == TILE_WIDTH:
            alone = Edge()
            for leaf in leaves:
                list(alone.append(leaf))
            n, at = divmod(tile.n, TILE_WIDTH)
            width = min(TILE_WIDTH, (self._checkpoint.size >> 8) - n * TILE_WIDTH)
            try:
                above = read_tile(self._folder, Tile(1, n, width))
            except (CorruptData, OSError):
                return False  # told of when its turn comes
            return above[at * HASH_BYTES : (at + 1) * HASH_BYTES] == alone.root()
        grown = self._edge.copy()
        for leaf in leaves:
            list(grown.append(leaf))
        return grown.root() == self._checkpoint.root

    def _grow(self, leaf: bytes) -> None:
        for level, index, hash_ in self._edge.append(leaf):
            if level == 0 or level % 8:
                continue
            held = self._levels.setdefault(level // 8, [])
            held.append(hash_)
            if len(held) == TILE_WIDTH:
                self._compare(Tile(level // 8, index // TILE_WIDTH), held)
                held.clear()
        if self._edge.size in self._wanted:
            self.roots[self._edge.size] = self._edge.root()

    def _compare(self, tile: Tile, expected: list[bytes]) -> None:
        try:
            kept = read_tile(self._folder, tile)[: tile.width * HASH_BYTES]
        except (CorruptData, OSError) as error:
            self._tell("log_tile", file=tile.path, facts={"why": str(error)})
            return
        if kept != b"".join(expected):
            self._tell("log_tile", file=tile.path, facts={"why": "hashes differ"})

    def _finish(self) -> None:
        for level, held in self._levels.items():
            if held:
                n = (self._checkpoint.size >> 8 * level) // TILE_WIDTH
                self._compare(Tile(level, n, len(held)), held)
        if self._edge.root() != self._checkpoint.root:
            self._tell("log_root", facts={"size": self._checkpoint.size})

    def _tell(self, kind: str, *, file: str = "", facts: dict[str, str | int] | None = None) -> None:
        self._report(Finding(kind, file=file, facts={"log": self._log, **(facts or {})}))
