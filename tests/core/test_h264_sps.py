"""SPS of H.264: real ones and hand-written ones (ITU-T H.264 §7.3.2.1.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.camera_bytes import H264_BASELINE, H264_SETS, BitWriter
from haidang.core.errors import CorruptData
from haidang.core.h264 import parameter_set_id, parse_sps


def sps(
    *, profile: int = 100, chroma: BitWriter | None = None, size: BitWriter | None = None, vui: BitWriter | None = None
) -> bytes:
    bits = BitWriter().ue(5)  # its id
    if profile == 100:
        bits.bits += (chroma or BitWriter().ue(1, 0, 0).u(1, 0).u(1, 0)).bits
    bits.ue(0, 0, 4).ue(3).u(1, 0)  # frame numbers, picture order type 0, references, no gaps
    bits.bits += (size or BitWriter().ue(39, 22).u(1, 1).u(1, 1).u(1, 0)).bits
    bits.bits += "1" + vui.bits if vui else "0"
    return bits.nal(bytes([0x67, profile, 0, 30]))


def test_it_reads_what_x264_writes() -> None:
    read = parse_sps(H264_SETS[0])
    assert (read.width_px, read.height_px, read.profile_idc, read.level_idc) == (640, 360, 100, 30)
    assert read.reorder_frames == 2


def test_it_crops_1088_coded_lines_to_1080() -> None:
    read = parse_sps(H264_BASELINE[0])
    assert (read.width_px, read.height_px, read.high, read.reorder_frames) == (1920, 1080, False, 0)


def test_scaling_lists_of_every_kind_are_walked() -> None:
    chroma = BitWriter().ue(1, 0, 0).u(1, 0).u(1, 1)
    chroma.u(1, 1).se(*[1] * 16)  # a whole list
    chroma.u(1, 1).se(-8)  # "use the default": the next scale is 0 at once
    chroma.u(1, 0).u(1, 0).u(1, 0).u(1, 0)
    chroma.u(1, 1).se(*[0] * 63, -8)  # ends with its last
    chroma.u(1, 0)
    read = parse_sps(sps(chroma=chroma))
    assert (read.width_px, read.height_px) == (640, 368)


def test_4_4_4_has_twelve_lists_and_a_plane_flag() -> None:
    chroma = BitWriter().ue(3).u(1, 1).ue(2, 2).u(1, 0).u(1, 1).u(12, 0)
    read = parse_sps(sps(chroma=chroma, size=BitWriter().ue(39, 22).u(1, 1).u(1, 1).u(1, 1).ue(1, 2, 3, 4)))
    assert (read.chroma_format_idc, read.bit_depth_luma, read.bit_depth_chroma) == (3, 10, 10)
    assert (read.width_px, read.height_px) == (640 - 3, 368 - 7)


def test_fields_double_height_and_crop() -> None:
    size = BitWriter().ue(119, 33).u(1, 0).u(1, 1).u(1, 1).u(1, 1).ue(0, 0, 0, 2)
    read = parse_sps(sps(size=size))
    assert (read.width_px, read.height_px) == (1920, 1080)


@pytest.mark.parametrize("order", [BitWriter().ue(2), BitWriter().ue(1).u(1, 0).se(-3, 4).ue(2).se(1, -1)])
def test_every_picture_order_type_is_walked(order: BitWriter) -> None:
    bits = BitWriter().ue(0, 0)
    bits.bits += order.bits
    bits.ue(1).u(1, 0).ue(79, 44).u(3, 0b110).u(1, 0)
    assert parse_sps(bits.nal(b"\x67\x4d\0\x1f")).width_px == 1280


def test_the_vui_is_walked_to_its_reorder_bound() -> None:
    vui = BitWriter().u(1, 1).u(8, 255).u(32, 0x00040003)  # extended aspect ratio
    vui.u(1, 1).u(1, 0)  # overscan
    vui.u(1, 1).u(4, 5).u(1, 1).u(24, 0x010101)  # colours
    vui.u(1, 1).ue(0, 0)  # chroma location
    vui.u(1, 1).u(32, 1).u(32, 50).u(1, 1)  # timing
    hrd = BitWriter().ue(1).u(8, 0).ue(5, 6).u(1, 1).ue(7, 8).u(1, 0).u(20, 0)
    vui.bits += "1" + hrd.bits + "1" + hrd.bits + "0" + "1"  # both HRDs, delay, picture structure
    vui.u(1, 1).u(1, 1).ue(0, 0, 11, 11, 3, 4)
    assert parse_sps(sps(vui=vui)).reorder_frames == 3


def test_a_vui_cut_short_is_no_error() -> None:
    assert parse_sps(sps(vui=BitWriter().u(1, 1).u(8, 255))).reorder_frames is None


def test_it_knows_the_ids() -> None:
    assert (parameter_set_id(sps()), parameter_set_id(BitWriter().ue(7, 5).nal(b"\x68"))) == (5, 7)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x67",
        b"\x67\x64\x00\x1e",
        H264_SETS[0][:8],
        H264_SETS[1],
        b"\x67\x42\0\x1e" + bytes(60),  # a number without end
        b"\x67\x42\0\x1e" + b"\xff" * 5000,
        sps(size=BitWriter().ue(60_000, 60_000).u(3, 0b110)),
        sps(size=BitWriter().ue(0, 0).u(1, 1).u(1, 1).u(1, 1).ue(4, 4, 0, 0)),  # nothing left of it
        sps(chroma=BitWriter().ue(4)),
        sps(chroma=BitWriter().ue(1, 9, 0)),
    ],
)
def test_a_broken_one_is_corrupt_data(broken: bytes) -> None:
    with pytest.raises(CorruptData):
        parse_sps(broken)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_else(data: bytes) -> None:
    for nal in (data, b"\x67" + data):
        try:
            parse_sps(nal)
        except CorruptData:
            continue
