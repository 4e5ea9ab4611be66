"""Which bytes leave: a request is answered from within one granted run or not at all (RFC 9110 §14)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import InvalidInput
from haidang.gateway.byte_ranges import Run, joined, requested_run

HOLED = [(0, 100), (200, 500)]
WHOLE = [(0, 500)]


@pytest.mark.parametrize(
    ("header", "run"),
    [
        ("bytes=0-99", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=50-", (50, 100)),
        ("bytes=200-", (200, 500)),
        ("bytes=499-", (499, 500)),
        ("bytes=-1", (499, 500)),
        ("bytes=-300", (200, 500)),
        ("bytes=400-9999", (400, 500)),
    ],
)
def test_a_range_within_a_run_is_given(header: str, run: Run) -> None:
    assert requested_run(header, HOLED) == run


@pytest.mark.parametrize(
    "header",
    [
        "bytes=0-100", "bytes=100-199", "bytes=99-200", "bytes=150-", "bytes=500-", "bytes=-301", "bytes=-0", "bytes=-",
        "bytes=5-4", "bytes=0-1,2-3", "bytes=0-1, 2-3", "items=0-1", "bytes 0-1", "bytes=a-b", "bytes=0x1-2", "",
        "bytes=٣-٤", "bytes= 0-1", "bytes=--1", "bytes=1e3-", "bytes=0-" + "9" * 40, "bytes=" + "0-0," * 20000,
        "bytes=0-1\n",
    ],
)  # fmt: skip
def test_anything_else_is_not_satisfiable(header: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        requested_run(header, HOLED)
    assert refused.value.code == "range_not_satisfiable"


def test_no_range_means_the_whole_which_must_be_granted_without_a_hole() -> None:
    assert requested_run(None, WHOLE) == (0, 500)
    with pytest.raises(InvalidInput):
        requested_run(None, HOLED)
    with pytest.raises(InvalidInput):
        requested_run(None, [])


def test_a_suffix_longer_than_the_file_is_the_file() -> None:
    assert requested_run("bytes=-9999", WHOLE) == (0, 500)


RUNS = st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999)), max_size=6)
NUMBER = st.one_of(st.just(""), st.integers(0, 1200).map(str))


@given(RUNS, st.one_of(st.none(), st.text(max_size=80), st.builds("bytes={}-{}".format, NUMBER, NUMBER)))
def test_no_byte_outside_a_run_is_ever_given(parts: list[Run], header: str | None) -> None:
    granted = joined(parts)
    allowed = {byte for first, end in parts for byte in range(first, end)}
    try:
        first, end = requested_run(header, granted)
    except InvalidInput:
        return
    assert first < end
    assert allowed.issuperset(range(first, end))


@given(RUNS)
def test_joining_keeps_exactly_the_same_bytes(parts: list[Run]) -> None:
    whole = joined(parts)
    assert {byte for first, end in parts for byte in range(first, end)} == {b for f, e in whole for b in range(f, e)}
    assert all(a[1] < b[0] for a, b in pairwise(whole))
