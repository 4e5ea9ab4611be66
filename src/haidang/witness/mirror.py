"""The mirror: fetches what a log has that the copy lacks, up to what was cosigned, and checks it before it keeps it.

Laws: what is kept is under a root that the witness cosigned, each step for itself: the entries make the copy's tree
grow, and the log's own tiles must prove that the grown tree is a beginning of the cosigned one. A step holds some
thousand entries and some megabytes, however far behind it is. What does not fit is kept as evidence, never as a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from haidang.core.errors import CorruptData
from haidang.core.tlog.merkle import consistency_proof, verify_consistency
from haidang.core.tlog.tiles import ENTRIES, TILE_WIDTH, Tile, entries_of, tile_nodes
from haidang.storage.log_tiles import TileEdge
from haidang.witness.mirror_store import MirrorStore
from haidang.witness.source import LogSource
from haidang.witness.store import Latest

__all__ = ["Mirror", "WrongBytes"]

_STEP_ENTRIES = 4096
_STEP_BYTES = 8 * 1024 * 1024
#: Others wait meanwhile: alarms, and the other log.
_STEPS = 25


class WrongBytes(CorruptData):
    """The host served what it did not sign; ``served`` is that, by path."""

    default_code = "mirror_bytes"

    def __init__(self, message: str, served: dict[str, bytes]) -> None:
        super().__init__(message)
        self.served = served


@dataclass(slots=True)
class Mirror:
    """``latest`` is the checkpoint of this log that the witness cosigned last."""

    source: LogSource
    store: MirrorStore
    latest: Callable[[], Latest | None]

    def run_once(self) -> int:
        """Come nearer to what was cosigned; how many entries were kept.

        Raises Unavailable, NotFound, WrongBytes, or OSError of the own disk: then open the store anew.
        """
        latest, began = self.latest(), self.store.size
        if latest is None:
            return 0
        for _ in range(_STEPS):
            if self.store.size >= latest.size:
                break
            self._step(latest)
        if self.store.size == latest.size:
            self.store.publish(latest.note)
        return self.store.size - began

    def _step(self, latest: Latest) -> None:
        served: dict[str, bytes] = {}

        def fetch(tile: Tile) -> bytes:
            if tile.path not in served:
                served[tile.path] = self.source.tile(tile)
            return served[tile.path]

        try:
            end, tiles = self.store.end.grown(_new_entries(self.store.end, latest.size, fetch))
            nodes = tile_nodes(fetch, latest.size)
            proof = consistency_proof(end.size, latest.size, nodes)
            verify_consistency(end.size, end.edge.root(), latest.size, latest.root, proof)
        except CorruptData as error:
            raise WrongBytes(f"entries from {self.store.size} on: {error}", served) from error
        self.store.keep(end, tiles)


def _new_entries(end: TileEdge, size: int, fetch: Callable[[Tile], bytes]) -> list[bytes]:
    """Entries behind ``end``, of a log of that ``size``; some of them if they are many. Raises CorruptData."""
    entries: list[bytes] = []
    n, weight, begun = end.size // TILE_WIDTH, 0, list(end.last_entries)
    while n * TILE_WIDTH < size and len(entries) < _STEP_ENTRIES and weight < _STEP_BYTES:
        width = min(TILE_WIDTH, size - n * TILE_WIDTH)
        bundle = fetch(Tile(ENTRIES, n, width))
        found = entries_of(bundle, width)
        if found[: len(begun)] != begun:
            raise CorruptData(f"bundle {n} does not begin with what it began with before", code="mirror_bytes")
        entries += found[len(begun) :]
        n, weight, begun = n + 1, weight + len(bundle), []
    return entries
