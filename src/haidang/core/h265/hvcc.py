"""HEVCDecoderConfigurationRecord, the payload of ``hvcC`` (ISO/IEC 14496-15 §8.3.3.1), with 4-byte NAL unit lengths."""

from __future__ import annotations

from collections.abc import Sequence

from haidang.core.errors import CorruptData
from haidang.core.h265.sps import PPS, SPS, VPS, nal_type, parse_sps

__all__ = ["build_hvcc", "codec_suffix", "parse_hvcc"]

#: array_completeness: every set of that type is in the record (what ``hvc1`` promises).
_COMPLETE = 0x80
_FIXED_BYTES = 23


def build_hvcc(parameter_sets: Sequence[bytes]) -> bytes:
    """The record of these VPS, SPS and PPS; the first SPS speaks for all."""
    sps = parse_sps(next(nal for nal in parameter_sets if nal_type(nal[0]) == SPS))
    record = bytearray([1]) + sps.profile_tier_level
    record += bytes(
        [
            0xF0, 0,  # min_spatial_segmentation_idc: unknown
            0xFC,  # parallelismType: unknown
            0xFC | sps.chroma_format_idc,
            0xF8 | (sps.bit_depth_luma - 8),
            0xF8 | (sps.bit_depth_chroma - 8),
            0, 0,  # avgFrameRate: unknown
            (min(sps.temporal_layers, 7) << 3) | (sps.temporal_id_nesting << 2) | 3,
        ]
    )  # fmt: skip
    arrays = [(kind, [nal for nal in parameter_sets if nal_type(nal[0]) == kind]) for kind in (VPS, SPS, PPS)]
    arrays = [(kind, nals) for kind, nals in arrays if nals]
    record.append(len(arrays))
    for kind, nals in arrays:
        record.append(_COMPLETE | kind)
        record += len(nals).to_bytes(2, "big")
        for nal in nals:
            record += len(nal).to_bytes(2, "big") + nal
    return bytes(record)


def parse_hvcc(record: bytes) -> list[bytes]:
    """The parameter sets of a record; raises CorruptData if it is none or its NAL unit lengths are not 4 bytes."""
    if len(record) < _FIXED_BYTES or record[0] != 1 or record[21] & 3 != 3:
        raise CorruptData("couldn't read an hvcC record", code="config_record")
    found: list[bytes] = []
    at = _FIXED_BYTES
    for _ in range(record[22]):
        count = int.from_bytes(record[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            end = at + 2 + int.from_bytes(record[at : at + 2], "big")
            if end > len(record) or end <= at + 2:
                raise CorruptData("couldn't read an hvcC record: it ends early", code="config_record")
            found.append(record[at + 2 : end])
            at = end
    return [nal for nal in found if nal_type(nal[0]) in (VPS, SPS, PPS)]


def codec_suffix(sps_nal: bytes) -> str:
    """What follows ``hvc1.`` in a codec string (ISO/IEC 14496-15 Annex E.3), such as ``1.6.L93.B0``."""
    profile = parse_sps(sps_nal).profile_tier_level
    space = ("", "A", "B", "C")[profile[0] >> 6]
    compatibility = int(f"{int.from_bytes(profile[1:5], 'big'):032b}"[::-1], 2)  # bit 0 first
    tier = "H" if profile[0] & 0x20 else "L"
    constraints = [f"{byte:X}" for byte in profile[5:11].rstrip(b"\0")]
    return ".".join([f"{space}{profile[0] & 0x1F}", f"{compatibility:X}", f"{tier}{profile[11]}", *constraints])
