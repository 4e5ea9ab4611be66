"""The initialisation segment: ``ftyp`` and a ``moov`` without samples (ISO/IEC 14496-12 §8, ISO/IEC 14496-15 §5, §8).

::

    ftyp iso5: iso5 iso6 mp41
    moov ─ mvhd
         ├ trak ─ tkhd, mdia ─ mdhd (1/90000 s), hdlr vide, minf ─ vmhd, dinf, stbl ─ stsd ─ avc1 + avcC | hvc1 + hvcC
         └ mvex ─ trex   (everything else is in the fragments)

Parameter sets stand in avcC or hvcC only, as ``avc1`` and ``hvc1`` promise; the same format always gives the
same bytes.
"""

from __future__ import annotations

import struct
from typing import cast

from haidang.core.errors import CorruptData
from haidang.core.isobmff.boxes import box, child, full_box, read_header
from haidang.core.units import TIMESCALE_90K
from haidang.core.video import VideoCodec, VideoFormat

__all__ = ["init_segment", "read_init_segment"]

_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000)
_UNDETERMINED_LANGUAGE = 0x55C4
_PIXELS_PER_INCH_72 = 0x0048_0000
_CONFIG_BOX: dict[VideoCodec, bytes] = {"avc1": b"avcC", "hvc1": b"hvcC"}
#: Bytes of a VisualSampleEntry before its boxes, after its header (ISO/IEC 14496-12 §12.1.3).
_SAMPLE_ENTRY_BYTES = 78
#: Version, flags and the count of entries.
_STSD_HEAD_BYTES = 8
_EMPTY_TABLES = (
    full_box(b"stts", 0, 0, bytes(4)),
    full_box(b"stsc", 0, 0, bytes(4)),
    full_box(b"stsz", 0, 0, bytes(8)),
    full_box(b"stco", 0, 0, bytes(4)),
)


def init_segment(video: VideoFormat) -> bytes:
    """The bytes before the first fragment."""
    ftyp = box(b"ftyp", b"iso5", struct.pack(">I", 512), b"iso5", b"iso6", b"mp41")
    trex = full_box(b"trex", 0, 0, struct.pack(">5I", 1, 1, 0, 0, 0))
    return ftyp + box(b"moov", _mvhd(), _trak(video), box(b"mvex", trex))


def _mvhd() -> bytes:
    rate, volume, next_track = 0x10000, 0x100, 2
    return full_box(
        b"mvhd", 0, 0,
        struct.pack(">4I", 0, 0, 1000, 0), struct.pack(">IH", rate, volume), bytes(10), _MATRIX, bytes(24),
        struct.pack(">I", next_track),
    )  # fmt: skip


def _trak(video: VideoFormat) -> bytes:
    enabled_in_movie = 3
    tkhd = full_box(
        b"tkhd", 0, enabled_in_movie,
        struct.pack(">5I", 0, 0, 1, 0, 0), bytes(16), _MATRIX,
        struct.pack(">II", video.width_px << 16, video.height_px << 16),
    )  # fmt: skip
    mdhd = full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, TIMESCALE_90K, 0, _UNDETERMINED_LANGUAGE, 0))
    hdlr = full_box(b"hdlr", 0, 0, bytes(4), b"vide", bytes(12), b"video\0")
    data_in_this_file = full_box(b"url ", 0, 1)
    dinf = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), data_in_this_file))
    stbl = box(b"stbl", full_box(b"stsd", 0, 0, struct.pack(">I", 1), _sample_entry(video)), *_EMPTY_TABLES)
    minf = box(b"minf", full_box(b"vmhd", 0, 1, bytes(8)), dinf, stbl)
    return box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, minf))


def _sample_entry(video: VideoFormat) -> bytes:
    return box(
        video.codec.encode(),
        bytes(6), struct.pack(">H", 1), bytes(16),
        struct.pack(">HHIIIH", video.width_px, video.height_px, _PIXELS_PER_INCH_72, _PIXELS_PER_INCH_72, 0, 1),
        bytes(32), struct.pack(">Hh", 24, -1),
        box(_CONFIG_BOX[video.codec], video.config_record),
    )  # fmt: skip


def read_init_segment(raw: bytes) -> VideoFormat:
    """The format that ``init_segment`` was given; raises CorruptData if it cannot be read."""
    try:
        return _read_format(raw)
    except CorruptData as error:
        raise CorruptData(f"couldn't use the initialisation segment: {error}", code="mp4_init") from error


def _read_format(raw: bytes) -> VideoFormat:
    ftyp = read_header(raw[:16], 0, len(raw))
    if ftyp is None or ftyp.kind != b"ftyp":
        raise CorruptData("it does not begin with ftyp", code="mp4_init")
    stsd = child(raw, ftyp.end, len(raw), b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
    at = stsd.payload_offset + _STSD_HEAD_BYTES
    entry = read_header(raw[at : at + 16], at, stsd.end)
    if entry is None or entry.kind not in (b"avc1", b"hvc1"):
        raise CorruptData("its sample entry is neither avc1 nor hvc1", code="mp4_init")
    codec = cast("VideoCodec", entry.kind.decode())
    config = child(raw, entry.payload_offset + _SAMPLE_ENTRY_BYTES, entry.end, _CONFIG_BOX[codec])
    return VideoFormat.from_config_record(codec, raw[config.payload_offset : config.end])
