from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.test_isobmff_init import AVC
from haidang.core.errors import CorruptData
from haidang.core.isobmff import ReadAt, Sample, Scan, fragment, init_segment, scan

COUNT = 12


@cache
def whole() -> bytes:
    """An init segment and twelve fragments; the sixth has more pictures than one look at a head takes."""
    parts = [init_segment(AVC)]
    for number in range(COUNT):
        pictures = 200 if number == 5 else 2
        samples = [
            Sample(b"\0\0\0\x20" + bytes([number]) * 32, 3600, number % 2, keyframe=number % 4 == n == 0)
            for n in range(pictures)
        ]
        parts += fragment(number, number * 7200, samples)
    return b"".join(parts)


@cache
def good() -> Scan:
    return scanned(whole())


def scanned(data: bytes) -> Scan:
    return scan(reading(data), len(data))


def reading(data: bytes) -> ReadAt:
    return lambda offset, size: data[offset : offset + size]


def test_a_whole_file_is_found_whole() -> None:
    found = good()
    assert found.init_size_bytes == len(init_segment(AVC))
    assert found.format == AVC
    assert found.good_size_bytes == len(whole())
    assert [one.sequence for one in found.fragments] == list(range(COUNT))
    assert [one.base_dts_90k for one in found.fragments] == [7200 * n for n in range(COUNT)]
    assert [one.keyframe for one in found.fragments] == [n % 4 == 0 for n in range(COUNT)]
    assert found.fragments[5].sample_count == 200
    assert found.fragments[5].duration_90k == 720_000


def test_every_cut_gives_exactly_the_whole_fragments_before_it() -> None:
    init_bytes, fragments = good().init_size_bytes, good().fragments
    for cut in range(init_bytes, len(whole())):
        found = scanned(whole()[:cut])
        expected = [one for one in fragments if one.end_bytes <= cut]
        assert found.fragments == expected
        assert found.good_size_bytes == (expected[-1].end_bytes if expected else init_bytes)


def test_every_cut_in_the_initialisation_segment_is_corrupt_data() -> None:
    for cut in range(good().init_size_bytes):
        with pytest.raises(CorruptData) as caught:
            scanned(whole()[:cut])
        assert caught.value.code == "mp4_init"


@given(cut=st.integers(0, 2000), garbage=st.binary(min_size=1, max_size=400))
def test_garbage_after_a_cut_is_not_taken_for_pictures(cut: int, garbage: bytes) -> None:
    cut += good().init_size_bytes
    found = scanned(whole()[:cut] + garbage)
    expected = [one for one in good().fragments if one.end_bytes <= cut]
    assert found.fragments[: len(expected)] == expected
    lucky = found.fragments[len(expected) :]  # bytes that happened to complete the cut fragment
    assert all(one.end_bytes <= cut + len(garbage) for one in lucky)


BOXES_THAT_LIE = {
    "size 0": b"\0\0\0\0moof",
    "size 1 and nothing": b"\0\0\0\x01moof",
    "size 1 and a huge one": b"\0\0\0\x01moof" + b"\xff" * 8,
    "size 7": b"\0\0\0\x07moof",
    "4 GiB": b"\xff\xff\xff\xffmoof",
    "a huge count": whole()[good().fragments[0].offset_bytes :][:76] + b"\xff\xff\xff\xff",
    "mdat alone": b"\0\0\0\x10mdat" + bytes(8),
    "free": b"\0\0\0\x08free",
}


@pytest.mark.parametrize("tail", BOXES_THAT_LIE.values(), ids=BOXES_THAT_LIE.keys())
def test_a_box_that_lies_ends_the_file(tail: bytes) -> None:
    for padding in (b"", bytes(500), b"\xff" * 5000):
        assert scanned(whole() + tail + padding) == good()


@given(at=st.integers(0, 100_000), value=st.integers(0, 255))
def test_a_changed_byte_never_raises_and_never_invents_bytes(at: int, value: int) -> None:
    data = bytearray(whole())
    data[good().init_size_bytes + at % (len(data) - good().init_size_bytes)] = value
    found = scanned(bytes(data))
    assert found.good_size_bytes <= len(data)
    ends = [one.end_bytes for one in good().fragments]
    assert all(one.end_bytes in ends for one in found.fragments)


@given(st.binary(max_size=400))
def test_any_bytes_are_corrupt_data(raw: bytes) -> None:
    with pytest.raises(CorruptData):
        scanned(raw)


def test_a_file_that_says_it_is_longer_than_it_is_ends_where_its_bytes_end() -> None:
    assert scan(reading(whole()[:-10]), len(whole())).fragments[:-1] == good().fragments[:-1]


def test_most_fragments_cost_one_read() -> None:
    reads: list[tuple[int, int]] = []

    def read(offset: int, size: int) -> bytes:
        reads.append((offset, size))
        return whole()[offset : offset + size]

    scan(read, len(whole()))
    assert len(reads) == 1 + COUNT + 1  # init segment, each fragment, and one again for the big head
    assert sum(size for _, size in reads) < 80_000
