"""The growing end of a log in tiles: what must be written when entries are added. Nothing here writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from haidang.core.tlog.merkle import HASH_BYTES, Edge, leaf_hash
from haidang.core.tlog.tiles import (
    ENTRIES,
    TILE_WIDTH,
    Tile,
    bundle_of,
    entries_of,
    new_tiles,
    tile_nodes,
    tiles_at,
)

__all__ = ["TileEdge", "drop_partials"]


@dataclass(frozen=True, slots=True)
class TileEdge:
    """The tree's edge, and of each level what its last tile holds while that is not full. Never changed: ``grown``
    gives the next one, so that a write which fails leaves its caller where it was.
    """

    edge: Edge = field(default_factory=Edge)
    levels: dict[int, list[bytes]] = field(default_factory=dict)

    @classmethod
    def load(cls, read: Callable[[Tile], bytes], size: int) -> TileEdge:
        """Of a log of this size that is kept; whoever knows its root compares. Raises CorruptData."""
        edge, levels = Edge.at(size, tile_nodes(read, size)), {}
        for level in (ENTRIES, *range(8)):
            last = next((tile for tile in tiles_at(size, level) if tile.width < TILE_WIDTH), None)
            if last is not None:
                data = read(last)
                levels[level] = (
                    entries_of(data, last.width)
                    if level == ENTRIES
                    else [data[at : at + HASH_BYTES] for at in range(0, last.width * HASH_BYTES, HASH_BYTES)]
                )
        return cls(edge, levels)

    @property
    def size(self) -> int:
        return self.edge.size

    @property
    def last_entries(self) -> Sequence[bytes]:
        """The entries of the last bundle, none if it is full."""
        return self.levels.get(ENTRIES, [])

    def grown(self, entries: Sequence[bytes]) -> tuple[TileEdge, list[tuple[Tile, bytes]]]:
        """With these entries behind, and the tiles that must be written for it, bundles first."""
        levels, edge = {level: list(held) for level, held in self.levels.items()}, self.edge.copy()
        for entry in entries:
            levels.setdefault(ENTRIES, []).append(entry)
            for level, _index, hash_ in edge.append(leaf_hash(entry)):
                if level % 8 == 0:
                    levels.setdefault(level // 8, []).append(hash_)
        tiles = []
        for tile in new_tiles(self.size, edge.size):
            first = (tile.n - _first_tile(self.size, tile.level)) * TILE_WIDTH
            held = levels[tile.level][first : first + tile.width]
            tiles.append((tile, bundle_of(held) if tile.level == ENTRIES else b"".join(held)))
        rest = {level: held[len(held) // TILE_WIDTH * TILE_WIDTH :] for level, held in levels.items()}
        return TileEdge(edge, rest), tiles


def drop_partials(folder: Path, old: int, new: int) -> None:
    """Partial tiles go once the full one is there. One that stays for an error of the disk does no harm."""
    for tile in new_tiles(old, new):
        if tile.width == TILE_WIDTH:
            partials = folder / f"{tile.path}.p"
            with suppress(OSError):
                for each in partials.iterdir():
                    each.unlink()
                partials.rmdir()


def _first_tile(size: int, level: int) -> int:
    """The tile in which a level goes on from this size."""
    return (size >> 8 * max(level, 0)) // TILE_WIDTH
