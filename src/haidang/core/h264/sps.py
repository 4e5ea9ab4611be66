"""Sequence parameter set of H.264 (ITU-T H.264 §7.3.2.1.1, Annex E): as much as a container and a recorder need."""

from __future__ import annotations

from dataclasses import dataclass

from haidang.core.bits import BitReader
from haidang.core.errors import CorruptData

__all__ = ["PPS", "SPS", "Sps", "nal_type", "parameter_set_id", "parse_sps"]

#: nal_unit_type
SPS, PPS = 7, 8

#: Profiles whose SPS tells chroma format, bit depths and scaling lists.
_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_MAX_SIZE_PX = 16384
_EXTENDED_SAR = 255
_SUB_WIDTH, _SUB_HEIGHT = (1, 2, 2, 1), (1, 2, 1, 1)


@dataclass(frozen=True, slots=True)
class Sps:
    profile_idc: int
    constraint_flags: int
    level_idc: int
    sequence_id: int
    chroma_format_idc: int
    bit_depth_luma: int
    bit_depth_chroma: int
    width_px: int
    height_px: int
    #: max_num_reorder_frames of the VUI; None where the SPS does not say.
    reorder_frames: int | None

    @property
    def high(self) -> bool:
        """Whether the configuration record repeats chroma format and bit depths (ISO/IEC 14496-15 §5.3.3.1.2)."""
        return self.profile_idc in _HIGH_PROFILES


def nal_type(first_byte: int) -> int:
    return first_byte & 0x1F


def parameter_set_id(nal: bytes) -> int:
    """seq_parameter_set_id of an SPS, pic_parameter_set_id of a PPS; raises CorruptData."""
    return BitReader(nal[4:24] if nal[0] & 0x1F == SPS else nal[1:21]).ue()


def parse_sps(nal: bytes) -> Sps:
    """Read an SPS NAL unit; raises CorruptData (``parameter_set``)."""
    if len(nal) < 5 or nal[0] & 0x1F != SPS:
        raise CorruptData("couldn't read an H.264 SPS: it is none", code="parameter_set")
    profile_idc, constraint_flags, level_idc = nal[1], nal[2], nal[3]
    bits = BitReader(nal[4:])
    sequence_id = bits.ue()
    chroma_format_idc, depth_luma, depth_chroma = 1, 8, 8
    if profile_idc in _HIGH_PROFILES:
        chroma_format_idc, depth_luma, depth_chroma = _chroma(bits)
    _skip_picture_order(bits)
    bits.ue()  # max_num_ref_frames
    bits.flag()  # gaps_in_frame_num_value_allowed_flag
    width_px, height_px = _size(bits, chroma_format_idc)
    reorder_frames = _vui_reorder_frames(bits) if bits.flag() else None
    if profile_idc == 66:  # Baseline has no B-frames
        reorder_frames = 0
    return Sps(
        profile_idc, constraint_flags, level_idc, sequence_id, chroma_format_idc, depth_luma, depth_chroma,
        width_px, height_px, reorder_frames,
    )  # fmt: skip


def _chroma(bits: BitReader) -> tuple[int, int, int]:
    chroma_format_idc = bits.ue()
    if chroma_format_idc > 3:
        raise CorruptData("couldn't read an H.264 SPS: unknown chroma format", code="parameter_set")
    if chroma_format_idc == 3:
        bits.flag()  # separate_colour_plane_flag
    depth_luma, depth_chroma = 8 + bits.ue(), 8 + bits.ue()
    if max(depth_luma, depth_chroma) > 14:
        raise CorruptData("couldn't read an H.264 SPS: unknown bit depth", code="parameter_set")
    bits.flag()  # qpprime_y_zero_transform_bypass_flag
    if bits.flag():
        for index in range(8 if chroma_format_idc != 3 else 12):
            if bits.flag():
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return chroma_format_idc, depth_luma, depth_chroma


def _skip_scaling_list(bits: BitReader, size: int) -> None:
    """§7.3.2.1.1.1: a delta follows only as long as the running scale is not 0."""
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


def _skip_picture_order(bits: BitReader) -> None:
    bits.ue()  # log2_max_frame_num_minus4
    kind = bits.ue()
    if kind == 0:
        bits.ue()
    elif kind == 1:
        bits.flag()
        bits.se()
        bits.se()
        cycle = bits.ue()
        if cycle > 255:
            raise CorruptData("couldn't read an H.264 SPS: its picture order cycle is too long", code="parameter_set")
        for _ in range(cycle):
            bits.se()


def _size(bits: BitReader, chroma_format_idc: int) -> tuple[int, int]:
    width_mbs, height_units = bits.ue() + 1, bits.ue() + 1
    frames_only = bits.flag()
    field_factor = 1 if frames_only else 2
    if not frames_only:
        bits.flag()  # mb_adaptive_frame_field_flag
    bits.flag()  # direct_8x8_inference_flag
    width, height = 16 * width_mbs, 16 * height_units * field_factor
    if bits.flag():
        left, right, top, bottom = bits.ue(), bits.ue(), bits.ue(), bits.ue()
        width -= (left + right) * _SUB_WIDTH[chroma_format_idc]
        height -= (top + bottom) * _SUB_HEIGHT[chroma_format_idc] * field_factor
    if not (0 < width <= _MAX_SIZE_PX and 0 < height <= _MAX_SIZE_PX):
        raise CorruptData(f"couldn't use an H.264 picture of {width}x{height}", code="parameter_set")
    return width, height


def _vui_reorder_frames(bits: BitReader) -> int | None:
    """Walk the VUI to max_num_reorder_frames. Cameras cut their VUI short: what is not there is not known."""
    try:
        _skip_vui_to_restriction(bits)
        if not bits.flag():  # bitstream_restriction_flag
            return None
        bits.flag()
        for _ in range(4):
            bits.ue()
        return min(bits.ue(), 16)
    except CorruptData:
        return None


def _skip_vui_to_restriction(bits: BitReader) -> None:
    if bits.flag() and bits.u(8) == _EXTENDED_SAR:
        bits.skip(32)
    if bits.flag():  # overscan_info_present_flag
        bits.flag()
    if bits.flag():  # video_signal_type_present_flag
        bits.skip(4)
        if bits.flag():
            bits.skip(24)
    if bits.flag():  # chroma_loc_info_present_flag
        bits.ue()
        bits.ue()
    if bits.flag():  # timing_info_present_flag
        bits.skip(65)
    nal_hrd = bits.flag()
    if nal_hrd:
        _skip_hrd(bits)
    vcl_hrd = bits.flag()
    if vcl_hrd:
        _skip_hrd(bits)
    if nal_hrd or vcl_hrd:
        bits.flag()  # low_delay_hrd_flag
    bits.flag()  # pic_struct_present_flag


def _skip_hrd(bits: BitReader) -> None:
    count = bits.ue() + 1
    if count > 32:
        raise CorruptData("couldn't read an H.264 SPS: too many HRD entries", code="parameter_set")
    bits.skip(8)
    for _ in range(count):
        bits.ue()
        bits.ue()
        bits.flag()
    bits.skip(20)
