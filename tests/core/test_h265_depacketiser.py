"""H.265 payloads byte for byte (RFC 7798 §4.4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.camera_bytes import H265_SETS, ap_h265, fu_h265, unit_of
from haidang.core.errors import CorruptData
from haidang.core.h265 import depacketiser
from haidang.core.h265.depacketiser import H265Depacketiser

VPS, SPS, PPS = H265_SETS
IDR, TRAIL, CRA = b"\x28\x01\xafkeyframe", b"\x02\x01\xd0picture", b"\x2a\x01\xafopen"
SEI, SUFFIX_SEI, AUD, FILLER, END = (
    b"\x4e\x01\x05\x01\xaa\x80",
    b"\x50\x01\x84\x80",
    b"\x46\x01\x50",
    b"\x4c\x01\xff\x80",
    b"\x48\x01",
)
RECOVERY_POINT = b"\x4e\x01\x06\x01\xd0\x80"


def assembled(*payloads: bytes) -> H265Depacketiser:
    unit = H265Depacketiser()
    for payload in payloads:
        view = memoryview(b"\xff\xff" + payload + b"\xff\xff")
        assert not unit.add(view, 2, 2 + len(payload))
    return unit


def test_a_single_nal_unit() -> None:
    unit = assembled(bytes.fromhex("2601af0a"))
    assert bytes(unit.data) == bytes.fromhex("000000042601af0a")
    assert (unit.whole, unit.keyframe, unit.starts_picture) == (True, True, True)


def test_an_fu_of_three_packets() -> None:
    unit = assembled(bytes.fromhex("620193" + "af01"), bytes.fromhex("620113" + "0203"), bytes.fromhex("620153" + "04"))
    assert bytes(unit.data) == bytes.fromhex("00000007" + "2601" + "af01020304")
    assert (unit.whole, unit.keyframe) == (True, True)


def test_an_aggregate() -> None:
    unit = assembled(bytes.fromhex("6001" + "0004" + "4e0105ff" + "0005" + "0201d00102"))
    assert bytes(unit.data) == bytes.fromhex("00000004" + "4e0105ff" + "00000005" + "0201d00102")
    assert (unit.whole, unit.keyframe) == (True, False)


def test_parameter_sets_delimiters_and_filler_stay_out_and_sei_stays_in() -> None:
    unit = assembled(AUD, ap_h265(VPS, SPS), *fu_h265(PPS, 3), SEI, *fu_h265(FILLER, 1), IDR, SUFFIX_SEI, END)
    assert bytes(unit.data) == unit_of(SEI, IDR, SUFFIX_SEI, END)
    assert unit.take_parameter_sets() == [VPS, SPS, PPS]


@pytest.mark.parametrize(
    ("kind", "keyframe"), [(0, False), (9, False), (15, False), (16, True), (19, True), (21, True)]
)
def test_irap_pictures_are_keyframes(kind: int, keyframe: bool) -> None:  # noqa: FBT001 - a table of cases
    assert assembled(bytes([kind << 1, 1, 0x80, 0])).keyframe is keyframe


def test_an_end_of_sequence_before_a_picture_means_nothing() -> None:
    assert bytes(assembled(END, TRAIL).data) == unit_of(TRAIL)


def test_a_delimiter_behind_a_picture_begins_the_next_unit() -> None:
    for payload in (AUD, ap_h265(AUD, SPS)):
        unit = assembled(TRAIL)
        assert unit.add(memoryview(payload), 0, len(payload))


def test_a_recovery_point_is_seen() -> None:
    assert assembled(RECOVERY_POINT, TRAIL).recovery_point
    assert not assembled(SEI, TRAIL).recovery_point


def test_a_later_slice_segment_does_not_start_the_picture() -> None:
    assert not assembled(b"\x02\x01\x50rest").starts_picture


@pytest.mark.parametrize(
    "payloads",
    [
        [b"\x62\x01\x13xx"],  # the start is missing
        [b"\x62\x01\x93\xafx"],  # the end is missing
        [IDR, b"\x62"],
        [IDR, b"\x62\x01"],
        [IDR, b"\x62\x01\x93"],
        [IDR, b"\x62\x01\xb1\xafx"],  # fragments of fragments
        [IDR, b"\x60\x01\x00\x09\x02"],
        [IDR, b"\x60\x01\x00\x01\x02"],
        [IDR, b"\x60\x01\x00\x03\x60\x01\x00"],
        [IDR, b"\x64\x01\x00\x00"],  # PACI
        [IDR, b"\x02"],
    ],
)
def test_what_is_malformed_damages_the_unit(payloads: list[bytes]) -> None:
    assert not assembled(*payloads).whole


def test_a_picture_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depacketiser, "MAX_UNIT_BYTES", 10_000)
    unit = assembled(b"\x62\x01\x93\xaf")
    more = memoryview(b"\x62\x01\x13" + bytes(1000))
    with pytest.raises(CorruptData, match="no end"):
        assert [unit.add(more, 0, len(more)) for _ in range(11)]


nal_units = st.builds(
    lambda kind, body: bytes([kind << 1, 1, *body]),
    st.sampled_from([0, 1, 19, 21, 39, 40]),
    st.binary(min_size=2, max_size=60),
)


@given(st.lists(nal_units, min_size=1, max_size=8), st.integers(1, 20), st.data())
def test_what_is_packed_in_any_way_comes_out_the_same(nals: list[bytes], size: int, data: st.DataObject) -> None:
    nals = [TRAIL, *nals]
    payloads: list[bytes] = []
    for nal in nals:
        way = data.draw(st.sampled_from(["single", "fu", "ap"]))
        payloads += {"single": [nal], "fu": fu_h265(nal, size), "ap": [ap_h265(nal)]}[way]
    unit = assembled(*payloads)
    assert bytes(unit.data) == unit_of(*nals)
    assert unit.whole


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=10))
def test_arbitrary_payloads_raise_nothing(payloads: list[bytes]) -> None:
    unit = H265Depacketiser()
    for payload in payloads:
        if unit.add(memoryview(payload), 0, len(payload)):
            unit.clear()
