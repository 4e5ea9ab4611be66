"""The Merkle tree of RFC 6962 section 2.1 over SHA-256: roots, inclusion and consistency proofs.

A *node* (level, index) is the hash of the complete subtree over leaves ``index << level`` to
``(index + 1) << level``. Whoever keeps nodes answers ``Nodes``; nothing here keeps any.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from haidang.core.errors import CorruptData

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "Edge",
    "Nodes",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root_of",
    "verify_consistency",
    "verify_inclusion",
]

HASH_BYTES = 32
#: (level, index) -> the hash of that complete subtree.
Nodes = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 of 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


EMPTY_ROOT = hashlib.sha256(b"").digest()


class Edge:
    """The right edge of a growing tree: its complete subtrees from left to right, all that a root needs."""

    def __init__(self, size: int = 0, subtrees: Sequence[bytes] = ()) -> None:
        assert len(subtrees) == size.bit_count(), "one subtree for each bit of the size"
        self.size = size
        self._subtrees = list(subtrees)

    @classmethod
    def at(cls, size: int, nodes: Nodes) -> Edge:
        """The edge of a tree that is kept."""
        return cls(size, [nodes(level, index) for level, index in _edge_nodes(size)])

    @property
    def subtrees(self) -> tuple[bytes, ...]:
        """The complete subtrees from left to right: with ``size``, all there is to keep of it."""
        return tuple(self._subtrees)

    def copy(self) -> Edge:
        """Another that grows apart."""
        return Edge(self.size, self._subtrees)

    def append(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add a leaf's hash; every node (level, index, hash) that it completes, the leaf first."""
        index, hash_, level = self.size, leaf, 0
        self.size += 1
        yield level, index, hash_
        while index & 1:
            hash_ = node_hash(self._subtrees.pop(), hash_)
            index, level = index >> 1, level + 1
            yield level, index, hash_
        self._subtrees.append(hash_)

    def root(self) -> bytes:
        """The tree's root as it stands."""
        if not self._subtrees:
            return EMPTY_ROOT
        root = self._subtrees[-1]
        for left in reversed(self._subtrees[:-1]):
            root = node_hash(left, root)
        return root


def _edge_nodes(size: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees that a tree of this size consists of, from left to right."""
    begun = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            yield level, begun >> level
            begun += 1 << level


def root_of(size: int, nodes: Nodes) -> bytes:
    """The root of the first ``size`` leaves of a tree that is kept."""
    return Edge.at(size, nodes).root()


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """The hashes from the leaf's sibling up to the root's child (RFC 6962 section 2.1.1)."""
    assert 0 <= index < size, f"{index} is no leaf of a tree of {size}"
    proof, first, last = [], 0, size
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            proof.append(_range_root(middle, last, nodes))
            last = middle
        else:
            proof.append(_range_root(first, middle, nodes))
            first = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """That the first ``old`` leaves of the tree of ``new`` are the old tree (RFC 6962 section 2.1.2)."""
    assert 0 <= old <= new, f"{old} is no prefix of {new}"
    if old in (0, new):
        return []
    proof, first, last, whole = [], 0, new, True
    while old != last:
        middle = first + _split(last - first)
        if old <= middle:
            proof.append(_range_root(middle, last, nodes))
            last = middle
        else:
            proof.append(_range_root(first, middle, nodes))
            first, whole = middle, False
    if not whole:
        proof.append(_range_root(first, last, nodes))
    return proof[::-1]


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _range_root(first: int, last: int, nodes: Nodes) -> bytes:
    """The root over leaves ``first`` to ``last``, as they occur in proofs: ``first`` is a multiple of the left part."""
    size = last - first
    if size & size - 1 == 0:
        level = size.bit_length() - 1
        return nodes(level, first >> level)
    middle = first + _split(size)
    return node_hash(_range_root(first, middle, nodes), _range_root(middle, last, nodes))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 section 2.1.3.2. Raises CorruptData (``inclusion_proof``)."""
    wrong = CorruptData(f"the proof that entry {index} is in the log of {size} does not hold", code="inclusion_proof")
    if not 0 <= index < size:
        raise wrong
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0 or len(sibling) != HASH_BYTES:
            raise wrong
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    if last or found != root:
        raise wrong


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """RFC 9162 section 2.1.4.2. Raises CorruptData (``consistency_proof``)."""
    wrong = CorruptData(f"the log of {new} does not go on from the log of {old}", code="consistency_proof")
    if not 0 <= old <= new or any(len(each) != HASH_BYTES for each in proof):
        raise wrong
    if old in (0, new):
        same = old_root == (EMPTY_ROOT if old == 0 else new_root)
        if proof or not same or (new == 0 and new_root != EMPTY_ROOT):
            raise wrong
        return
    path = list(proof) if old & old - 1 else [old_root, *proof]
    if _roots_by(path, old, new) != (old_root, new_root):
        raise wrong


def _roots_by(path: Sequence[bytes], old: int, new: int) -> tuple[bytes, bytes] | None:
    """Both roots that a consistency path leads to; None for one that is too short or too long."""
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if not path:
        return None
    of_old = of_new = path[0]
    for each in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            of_old, of_new = node_hash(each, of_old), node_hash(each, of_new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            of_new = node_hash(of_new, each)
        at, last = at >> 1, last >> 1
    return None if last else (of_old, of_new)
