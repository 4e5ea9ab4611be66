from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import CorruptData
from haidang.core.journal import (
    RECORD_BYTES,
    Close,
    CloseReason,
    Fragment,
    FragmentFlag,
    GapClose,
    GapOpen,
    GapReason,
    Open,
    Record,
    Seal,
    decode,
    encode,
    read_records,
)
from haidang.core.units import Pts90k, WallUs

u16, u32, u64 = (st.integers(0, 2**bits - 1) for bits in (16, 32, 64))
i64 = st.integers(-(2**63), 2**63 - 1)
wall = i64.map(WallUs)
pts = i64.map(Pts90k)
details = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=10)
records: st.SearchStrategy[Record] = st.one_of(
    st.builds(Open, st.sampled_from(["avc1", "hvc1"]), u16, u16, u32, wall, pts, u32, u32),
    st.builds(
        Fragment, u64, u32, pts, u32, wall, wall.filter(bool) | st.none(), u16,
        st.integers(0, 7).map(FragmentFlag), u16,
    ),
    st.builds(Seal, u64, u64, st.binary(min_size=32, max_size=32), u32),
    st.builds(Close, st.sampled_from(CloseReason), u64, wall),
    st.builds(GapOpen, st.sampled_from(GapReason), wall, details),
    st.builds(GapClose, st.sampled_from(GapReason), wall, wall, details),
)  # fmt: skip

GOLDEN: list[tuple[Record, str]] = [
    (
        Open("avc1", 1920, 1080, 700, WallUs(1), Pts90k(2), 90_000, 3),
        "01000000" "48444a31" "61766331" "8007" "3804" "905f0100" "bc020000" "0100000000000000" "0200000000000000"
        "03000000" + "00" * 16 + "9ee98626",
    ),
    (
        Fragment(700, 5000, Pts90k(18_000), 18_000, WallUs(7), None, 5, FragmentFlag.KEYFRAME, 9),
        "02010000" "bc02000000000000" "88130000" "0500" "0900" "5046000000000000" "50460000" "0700000000000000"
        "0000000000000000" + "00" * 12 + "d2e015d3",
    ),
]  # fmt: skip


@given(records)
def test_a_record_reads_back_as_it_was_written(record: Record) -> None:
    raw = encode(record)
    assert len(raw) == RECORD_BYTES
    assert decode(raw) == record


@pytest.mark.parametrize(("record", "expected"), GOLDEN, ids=["open", "fragment"])
def test_the_bytes_of_a_record(record: Record, expected: str) -> None:
    assert encode(record).hex() == expected


@given(st.lists(records, max_size=5), st.integers(0, 400))
def test_a_cut_journal_gives_the_whole_records_before_the_cut(some: list[Record], cut: int) -> None:
    raw = b"".join(map(encode, some))[:cut]
    assert list(read_records(raw)) == some[: cut // RECORD_BYTES]


@given(records, st.integers(0, RECORD_BYTES * 8 - 1))
def test_no_flipped_bit_goes_unseen(record: Record, bit: int) -> None:
    raw = bytearray(encode(record))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CorruptData):
        decode(bytes(raw))
    assert list(read_records(encode(record) + bytes(raw) + encode(record))) == [record]


@given(st.binary(max_size=200))
def test_any_bytes_end_quietly(raw: bytes) -> None:
    assert list(read_records(raw)) == []


@pytest.mark.parametrize("size", [0, 1, 63, 65])
def test_another_size_is_torn(size: int) -> None:
    with pytest.raises(CorruptData) as caught:
        decode(bytes(size))
    assert caught.value.code == "journal_torn"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=10, max_size=60))
def test_a_long_detail_is_cut_at_a_whole_character(detail: str) -> None:
    read = decode(encode(GapOpen(GapReason.NETWORK, WallUs(0), detail)))
    assert isinstance(read, GapOpen)
    assert detail.startswith(read.detail)
    assert len(read.detail.encode()) > 36 or read.detail == detail


def test_more_lost_packets_than_fit_are_as_many_as_fit() -> None:
    lost = Fragment(0, 0, Pts90k(0), 0, WallUs(0), None, 0, FragmentFlag(0), 1_000_000)
    read = decode(encode(lost))
    assert isinstance(read, Fragment)
    assert read.lost_packets == 0xFFFF
