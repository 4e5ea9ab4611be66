"""Boxes: the one structure of ISO/IEC 14496-12 §4.2, written and read.

Writing is plain concatenation. Reading trusts nothing: a box's size is checked against what holds it
before anything inside is looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from haidang.core.errors import CorruptData

__all__ = ["Box", "box", "child", "children", "full_box", "read_header"]

_HEAD = struct.Struct(">I4s")
_LARGE = struct.Struct(">Q")


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box with a 32-bit size around its parts."""
    body = b"".join(parts)
    return _HEAD.pack(8 + len(body), kind) + body


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box that begins with a version and 24 bits of flags (§4.2.2)."""
    return box(kind, (version << 24 | flags).to_bytes(4, "big"), *parts)


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box lies in its buffer or file."""

    kind: bytes
    offset: int
    header_bytes: int
    size_bytes: int

    @property
    def end(self) -> int:
        return self.offset + self.size_bytes

    @property
    def payload_offset(self) -> int:
        return self.offset + self.header_bytes


def read_header(raw: bytes | memoryview, offset: int, limit: int) -> Box | None:
    """The box at ``offset`` of a container that ends at ``limit``; ``raw`` begins with its header (8 or 16 bytes).

    None when the header or the box does not fit before ``limit``. Size 0 ("to the end of the file", §4.2.2)
    is refused like a size smaller than the header: this project never writes one, and an append-only file
    has no end that a reader could rely on.
    """
    if len(raw) < 8:
        return None
    size, kind = _HEAD.unpack_from(raw)
    header = 8
    if size == 1:
        if len(raw) < 16:
            return None
        (size,) = _LARGE.unpack_from(raw, 8)
        header = 16
    if size < header or offset + size > limit:
        return None
    return Box(kind, offset, header, size)


def children(raw: bytes | memoryview, start: int, end: int) -> Iterator[Box]:
    """The boxes that tile ``raw[start:end]``; raises CorruptData where they do not."""
    at = start
    while at < end:
        found = read_header(raw[at : at + 16], at, end)
        if found is None:
            raise CorruptData(f"couldn't read the box at byte {at}: its size does not fit", code="mp4_box")
        yield found
        at = found.end


def child(raw: bytes | memoryview, start: int, end: int, *path: bytes) -> Box:
    """The first box down ``path``, each the payload of the one before; raises CorruptData if one is missing."""
    found: Box | None = None
    for kind in path:
        found = next((inner for inner in children(raw, start, end) if inner.kind == kind), None)
        if found is None:
            raise CorruptData(f"couldn't find the box {kind.decode('latin-1')!r}", code="mp4_box")
        start, end = found.payload_offset, found.end
    assert found is not None, "a path has at least one box"
    return found
