"""Entries of the log: golden bytes, one spelling, and nothing else understood."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import CorruptData
from haidang.core.log_entries import (
    NO_LINK,
    Act,
    Checked,
    ClockStep,
    Drift,
    Entry,
    Expired,
    FileEnd,
    Gap,
    Sealed,
    Started,
    Tick,
    commitment,
    entry_bytes,
    entry_of,
    link_of,
)
from haidang.core.units import WallUs

SEAL = Sealed(
    "de-gi-luong-vao", "main", 7, NO_LINK, "de-gi/de-gi-luong-vao/2026-11-25/030000.000Z-main.mp4", 1024, 5_000_000,
    b"\x01" * 32, WallUs(1_795_575_600_000_000), WallUs(1_795_575_610_000_000),
)  # fmt: skip
GOLDEN = (
    b'{"v":1,"t":"seal","camera":"de-gi-luong-vao","stream":"main","number":7,'
    b'"previous":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",'
    b'"file":"de-gi/de-gi-luong-vao/2026-11-25/030000.000Z-main.mp4","offset_bytes":1024,"size_bytes":5000000,'
    b'"sha256":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=","from_us":1795575600000000,"to_us":1795575610000000}'
)
HASHES = st.binary(min_size=32, max_size=32)
NUMBERS = st.integers(0, (1 << 63) - 1)
TIMES = st.integers(0, 253_370_764_799_999_999).map(WallUs)
TEXTS = st.text(max_size=40)
ENTRIES = st.one_of(
    st.builds(Sealed, TEXTS, TEXTS, NUMBERS, HASHES, TEXTS, NUMBERS, NUMBERS, HASHES, TIMES, TIMES),
    st.builds(FileEnd, TEXTS, TEXTS, NUMBERS, HASHES, TEXTS, NUMBERS, TEXTS),
    st.builds(Gap, TEXTS, TEXTS, NUMBERS, HASHES, TIMES, TIMES, TEXTS),
    st.builds(Tick, TIMES, NUMBERS, HASHES, NUMBERS),
    st.builds(Started, TEXTS, TIMES, TEXTS, HASHES),
    st.builds(ClockStep, TEXTS, TIMES, TIMES),
    st.builds(Drift, TEXTS, TEXTS, TIMES, TIMES),
    st.builds(Expired, TEXTS, TEXTS, TEXTS, NUMBERS, TIMES, TIMES, TEXTS, TEXTS),
    st.builds(Checked, NUMBERS, HASHES, TEXTS, TIMES),
    st.builds(Act, NUMBERS, HASHES),
)


def test_a_seal_is_these_bytes() -> None:
    assert entry_bytes(SEAL) == GOLDEN
    assert entry_of(GOLDEN) == SEAL
    assert link_of(GOLDEN).hex() == link_of(entry_bytes(SEAL)).hex() != NO_LINK.hex()


@given(ENTRIES)
def test_entries_go_there_and_back(entry: Entry) -> None:
    data = entry_bytes(entry)
    assert entry_of(data) == entry
    assert b"\n" not in data


@given(ENTRIES, st.data())
def test_another_spelling_is_none(entry: Entry, data: st.DataObject) -> None:
    said = json.loads(entry_bytes(entry))
    order = data.draw(st.permutations(list(said)))
    other = json.dumps({name: said[name] for name in order}, separators=(",", ":")).encode()
    spaced = json.dumps(said).encode()
    for text in (spaced, *([other] if order != list(said) else [])):
        with pytest.raises(CorruptData):
            entry_of(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", -1), ("number", True), ("number", 1.0), ("number", "7"), ("number", 1 << 63), ("previous", "AAAA"),
        ("previous", None), ("camera", 5), ("v", 2), ("t", "later"), ("t", None), ("more", 1), ("sha256", None),
    ],
)  # fmt: skip
def test_a_field_of_another_kind_is_refused(field: str, value: object) -> None:
    said = json.loads(GOLDEN)
    said[field] = value
    with pytest.raises(CorruptData):
        entry_of(json.dumps(said, separators=(",", ":")).encode())


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    for each in (data, b'{"v":1,"t":"act"' + data, b"[" * 100_000):
        with pytest.raises(CorruptData):
            entry_of(each)


def test_a_commitment_hides_its_row_and_keeps_to_it() -> None:
    row, salt = b'{"actor":"..."}', bytes(range(32))
    assert commitment(salt, row) == commitment(salt, row)
    assert len({commitment(salt, row), commitment(bytes(32), row), commitment(salt, row + b" ")}) == 3


@pytest.mark.parametrize(
    "entry",
    [
        Gap("c", "main", 0, NO_LINK, WallUs(253_370_764_800_000_000), WallUs(0), "network"),
        Gap("\ud800", "main", 0, NO_LINK, WallUs(0), WallUs(0), "network"),
    ],
)
def test_what_cannot_be_written_down_is_no_entry(entry: Entry) -> None:
    """Whoever writes a log is a stranger to who mirrors it: no time beyond calendars, no half of a character."""
    with pytest.raises(CorruptData, match="no entry"):
        entry_of(entry_bytes(entry))
