"""Trees to test with: the definition of RFC 6962 written down again, slowly, and nodes kept in a dictionary."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from haidang.core.tlog.merkle import Edge, Nodes, leaf_hash


def slow_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + slow_root(leaves[:k]) + slow_root(leaves[k:])).digest()


def grown(leaves: Sequence[bytes]) -> tuple[Edge, Nodes]:
    """The tree of these entries: its edge, and all its nodes."""
    edge, kept = Edge(), {}
    for leaf in leaves:
        for level, index, hash_ in edge.append(leaf_hash(leaf)):
            kept[level, index] = hash_
    return edge, lambda level, index: kept[level, index]


def records(count: int) -> list[bytes]:
    return [f"record {number}".encode() for number in range(count)]
