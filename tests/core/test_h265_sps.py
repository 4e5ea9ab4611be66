"""SPS of H.265: real ones and hand-written ones (ITU-T H.265 §7.3.2.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.camera_bytes import H265_SETS, BitWriter
from haidang.core.errors import CorruptData
from haidang.core.h265 import parameter_set_id, parse_sps

HEADER = b"\x42\x01"


def sps(
    *, sub_layers: int = 0, chroma: int = 1, width: int = 1920, height: int = 1088, crop: tuple[int, ...] = ()
) -> bytes:
    bits = BitWriter().u(4, 0).u(3, sub_layers).u(1, 1)
    bits.u(8, 0x21).u(32, 0x60000000).u(48, 0xB00000000000).u(8, 120)
    for _ in range(sub_layers):
        bits.u(1, 1).u(1, 1)
    if sub_layers:
        bits.u(2 * (8 - sub_layers), 0)
    bits.u(96 * sub_layers, 0)
    bits.ue(3, chroma)
    if chroma == 3:
        bits.u(1, 0)
    bits.ue(width, height).u(1, bool(crop)).ue(*crop)
    bits.ue(2, 0, 4).u(1, 1)
    for layer in range(sub_layers + 1):
        bits.ue(4, layer + 1, 0)
    return bits.ue(0, 3).nal(HEADER)


def test_it_reads_what_x265_writes() -> None:
    read = parse_sps(H265_SETS[1])
    assert (read.width_px, read.height_px, read.chroma_format_idc, read.bit_depth_luma) == (640, 360, 1, 8)
    assert read.profile_tier_level == bytes.fromhex("0160000000900000000000" + "3f")
    assert (read.reorder_frames, read.temporal_layers, read.temporal_id_nesting) == (2, 1, True)


def test_the_conformance_window_crops() -> None:
    read = parse_sps(sps(crop=(0, 0, 0, 4)))
    assert (read.width_px, read.height_px, read.bit_depth_luma, read.bit_depth_chroma) == (1920, 1080, 10, 8)


def test_sub_layers_are_walked_and_the_highest_counts() -> None:
    read = parse_sps(sps(sub_layers=2, chroma=3))
    assert (read.temporal_layers, read.reorder_frames, read.chroma_format_idc) == (3, 3, 3)


def test_it_knows_the_ids() -> None:
    pps = BitWriter().ue(9, 3).nal(b"\x44\x01")
    assert [parameter_set_id(nal) for nal in (H265_SETS[0], sps(), pps)] == [0, 3, 9]


@pytest.mark.parametrize(
    "broken", [b"", HEADER, H265_SETS[1][:20], H265_SETS[2], sps(chroma=4), sps(width=0), sps(crop=(960, 0, 0, 0))]
)
def test_a_broken_one_is_corrupt_data(broken: bytes) -> None:
    with pytest.raises(CorruptData):
        parse_sps(broken)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_else(data: bytes) -> None:
    for nal in (data, HEADER + data):
        try:
            parse_sps(nal)
        except CorruptData:
            continue
