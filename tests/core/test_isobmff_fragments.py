from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.isobmff import Sample, fragment, samples_are_whole
from haidang.core.isobmff.boxes import child, children
from haidang.core.isobmff.fragments import MIN_HEAD_BYTES, head_size_bytes, read_head


def nal(payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "big") + payload


pictures = st.lists(st.binary(min_size=1, max_size=40).map(nal), min_size=1, max_size=3).map(b"".join)
samples = st.lists(
    st.builds(
        Sample,
        pictures,
        duration_90k=st.integers(0, 2**32 - 1),
        composition_offset_90k=st.integers(-(2**31), 2**31 - 1) | st.just(0),
        keyframe=st.booleans(),
    ),
    min_size=1,
    max_size=6,
)

GOLDEN = bytes.fromhex(
    "00000070" "6d6f6f66"  # moof, 112 bytes
    "00000010" "6d666864" "00000000" "00000007"  # mfhd: sequence 7
    "00000058" "74726166"  # traf
    "00000010" "74666864" "00020000" "00000001"  # tfhd: default-base-is-moof, track 1
    "00000014" "74666474" "01000000" "0000000100000005"  # tfdt version 1: 2^32 + 5
    "0000002c" "7472756e" "00000701" "00000002" "00000078"  # trun: 2 samples, data at 120
    "00000e10" "00000006" "02000000"  # 3600, 6 bytes, depends on none
    "00000e11" "00000005" "01010000"  # 3601, 5 bytes, depends on others, not sync
    "00000013" "6d646174"  # mdat, 19 bytes
    "00000002" "6588"
    "00000001" "41"
)  # fmt: skip

SHIFTED = bytes.fromhex(
    "00000034" "7472756e" "01000f01" "00000002" "00000080"  # trun version 1, with composition offsets
    "00000e10" "00000006" "02000000" "00001c20"  # shown 7200 later
    "00000e10" "00000005" "01010000" "fffff1f0"  # shown 3600 earlier
)  # fmt: skip


def test_the_bytes_of_a_fragment() -> None:
    pieces = fragment(7, 2**32 + 5, [Sample(nal(b"\x65\x88"), 3600, 0, keyframe=True), Sample(nal(b"\x41"), 3601)])
    assert b"".join(pieces) == GOLDEN


def test_composition_offsets_are_written_when_a_picture_has_one() -> None:
    pieces = fragment(7, 0, [Sample(nal(b"\x65\x88"), 3600, 7200, keyframe=True), Sample(nal(b"\x41"), 3600, -3600)])
    assert pieces[0][68:120] == SHIFTED
    assert read_head(pieces[0]) is not None


def test_pictures_are_not_copied() -> None:
    sample = Sample(nal(bytes(1000)), 3600)
    assert fragment(0, 0, [sample])[1] is sample.data


def test_a_fragment_without_pictures_is_a_mistake() -> None:
    with pytest.raises(AssertionError):
        fragment(0, 0, [])


@given(sequence=st.integers(0, 2**32 - 1), dts=st.integers(0, 2**63), written=samples)
def test_a_head_reads_back_as_it_was_written(sequence: int, dts: int, written: list[Sample]) -> None:
    raw = b"".join(fragment(sequence, dts, written))
    head = read_head(raw)
    assert head is not None
    assert (head.sequence, head.base_dts_90k, head.size_bytes) == (sequence, dts, len(raw))
    assert head.duration_90k == sum(sample.duration_90k for sample in written)
    assert head.sample_sizes == tuple(len(sample.data) for sample in written)
    assert head.keyframe == written[0].keyframe
    assert samples_are_whole(raw)


@given(written=samples)
def test_boxes_tile_and_the_data_offset_points_at_the_first_picture(written: list[Sample]) -> None:
    raw = b"".join(fragment(1, 2, written))
    assert [found.kind for found in children(raw, 0, len(raw))] == [b"moof", b"mdat"]
    trun = child(raw, 0, len(raw), b"moof", b"traf", b"trun")
    count, data_offset = struct.unpack_from(">Ii", raw, trun.payload_offset + 4)
    assert count == len(written)
    assert raw[data_offset : data_offset + len(written[0].data)] == written[0].data


@given(written=samples, at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_changed_head_is_refused_or_says_something_else(written: list[Sample], at: int, bit: int) -> None:
    raw = bytearray(b"".join(fragment(1, 2, written)))
    before = read_head(bytes(raw))
    head_bytes = head_size_bytes(bytes(raw))
    assert head_bytes is not None
    raw[at % head_bytes] ^= 1 << bit
    sequence_dts_durations_offsets_and_flags_are_free = read_head(bytes(raw))
    if sequence_dts_durations_offsets_and_flags_are_free is not None:
        assert before is not None
        assert sequence_dts_durations_offsets_and_flags_are_free.size_bytes == before.size_bytes


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_raise(raw: bytes) -> None:
    assert read_head(raw) is None or len(raw) >= MIN_HEAD_BYTES
    assert not samples_are_whole(raw[:MIN_HEAD_BYTES])


@pytest.mark.parametrize(
    "data", [b"", bytes(4), bytes(8), nal(b"ab") + bytes(4), nal(b"ab")[:-1], nal(b"ab") + b"\0", nal(b"a") + nal(b"")]
)
def test_pictures_that_nal_units_do_not_tile_are_seen(data: bytes) -> None:
    assert not samples_are_whole(b"".join(fragment(0, 0, [Sample(nal(b"ok"), 1, keyframe=True), Sample(data, 1)])))
