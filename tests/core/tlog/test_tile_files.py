"""How a log lies in files: names, bundles, what a growth writes, and proofs read from tiles alone."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tlog.trees import grown, records
from haidang.core.errors import CorruptData
from haidang.core.tlog.checkpoints import checkpoint_of
from haidang.core.tlog.merkle import inclusion_proof, leaf_hash, root_of, verify_inclusion
from haidang.core.tlog.notes import key_of, open_note
from haidang.core.tlog.tiles import ENTRIES, Tile, bundle_of, entries_of, new_tiles, tile_named, tile_nodes, tiles_at

#: A log of fifteen entries, written by another implementation (Tessera's testdata/log).
TESSERA: dict[str, Any] = json.loads((Path(__file__).parent / "tessera.json").read_text(encoding="utf-8"))
NAMES = {
    Tile(0, 0): "tile/0/000",
    Tile(0, 0, 255): "tile/0/000.p/255",
    Tile(1, 0): "tile/1/000",
    Tile(15, 455_667): "tile/15/x455/667",
    Tile(15, 123_456_789, 41): "tile/15/x123/x456/789.p/41",
    Tile(ENTRIES, 0): "tile/entries/000",
    Tile(ENTRIES, 255, 253): "tile/entries/255.p/253",
    Tile(ENTRIES, 1_234_067): "tile/entries/x001/x234/067",
}


def test_names_are_those_of_the_specification() -> None:
    for tile, name in NAMES.items():
        assert tile.path == name
        assert tile_named(name) == tile


@pytest.mark.parametrize(
    "name",
    [
        "", "tile/0/0", "tile/00/000", "tile/0/1000", "tile/0/x000/000", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/01", "tile/64/000", "tile/-1/000", "tile/0/000/", "/tile/0/000", "tile/0/../000", "checkpoint",
        "tile/entries/x001/x234/67", "tile/0/٠٠٠",
    ],
)  # fmt: skip
def test_any_other_spelling_is_no_name(name: str) -> None:
    with pytest.raises(CorruptData):
        tile_named(name)


def test_a_log_of_seventy_thousand_has_the_tiles_of_the_specification() -> None:
    widths = {level: [tile.width for tile in tiles_at(70_000, level)] for level in range(4)}
    assert (len(widths[0]), widths[0][-1], set(widths[0][:-1])) == (274, 112, {256})
    assert (widths[1], widths[2], widths[3]) == ([256, 17], [1], [])
    assert [tile.path for tile in new_tiles(0, 256)] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]


def test_another_implementations_log_is_read_and_written_to_the_byte() -> None:
    key = key_of(TESSERA["vkey"])
    entries = entries_of(base64.b64decode(TESSERA["bundles"]["tile/entries/000.p/15"]), 15)
    assert entries[:3] == [b"one", b"two", b"three"]
    for size in range(1, 16):
        _edge, nodes = grown(entries[:size])
        checkpoint = checkpoint_of(open_note(TESSERA["checkpoints"][str(size)].encode(), [key]).text)
        assert (checkpoint.size, checkpoint.root) == (size, root_of(size, nodes))
        (bundle, tile) = new_tiles(size - 1, size)
        assert base64.b64encode(bundle_of(entries[:size])).decode() == TESSERA["bundles"][bundle.path]
        hashes = b"".join(leaf_hash(entry) for entry in entries[:size])
        assert base64.b64encode(hashes).decode() == TESSERA["tiles"][tile.path]


def written(sizes: list[int]) -> dict[Tile, bytes]:
    """The tiles that a log leaves which published these sizes."""
    _edge, nodes = grown(records(sizes[-1]))
    files: dict[Tile, bytes] = {}
    for old, new in zip([0, *sizes], sizes, strict=False):
        for tile in new_tiles(old, new):
            if tile.level != ENTRIES:
                first = tile.n * 256
                files[tile] = b"".join(nodes(tile.level * 8, at) for at in range(first, first + tile.width))
    return files


@given(st.lists(st.integers(1, 1200), min_size=1, max_size=4, unique=True).map(sorted), st.data())
def test_proofs_come_from_tiles_alone_for_every_size_that_was_published(sizes: list[int], data: st.DataObject) -> None:
    files = written(sizes)
    size = data.draw(st.sampled_from(sizes))
    index = data.draw(st.integers(0, size - 1))
    nodes = tile_nodes(lambda tile: files[tile], size)
    _edge, truth = grown(records(size))
    root = root_of(size, nodes)
    assert root == root_of(size, truth)
    verify_inclusion(
        leaf_hash(f"record {index}".encode()), index, size, inclusion_proof(index, size, nodes), root
    )  # fmt: skip


def test_a_short_tile_is_found_out() -> None:
    nodes = tile_nodes(lambda _tile: bytes(31), 5)
    with pytest.raises(CorruptData):
        nodes(0, 0)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_bundles_give_back_their_entries(entries: list[bytes]) -> None:
    assert entries_of(bundle_of(entries), len(entries)) == entries


@pytest.mark.parametrize("bundle", [b"", b"\0", b"\0\2x", b"\0\1xy", b"\0\1x\0"])
def test_a_bundle_of_another_length_is_found_out(bundle: bytes) -> None:
    with pytest.raises(CorruptData):
        entries_of(bundle, 1)
    assert bundle_of([b"one", b"two", b"three"]).hex() == "00036f6e65000374776f00057468726565"
