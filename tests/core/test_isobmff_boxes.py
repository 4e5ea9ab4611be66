from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import CorruptData
from haidang.core.isobmff.boxes import box, child, children, full_box, read_header


def test_a_box_is_its_size_its_kind_and_its_parts() -> None:
    assert box(b"free", b"ab", b"c") == b"\0\0\0\x0bfreeabc"
    assert full_box(b"trex", 1, 0x20000, b"x") == b"\0\0\0\x0dtrex\x01\x02\0\0x"


def test_a_path_leads_to_a_box() -> None:
    raw = box(b"moov", box(b"mvhd", b"1"), box(b"trak", box(b"tkhd", b"2")))
    found = child(raw, 0, len(raw), b"moov", b"trak", b"tkhd")
    assert raw[found.payload_offset : found.end] == b"2"


def test_a_missing_box_is_named() -> None:
    with pytest.raises(CorruptData, match="trak"):
        child(box(b"moov"), 0, 8, b"moov", b"trak")


@pytest.mark.parametrize(
    ("raw", "limit"),
    [
        (b"", 0),
        (b"\0\0\0\x08fre", 7),
        (b"\0\0\0\0free", 8),  # size 0: to the end of the file
        (b"\0\0\0\x07free", 8),
        (b"\0\0\0\x09free", 8),
        (b"\xff\xff\xff\xfffree", 100),
        (b"\0\0\0\x01free", 8),  # size 1: 64 bits follow, and are cut off
        (b"\0\0\0\x01free" + (15).to_bytes(8, "big"), 16),
        (b"\0\0\0\x01free" + (2**64 - 1).to_bytes(8, "big"), 16),
    ],
)
def test_a_size_that_does_not_fit_is_no_box(raw: bytes, limit: int) -> None:
    assert read_header(raw, 0, limit) is None


def test_a_large_size_is_read() -> None:
    found = read_header(b"\0\0\0\x01mdat" + (20).to_bytes(8, "big"), 4, 24)
    assert found is not None
    assert (found.payload_offset, found.end) == (20, 24)


@given(st.binary(max_size=100))
def test_walking_any_bytes_ends_or_says_that_they_are_no_boxes(raw: bytes) -> None:
    try:
        found = list(children(raw, 0, len(raw)))
    except CorruptData:
        return
    assert sum(inner.size_bytes for inner in found) == len(raw)
