"""The tree: published roots, and proofs of every shape against the definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tlog.trees import grown, records, slow_root
from haidang.core.errors import CorruptData
from haidang.core.tlog.merkle import (
    EMPTY_ROOT,
    Edge,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

#: The reference tree of Certificate Transparency.
CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
CT_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
SIZES = st.integers(1, 300)


def test_roots_are_those_of_the_reference() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for size, root in CT_ROOTS.items():
        edge, nodes = grown(CT_LEAVES[:size])
        assert edge.root().hex() == root
        assert root_of(size, nodes).hex() == root


@given(SIZES)
def test_the_edge_gives_every_root_and_is_found_again(size: int) -> None:
    leaves = records(size)
    edge, nodes = grown(leaves)
    assert edge.root() == slow_root(leaves)
    again = Edge.at(size, nodes)
    assert (again.size, again.root()) == (size, edge.root())


@given(SIZES, st.data())
def test_an_entry_is_proved_to_be_in_the_log_and_no_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    edge, nodes = grown(records(size))
    proof, leaf = inclusion_proof(index, size, nodes), leaf_hash(f"record {index}".encode())
    verify_inclusion(leaf, index, size, proof, edge.root())
    for wrong in (
        (leaf_hash(b"another"), index, size, proof, edge.root()),
        (leaf, index, size, [*proof, bytes(32)], edge.root()),
        (leaf, index, size, proof, bytes(32)),
        (leaf, size, size, proof, edge.root()),
        *([(leaf, index, size, proof[:-1], edge.root())] if proof else []),
        *([(leaf, index ^ 1, size, proof, edge.root())] if index ^ 1 < size and proof else []),
    ):
        with pytest.raises(CorruptData):
            verify_inclusion(*wrong)


@given(SIZES, st.data())
def test_a_log_is_proved_to_go_on_from_an_earlier_one_and_from_no_other(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    edge, nodes = grown(records(size))
    old_root, root = slow_root(records(old)), edge.root()
    proof = consistency_proof(old, size, nodes)
    verify_consistency(old, old_root, size, root, proof)
    other = slow_root([*records(max(0, old - 1)), b"another"][:old]) if old else bytes(32)
    for wrong in (
        (old, other, size, root, proof),
        (old, old_root, size, bytes(32), proof) if old else (old, bytes(32), size, root, proof),
        (old, old_root, size, root, [*proof, bytes(32)]),
        (old, old_root, size, root, [bytes(31)]),
        (size + 1, old_root, size, root, proof),
        *([(old, old_root, size, root, proof[:-1])] if proof else []),
    ):
        with pytest.raises(CorruptData):
            verify_consistency(*wrong)


def test_the_same_size_goes_on_from_itself_alone() -> None:
    root = slow_root(records(5))
    verify_consistency(5, root, 5, root, [])
    with pytest.raises(CorruptData):
        verify_consistency(5, root, 5, slow_root(records(6)), [])
    with pytest.raises(CorruptData):
        verify_consistency(0, EMPTY_ROOT, 0, root, [])
