"""The journal: an append-only index beside each recording file, 64 bytes a record.

Layout of a record (little endian)::

    0  u8   kind
    1  u8   flags (FRAGMENT) or reason (CLOSE, GAP_*)
    2  u16  zero
    4  56 B body, zero padded
    60 u32  CRC-32 of bytes 0..59

Law 1: a FRAGMENT record is written only after its bytes are in the recording file, so whoever
reads the record may read the bytes. After a power cut either may be missing at the end; the file
decides (storage/adoption). Law 2: records are never changed. Law 3: a reader stops at the first
record that is torn or fails its CRC; a journal can always be rebuilt from its file.

``OPEN`` is the first record of a recording's journal and tells how to read the file. A gaps
journal (core/layout.gaps_journal) holds only GAP_OPEN and GAP_CLOSE.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Literal, cast

from haidang.core.errors import CorruptData
from haidang.core.units import Pts90k, WallUs

__all__ = [
    "RECORD_BYTES",
    "Close",
    "CloseReason",
    "Codec",
    "Fragment",
    "FragmentFlag",
    "GapClose",
    "GapOpen",
    "GapReason",
    "Open",
    "Record",
    "Seal",
    "decode",
    "encode",
    "read_records",
]

RECORD_BYTES = 64
Codec = Literal["avc1", "hvc1"]

_MAGIC = b"HDJ1"
_HEAD = struct.Struct("<BBH")
_CRC = struct.Struct("<I")
_OPEN = struct.Struct("<4s4sHHIIqqI")
_FRAGMENT = struct.Struct("<QIHHqIqq")
_SEAL = struct.Struct("<QQ32sI")
_CLOSE = struct.Struct("<Qq")
_GAP_OPEN = struct.Struct("<q40s")
_GAP_CLOSE = struct.Struct("<qq40s")


class _Kind(IntEnum):
    OPEN = 1
    FRAGMENT = 2
    SEAL = 3
    CLOSE = 4
    GAP_OPEN = 5
    GAP_CLOSE = 6


class FragmentFlag(IntFlag):
    """What a reader must know before using a fragment."""

    KEYFRAME = 1  # its first sample can be decoded alone
    LOSS_BEFORE = 2  # packets were lost since the fragment before
    ADOPTED = 4  # indexed after a crash; received_at is computed, not measured


#: Looked up: calling an enum costs more than the rest of reading a record.
_KINDS = {kind.value: kind for kind in _Kind}
_FLAGS = tuple(map(FragmentFlag, range(256)))


class CloseReason(IntEnum):
    """Why a recording file ended."""

    ROTATED = 1
    DISCONNECTED = 2
    FORMAT_CHANGED = 3  # resolution, codec or parameter sets
    TIME_JUMPED = 4
    STOPPED = 5  # the worker was asked to end
    WRITE_FAILED = 6
    ADOPTED = 7  # closed by the start after a crash
    REASSIGNED = 8  # camera moved to another worker or its address changed


class GapReason(IntEnum):
    """Why there is no picture. The names are the API's; texts for people are translations."""

    CAMERA_UNREACHABLE = 1
    CAMERA_REFUSED = 2  # wrong credentials, no such stream
    NETWORK = 3  # the peer went silent or the connection broke
    RECORDER_STOPPED = 4
    DISK_FULL = 5
    WRITE_FAILED = 6
    BAD_STREAM = 7  # bytes that are no RTSP, RTP or video
    PACKET_LOSS = 8  # waiting for the next keyframe
    MAINTENANCE = 9
    CLOCK = 10  # the host's clock moved


@dataclass(frozen=True, slots=True)
class Open:
    """How to read the file: ``init_size_bytes`` from offset 0 are the initialisation segment."""

    codec: Codec
    width_px: int
    height_px: int
    init_size_bytes: int
    opened_at: WallUs
    #: Where this file's media time 0 lies on the connection's continuous timeline.
    position_90k: Pts90k
    timescale: int = 90_000
    #: Counts the files of one camera stream, for finding a missing one.
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Fragment:
    """One moof+mdat: ``dts_90k`` is its base decode time inside the file."""

    offset_bytes: int
    size_bytes: int
    dts_90k: Pts90k
    duration_90k: int
    received_at: WallUs
    captured_at: WallUs | None
    sample_count: int
    flags: FragmentFlag
    lost_packets: int = 0

    @property
    def keyframe(self) -> bool:
        return bool(self.flags & FragmentFlag.KEYFRAME)


@dataclass(frozen=True, slots=True)
class Seal:
    """SHA-256 of a contiguous byte range of the recording file, cut at a keyframe."""

    offset_bytes: int
    size_bytes: int
    sha256: bytes
    sequence: int


@dataclass(frozen=True, slots=True)
class Close:
    """The file is complete: ``size_bytes`` is the end of its last whole fragment."""

    reason: CloseReason
    size_bytes: int
    closed_at: WallUs


@dataclass(frozen=True, slots=True)
class GapOpen:
    """From ``started_at`` there is no picture; ``detail`` (≤ 40 bytes UTF-8) holds no secret and no personal data.

    Written again with the same start when its cause is better known; the newest counts.
    """

    reason: GapReason
    started_at: WallUs
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GapClose:
    """The gap that began at ``started_at`` is over; its final reason may differ from the opening guess."""

    reason: GapReason
    started_at: WallUs
    ended_at: WallUs
    detail: str = ""


Record = Open | Fragment | Seal | Close | GapOpen | GapClose


def _detail(text: str) -> bytes:
    raw = text.encode()[:40]
    return raw.decode(errors="ignore").encode()  # never half a character


def _body(record: Record) -> tuple[_Kind, int, bytes]:
    match record:
        case Open():
            body = _OPEN.pack(
                _MAGIC, record.codec.encode(), record.width_px, record.height_px, record.timescale,
                record.init_size_bytes, record.opened_at, record.position_90k, record.sequence,
            )  # fmt: skip
            return _Kind.OPEN, 0, body
        case Fragment():
            body = _FRAGMENT.pack(
                record.offset_bytes, record.size_bytes, record.sample_count, min(record.lost_packets, 0xFFFF),
                record.dts_90k, record.duration_90k, record.received_at, record.captured_at or 0,
            )  # fmt: skip
            return _Kind.FRAGMENT, int(record.flags), body
        case Seal():
            return _Kind.SEAL, 0, _SEAL.pack(record.offset_bytes, record.size_bytes, record.sha256, record.sequence)
        case Close():
            return _Kind.CLOSE, int(record.reason), _CLOSE.pack(record.size_bytes, record.closed_at)
        case GapOpen():
            return _Kind.GAP_OPEN, int(record.reason), _GAP_OPEN.pack(record.started_at, _detail(record.detail))
        case GapClose():
            body = _GAP_CLOSE.pack(record.started_at, record.ended_at, _detail(record.detail))
            return _Kind.GAP_CLOSE, int(record.reason), body


def encode(record: Record) -> bytes:
    """The record's 64 bytes."""
    kind, flags, body = _body(record)
    head = _HEAD.pack(kind, flags, 0) + body.ljust(56, b"\0")
    return head + _CRC.pack(zlib.crc32(head))


def decode(raw: bytes | memoryview) -> Record:
    """Read 64 bytes back; raise CorruptData if they are no record."""
    if len(raw) != RECORD_BYTES:
        raise CorruptData(f"couldn't read a journal record of {len(raw)} bytes", code="journal_torn")
    data = bytes(raw)
    if _CRC.unpack_from(data, 60)[0] != zlib.crc32(data[:60]):
        raise CorruptData("couldn't read a journal record: its checksum does not match", code="journal_checksum")
    try:
        return _decode_body(data)
    except (ValueError, UnicodeDecodeError) as error:
        raise CorruptData(f"couldn't read a journal record: {error}", code="journal_record") from error


def _decode_body(data: bytes) -> Record:
    kind, flags, _ = _HEAD.unpack_from(data)
    match _KINDS.get(kind):
        case _Kind.FRAGMENT:  # nearly every record: looked for first
            offset, size, samples, lost, dts, duration, received, captured = _FRAGMENT.unpack_from(data, 4)
            return Fragment(offset, size, dts, duration, received, captured or None, samples, _FLAGS[flags], lost)
        case _Kind.OPEN:
            magic, codec, width, height, timescale, init, opened, position, sequence = _OPEN.unpack_from(data, 4)
            if magic != _MAGIC or codec not in (b"avc1", b"hvc1"):
                raise ValueError(f"unknown format {magic!r} {codec!r}")
            return Open(cast("Codec", codec.decode()), width, height, init, opened, position, timescale, sequence)
        case _Kind.SEAL:
            return Seal(*_SEAL.unpack_from(data, 4))
        case _Kind.CLOSE:
            return Close(CloseReason(flags), *_CLOSE.unpack_from(data, 4))
        case _Kind.GAP_OPEN:
            started, detail = _GAP_OPEN.unpack_from(data, 4)
            return GapOpen(GapReason(flags), started, detail.rstrip(b"\0").decode())
        case _Kind.GAP_CLOSE:
            started, ended, detail = _GAP_CLOSE.unpack_from(data, 4)
            return GapClose(GapReason(flags), started, ended, detail.rstrip(b"\0").decode())
        case None:
            raise ValueError(f"unknown kind {kind}")


def read_records(raw: bytes | memoryview) -> Iterator[Record]:
    """Every whole record from the start of ``raw``; ends quietly at the first torn or corrupt one (law 3)."""
    view = memoryview(raw)
    for at in range(0, len(view) - RECORD_BYTES + 1, RECORD_BYTES):
        try:
            yield decode(view[at : at + RECORD_BYTES])
        except CorruptData:
            return
