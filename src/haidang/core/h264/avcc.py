"""AVCDecoderConfigurationRecord, the payload of ``avcC`` (ISO/IEC 14496-15 §5.3.3.1), with 4-byte NAL unit lengths."""

from __future__ import annotations

from collections.abc import Sequence

from haidang.core.errors import CorruptData
from haidang.core.h264.sps import PPS, SPS, parse_sps

__all__ = ["build_avcc", "parse_avcc"]

_MAX_SPS, _MAX_PPS = 31, 255


def build_avcc(parameter_sets: Sequence[bytes]) -> bytes:
    """The record of these SPS and PPS; the first SPS speaks for all."""
    sequence_sets = [nal for nal in parameter_sets if nal[0] & 0x1F == SPS][:_MAX_SPS]
    picture_sets = [nal for nal in parameter_sets if nal[0] & 0x1F == PPS][:_MAX_PPS]
    first = sequence_sets[0]
    sps = parse_sps(first)
    record = bytearray([1, first[1], first[2], first[3], 0xFC | 3, 0xE0 | len(sequence_sets)])
    for nal in sequence_sets:
        record += len(nal).to_bytes(2, "big") + nal
    record.append(len(picture_sets))
    for nal in picture_sets:
        record += len(nal).to_bytes(2, "big") + nal
    if sps.high:
        record += bytes(
            [0xFC | sps.chroma_format_idc, 0xF8 | (sps.bit_depth_luma - 8), 0xF8 | (sps.bit_depth_chroma - 8), 0]
        )
    return bytes(record)


def parse_avcc(record: bytes) -> list[bytes]:
    """The parameter sets of a record; raises CorruptData if it is none or its NAL unit lengths are not 4 bytes."""
    if len(record) < 7 or record[0] != 1 or record[4] & 3 != 3:
        raise CorruptData("couldn't read an avcC record", code="config_record")
    found: list[bytes] = []
    at = 5
    for mask in (0x1F, 0xFF):
        if at >= len(record):
            raise CorruptData("couldn't read an avcC record: it ends early", code="config_record")
        count = record[at] & mask
        at += 1
        for _ in range(count):
            end = at + 2 + int.from_bytes(record[at : at + 2], "big")
            if end > len(record) or end <= at + 2:
                raise CorruptData("couldn't read an avcC record: it ends early", code="config_record")
            found.append(record[at + 2 : end])
            at = end
    return found
