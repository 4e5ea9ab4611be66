"""libav's byte streams to pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import CorruptData
from haidang.recorder.annexb import AnnexBPictures, nal_units
from recorder.pictures import LARGE, SMALL

SLICE, IDR, SEI, DELIMITER = b"\x41slice", b"\x65idr", b"\x06sei", b"\x09\xf0"


def stream(*units: bytes) -> bytes:
    return b"".join(b"\0\0\0\1" + unit for unit in units)


def prefixed(*units: bytes) -> bytes:
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def test_parameter_sets_become_the_format_and_leave_the_picture() -> None:
    pictures = AnnexBPictures("avc1")
    assert pictures.take(stream(DELIMITER, *SMALL.parameter_sets, SEI, IDR)) == (prefixed(SEI, IDR), True)
    assert pictures.video == SMALL
    assert pictures.take(stream(DELIMITER, SLICE)) == (prefixed(SLICE), False)


def test_a_changed_sps_is_a_new_format() -> None:
    pictures = AnnexBPictures("avc1")
    pictures.take(stream(*SMALL.parameter_sets, IDR))
    pictures.take(stream(*LARGE.parameter_sets, IDR))
    assert pictures.video == LARGE


def test_extradata_without_a_picture_gives_the_format() -> None:
    pictures = AnnexBPictures("avc1")
    assert pictures.take(stream(*SMALL.parameter_sets)) == (b"", False)
    assert pictures.video == SMALL


def test_a_lone_picture_parameter_set_stays_in_the_picture() -> None:
    pictures = AnnexBPictures("avc1")
    assert pictures.take(stream(SMALL.parameter_sets[1], SLICE)) == (prefixed(SMALL.parameter_sets[1], SLICE), False)


def test_an_end_of_sequence_stays_behind_its_picture_and_is_none_itself() -> None:
    pictures = AnnexBPictures("avc1")
    assert pictures.take(stream(SLICE, b"\x0a")) == (prefixed(SLICE, b"\x0a"), False)
    assert pictures.take(stream(b"\x0a")) == (b"", False)


def test_a_broken_sps_is_corrupt_data() -> None:
    with pytest.raises(CorruptData):
        AnnexBPictures("avc1").take(stream(b"\x67\x01", SMALL.parameter_sets[1]))


@given(st.binary(max_size=300))
def test_any_bytes_are_units_or_nothing(data: bytes) -> None:
    assert all(nal_units(data))


@given(
    st.lists(
        st.binary(min_size=1, max_size=20).filter(lambda unit: b"\0\0" not in unit and unit[-1] != 0 and unit[0] != 0)
    )
)
def test_units_between_start_codes_are_found(units: list[bytes]) -> None:
    assert nal_units(stream(*units)) == units
