"""tlog-tiles (C2SP): how a log lies in files, 256 hashes a tile, 256 entries a bundle.

Tile (level, n) holds hashes ``n * 256`` on of its level; hash i of level l is the root over the 256^l leaves from
``i * 256^l`` on. Full tiles never change. A partial tile has its width in its name and may go once the full one is
there.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from haidang.core.errors import CorruptData
from haidang.core.tlog.merkle import HASH_BYTES, Nodes, node_hash

__all__ = [
    "CHECKPOINT_PATH",
    "ENTRIES",
    "MAX_ENTRY_BYTES",
    "TILE_WIDTH",
    "Tile",
    "bundle_of",
    "entries_of",
    "new_tiles",
    "tile_named",
    "tile_nodes",
    "tiles_at",
]

TILE_WIDTH = 256
_HEIGHT = 8
CHECKPOINT_PATH = "checkpoint"
#: The level of entry bundles, which hold entries where tiles of level 0 hold their hashes.
ENTRIES = -1
MAX_ENTRY_BYTES = 65_535
_NAME = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tile:
    """``level`` ``ENTRIES`` is a bundle; ``width`` below 256 is a partial tile."""

    level: int
    n: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Its name below the log's prefix."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        groups = [f"{self.n % 1000:03d}"]
        rest = self.n // 1000
        while rest:
            groups.append(f"x{rest % 1000:03d}")
            rest //= 1000
        partial = f".p/{self.width}" if self.width < TILE_WIDTH else ""
        return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def tile_named(path: str) -> Tile:
    """The tile of a name. Raises CorruptData (``tile_name``) for any other spelling of it."""
    found = _NAME.fullmatch(path)
    if found is not None:
        level = ENTRIES if found[1] == "entries" else int(found[1])
        tile = Tile(level, int(found[2].replace("x", "").replace("/", "")), int(found[3] or TILE_WIDTH))
        if level <= 63 and tile.path == path:
            return tile
    raise CorruptData(f"{path!r} is no tile's name", code="tile_name")


def tiles_at(size: int, level: int) -> Iterator[Tile]:
    """The tiles of a level of a log of this size: full ones, then the partial one if there is one."""
    yield from _tiles(level, 0, _count(size, level))


def new_tiles(old: int, new: int) -> Iterator[Tile]:
    """What must be written when a log grows: bundles first, then tiles from the leaves up."""
    for level in (ENTRIES, *range(64)):
        before, after = _count(old, level), _count(new, level)
        if after == 0:
            return
        if after > before:
            yield from _tiles(level, before // TILE_WIDTH, after)


def _count(size: int, level: int) -> int:
    """How many hashes a level has (entries, for bundles)."""
    return size >> _HEIGHT * max(level, 0)


def _tiles(level: int, first: int, count: int) -> Iterator[Tile]:
    for n in range(first, -(-count // TILE_WIDTH)):
        yield Tile(level, n, min(TILE_WIDTH, count - n * TILE_WIDTH))


def tile_nodes(read: Callable[[Tile], bytes], size: int) -> Nodes:
    """A log of this size as nodes; ``read`` gives a tile's bytes, at least the width asked for."""

    def node(level: int, index: int) -> bytes:
        tile_level, up = divmod(level, _HEIGHT)
        first = index << up
        n = first // TILE_WIDTH
        width = min(TILE_WIDTH, _count(size, tile_level) - n * TILE_WIDTH)
        tile = Tile(tile_level, n, width)
        data = read(tile)
        if width < 1 or len(data) < width * HASH_BYTES:
            raise CorruptData(f"{tile.path} is {len(data)} bytes, and should be {width * HASH_BYTES}", code="tile_size")
        start = first % TILE_WIDTH
        hashes = [data[at * HASH_BYTES : (at + 1) * HASH_BYTES] for at in range(start, start + (1 << up))]
        while len(hashes) > 1:
            hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    return node


def bundle_of(entries: Sequence[bytes]) -> bytes:
    """Entries as a bundle: each behind its length in two bytes."""
    assert all(len(entry) <= MAX_ENTRY_BYTES for entry in entries), "an entry is at most 65,535 bytes"
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def entries_of(bundle: bytes, count: int) -> list[bytes]:
    """The ``count`` entries of a bundle. Raises CorruptData (``bundle``) if there are more, fewer or half ones."""
    entries: list[bytes] = []
    at = 0
    for _ in range(count):
        if at + 2 > len(bundle):
            raise CorruptData(f"the bundle ends after {len(entries)} of {count} entries", code="bundle")
        end = at + 2 + struct.unpack_from(">H", bundle, at)[0]
        if end > len(bundle):
            raise CorruptData(f"entry {len(entries)} of the bundle is cut", code="bundle")
        entries.append(bundle[at + 2 : end])
        at = end
    if at != len(bundle):
        raise CorruptData(f"the bundle goes on behind its {count} entries", code="bundle")
    return entries
