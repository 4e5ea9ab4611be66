"""Parameter sets of H.265 (ITU-T H.265 §7.3.2): as much as a container and a recorder need.

The SPS is read up to its bit depths and reorder bound; what lies behind (tools, VUI) is of no use to a container.
"""

from __future__ import annotations

from dataclasses import dataclass

from haidang.core.bits import BitReader
from haidang.core.errors import CorruptData

__all__ = ["PPS", "SPS", "VPS", "Sps", "nal_type", "parameter_set_id", "parse_sps"]

#: nal_unit_type
VPS, SPS, PPS = 32, 33, 34

_MAX_SIZE_PX = 16384
_SUB_WIDTH, _SUB_HEIGHT = (1, 2, 2, 1), (1, 2, 1, 1)
#: general_profile_space to general_level_idc, as they stand in SPS and hvcC alike.
_PROFILE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Sps:
    #: profile space, tier, profile, compatibility flags, constraint flags and level: 12 bytes that hvcC repeats.
    profile_tier_level: bytes
    temporal_layers: int
    temporal_id_nesting: bool
    sequence_id: int
    chroma_format_idc: int
    bit_depth_luma: int
    bit_depth_chroma: int
    width_px: int
    height_px: int
    reorder_frames: int


def nal_type(first_byte: int) -> int:
    return (first_byte >> 1) & 0x3F


def parameter_set_id(nal: bytes) -> int:
    """The set's own id; raises CorruptData."""
    kind = nal_type(nal[0])
    if kind == VPS:
        return BitReader(nal[2:6]).u(4)
    if kind == PPS:
        return BitReader(nal[2:22]).ue()
    return parse_sps(nal).sequence_id


def parse_sps(nal: bytes) -> Sps:
    """Read an SPS NAL unit; raises CorruptData (``parameter_set``)."""
    if len(nal) < 4 or nal_type(nal[0]) != SPS:
        raise CorruptData("couldn't read an H.265 SPS: it is none", code="parameter_set")
    bits = BitReader(nal[2:])
    bits.skip(4)  # sps_video_parameter_set_id
    sub_layers = bits.u(3)
    nesting = bits.flag()
    profile = bits.u(8 * _PROFILE_BYTES).to_bytes(_PROFILE_BYTES, "big")
    _skip_sub_layers(bits, sub_layers)
    sequence_id = bits.ue()
    width, height, chroma = _size(bits)
    depth_luma, depth_chroma = 8 + bits.ue(), 8 + bits.ue()
    if max(depth_luma, depth_chroma) > 15:
        raise CorruptData("couldn't read an H.265 SPS: unknown bit depth", code="parameter_set")
    bits.ue()  # log2_max_pic_order_cnt_lsb_minus4
    reorder = 0
    for _ in range(1 if not bits.flag() else sub_layers + 1):  # the last is the highest layer's
        bits.ue()
        reorder = min(bits.ue(), 16)
        bits.ue()
    return Sps(profile, sub_layers + 1, nesting, sequence_id, chroma, depth_luma, depth_chroma, width, height, reorder)


def _skip_sub_layers(bits: BitReader, count: int) -> None:
    """§7.3.3: presence flags of every sub-layer, padded to 8 pairs, then what they announce."""
    present = [(bits.flag(), bits.flag()) for _ in range(count)]
    if count:
        bits.skip(2 * (8 - count))
    for profile, level in present:
        bits.skip(88 * profile + 8 * level)


def _size(bits: BitReader) -> tuple[int, int, int]:
    chroma = bits.ue()
    if chroma > 3:
        raise CorruptData("couldn't read an H.265 SPS: unknown chroma format", code="parameter_set")
    if chroma == 3:
        bits.flag()  # separate_colour_plane_flag
    width, height = bits.ue(), bits.ue()
    if bits.flag():
        left, right, top, bottom = bits.ue(), bits.ue(), bits.ue(), bits.ue()
        width -= (left + right) * _SUB_WIDTH[chroma]
        height -= (top + bottom) * _SUB_HEIGHT[chroma]
    if not (0 < width <= _MAX_SIZE_PX and 0 < height <= _MAX_SIZE_PX):
        raise CorruptData(f"couldn't use an H.265 picture of {width}x{height}", code="parameter_set")
    return width, height, chroma
