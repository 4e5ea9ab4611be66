"""H.264 payloads byte for byte (RFC 6184 §5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.camera_bytes import H264_SETS, IDR, SLICE, fu_a, stap_a, unit_of
from haidang.core.errors import CorruptData
from haidang.core.h264 import depacketiser
from haidang.core.h264.depacketiser import H264Depacketiser

SPS, PPS = H264_SETS
SEI, AUD, FILLER, END = b"\x06\x05\x01\xaa\x80", b"\x09\xf0", b"\x0c\xff\xff\x80", b"\x0a"
RECOVERY_POINT = b"\x06\x06\x01\xc4\x80"


def assembled(*payloads: bytes) -> H264Depacketiser:
    unit = H264Depacketiser()
    for payload in payloads:
        # The payload stands in a larger buffer: nothing around it may be read.
        view = memoryview(b"\xff\xff" + payload + b"\xff\xff")
        assert not unit.add(view, 2, 2 + len(payload))
    return unit


def test_a_single_nal_unit() -> None:
    unit = assembled(bytes.fromhex("6588800a"))
    assert bytes(unit.data) == bytes.fromhex("000000046588800a")
    assert (unit.whole, unit.keyframe, unit.starts_picture) == (True, True, True)


def test_an_fu_a_of_three_packets() -> None:
    unit = assembled(bytes.fromhex("7c85" + "8801"), bytes.fromhex("7c05" + "0203"), bytes.fromhex("7c45" + "04"))
    assert bytes(unit.data) == bytes.fromhex("00000006" + "65" + "8801020304")
    assert (unit.whole, unit.keyframe) == (True, True)


def test_a_stap_a() -> None:
    unit = assembled(bytes.fromhex("78" + "0003" + "0605ff" + "0004" + "419a0102"))
    assert bytes(unit.data) == bytes.fromhex("00000003" + "0605ff" + "00000004" + "419a0102")
    assert (unit.whole, unit.keyframe) == (True, False)


def test_parameter_sets_delimiters_and_filler_stay_out_and_sei_stays_in() -> None:
    unit = assembled(AUD, stap_a(SPS, PPS), SEI, FILLER, IDR, END)
    assert bytes(unit.data) == unit_of(SEI, IDR, END)
    assert unit.take_parameter_sets() == [SPS, PPS]
    assert unit.take_parameter_sets() == []


def test_parameter_sets_and_filler_in_fragments_stay_out_too() -> None:
    unit = assembled(*fu_a(SPS, 7), *fu_a(FILLER, 1), *fu_a(SEI, 2), IDR)
    assert bytes(unit.data) == unit_of(SEI, IDR)
    assert unit.take_parameter_sets() == [SPS]


def test_an_end_of_sequence_before_a_picture_means_nothing() -> None:
    assert bytes(assembled(END, SLICE).data) == unit_of(SLICE)


def test_a_delimiter_behind_a_picture_begins_the_next_unit() -> None:
    for payload in (AUD, stap_a(AUD, SPS)):
        unit = assembled(SLICE)
        assert unit.add(memoryview(payload), 0, len(payload))
        assert bytes(unit.data) == unit_of(SLICE)


def test_a_recovery_point_is_seen_whole_or_in_fragments() -> None:
    assert assembled(RECOVERY_POINT, SLICE).recovery_point
    assert assembled(*fu_a(RECOVERY_POINT, 2), SLICE).recovery_point
    assert not assembled(SEI, SLICE).recovery_point


def test_a_second_slice_does_not_start_the_picture() -> None:
    assert not assembled(b"\x41\x4amiddle").starts_picture
    assert assembled(SLICE, b"\x41\x4amiddle").starts_picture


@pytest.mark.parametrize(
    "payloads",
    [
        [b"\x7c\x05x" + b"y"],  # the start is missing
        [b"\x7c\x85\x88x"],  # the end is missing
        [b"\x7c\x85\x88x", *fu_a(IDR, 4)],  # one fragmented unit inside another
        [IDR, b"\x7c"],
        [IDR, b"\x7c\x85"],
        [IDR, b"\x7c\x9c\x88x"],  # fragments of fragments
        [IDR, b"\x78\x00\x09\x41"],  # longer than its packet
        [IDR, b"\x78\x00\x00\x41\x41"],
        [IDR, b"\x78\x00\x02\x78\x00"],  # an aggregate in an aggregate
        [IDR, b"\x79\x00\x00"],  # STAP-B
        [IDR, b"\x60"],  # type 0
    ],
)
def test_what_is_malformed_damages_the_unit(payloads: list[bytes]) -> None:
    assert not assembled(*payloads).whole


def test_a_picture_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depacketiser, "MAX_UNIT_BYTES", 10_000)
    unit = assembled(b"\x7c\x85\x88")
    more = memoryview(b"\x7c\x05" + bytes(1000))
    with pytest.raises(CorruptData, match="no end"):
        assert [unit.add(more, 0, len(more)) for _ in range(11)]


def test_nal_units_without_end_are_refused() -> None:
    unit = assembled()
    aggregate = stap_a(*[b"\x41\x9a"] * 5000)
    with pytest.raises(CorruptData, match="no end"):
        unit.add(memoryview(aggregate), 0, len(aggregate))


def test_parameter_sets_without_end_are_refused() -> None:
    unit = assembled()
    with pytest.raises(CorruptData, match="so many"):
        assert [unit.add(memoryview(b"\x68" + number.to_bytes(2, "big")), 0, 3) for number in range(300)]


nal_units = st.builds(
    lambda kind, body: bytes([0x60 | kind, *body]),
    st.sampled_from([1, 5, 6, 10, 11]),
    st.binary(min_size=2, max_size=60),
)


@given(st.lists(nal_units, min_size=1, max_size=8), st.integers(1, 20), st.data())
def test_what_is_packed_in_any_way_comes_out_the_same(nals: list[bytes], size: int, data: st.DataObject) -> None:
    nals = [b"\x41\x9a", *nals]
    payloads: list[bytes] = []
    for nal in nals:
        way = data.draw(st.sampled_from(["single", "fu", "stap"]))
        payloads += {"single": [nal], "fu": fu_a(nal, size), "stap": [stap_a(nal)]}[way]
    unit = assembled(*payloads)
    assert bytes(unit.data) == unit_of(*nals)
    assert unit.whole


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=10))
def test_arbitrary_payloads_raise_nothing(payloads: list[bytes]) -> None:
    unit = H264Depacketiser()
    for payload in payloads:
        if unit.add(memoryview(payload), 0, len(payload)):
            unit.clear()
