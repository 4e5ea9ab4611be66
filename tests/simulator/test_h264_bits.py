"""Bits of H.264 syntax."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import CorruptData
from haidang.simulator.h264.bits import BitReader, BitWriter, escape, unescape


@given(st.binary(max_size=200))
def test_emulation_prevention_comes_out_as_it_went_in(data: bytes) -> None:
    rbsp = data.replace(b"\xff", b"\0") + b"\x80"
    escaped = escape(rbsp)
    assert unescape(escaped) == rbsp
    assert all(start not in escaped for start in (b"\0\0\0", b"\0\0\1", b"\0\0\2"))


@given(
    st.lists(
        st.one_of(st.tuples(st.just("ue"), st.integers(0, 70000)), st.tuples(st.just("se"), st.integers(-300, 300)))
    )
)
def test_exp_golomb_codes_read_back(values: list[tuple[str, int]]) -> None:
    writer = BitWriter()
    for kind, value in values:
        getattr(writer, kind)(value)
    reader = BitReader(writer.finish())
    assert [getattr(reader, kind)() for kind, _ in values] == [value for _, value in values]
    assert reader.rest_without_trailing() == (0, 0)


def test_exp_golomb_codes_are_those_of_the_standard() -> None:
    for value, code in ((0, "1"), (1, "010"), (2, "011"), (3, "00100"), (6, "00111")):
        writer = BitWriter()
        writer.ue(value)
        assert f"{int.from_bytes(writer.finish(), 'big'):08b}".startswith(code + "1")


def test_samples_start_on_a_byte() -> None:
    writer = BitWriter()
    writer.u(1, 1)
    writer.aligned(b"\xab\xcd")
    assert writer.finish() == b"\x80\xab\xcd\x80"


def test_syntax_that_ends_early_is_corrupt() -> None:
    with pytest.raises(CorruptData):
        BitReader(b"\0").ue()
    with pytest.raises(CorruptData):
        BitReader(b"\0\0").rest_without_trailing()
