"""Writing one fragment, and reading back what was written: ``moof`` and its ``mdat``, ISO/IEC 14496-12 §8.8.

::

    moof ─ mfhd  sequence number
         └ traf ─ tfhd  track 1, default-base-is-moof: offsets count from this moof, so files can be cut and joined
                ├ tfdt  version 1: decode time of the first sample, 64 bits
                └ trun  duration, size and flags of each sample; composition offsets (version 1, signed)
                        only when a picture is shown at another time than it is decoded
    mdat ─ the samples, in order

The head of every fragment has this one shape, so reading is one unpack and a comparison with what
:func:`fragment` would have written: whatever differs is not ours, or not whole.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from haidang.core.units import Pts90k

__all__ = ["MIN_HEAD_BYTES", "FragmentHead", "Sample", "fragment", "head_size_bytes", "read_head", "samples_are_whole"]

#: sample_flags, §8.8.3.1: sample_depends_on = 2 (needs no other), or = 1 with sample_is_non_sync_sample.
_SYNC_SAMPLE = 0x0200_0000
_OTHER_SAMPLE = 0x0101_0000
_NOT_SYNC = 0x0001_0000

_TFHD_DEFAULT_BASE_IS_MOOF = 0x0002_0000
_TFDT_VERSION_1 = 1 << 24
_TRUN_PLAIN = 0x0701  # data offset; per sample: duration, size, flags
_TRUN_SHIFTED = 1 << 24 | 0x0F01  # version 1: and a signed composition offset
_MOOF = struct.Struct(">I4s I4sII I4s I4sII I4sIQ I4sIIi")
_PLAIN = struct.Struct(">III")
_SHIFTED = struct.Struct(">IIIi")
_MDAT = struct.Struct(">I4s")
_NAL_LENGTH = struct.Struct(">I")

MIN_HEAD_BYTES = _MOOF.size + _PLAIN.size + _MDAT.size
#: Far above any fragment of ours (20,000 pictures); keeps a reader of garbage from reading much of it.
_MAX_MOOF_BYTES = 320_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture: 4-byte length-prefixed NAL units, shown ``composition_offset_90k`` after it is decoded."""

    data: bytes
    duration_90k: int
    composition_offset_90k: int = 0
    keyframe: bool = False


def fragment(sequence: int, base_dts_90k: int, samples: Sequence[Sample]) -> list[bytes]:
    """The fragment as pieces for one ``writev``: its head, then each sample's bytes, uncopied."""
    assert samples, "a fragment has at least one sample"
    shifted = any(sample.composition_offset_90k for sample in samples)
    if shifted:
        table = b"".join(
            _SHIFTED.pack(sample.duration_90k, len(sample.data), _flags(sample), sample.composition_offset_90k)
            for sample in samples
        )
    else:
        table = b"".join(_PLAIN.pack(sample.duration_90k, len(sample.data), _flags(sample)) for sample in samples)
    mdat_bytes = _MDAT.size + sum(len(sample.data) for sample in samples)
    moof = _moof(sequence, base_dts_90k, len(samples), len(table), shifted=shifted)
    return [moof + table + _MDAT.pack(mdat_bytes, b"mdat"), *(sample.data for sample in samples)]


def _flags(sample: Sample) -> int:
    return _SYNC_SAMPLE if sample.keyframe else _OTHER_SAMPLE


def _moof(sequence: int, base_dts_90k: int, count: int, table_bytes: int, *, shifted: bool) -> bytes:
    """The moof up to its table of samples."""
    size = _MOOF.size + table_bytes
    return _MOOF.pack(
        size, b"moof",
        16, b"mfhd", 0, sequence,
        size - 24, b"traf",
        16, b"tfhd", _TFHD_DEFAULT_BASE_IS_MOOF, 1,
        20, b"tfdt", _TFDT_VERSION_1, base_dts_90k,
        20 + table_bytes, b"trun", _TRUN_SHIFTED if shifted else _TRUN_PLAIN, count, size + _MDAT.size,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FragmentHead:
    """What stands before a fragment's pictures. ``size_bytes`` is the whole fragment's."""

    sequence: int
    base_dts_90k: Pts90k
    duration_90k: int
    size_bytes: int
    head_bytes: int
    sample_sizes: tuple[int, ...]
    keyframe: bool


def head_size_bytes(raw: bytes) -> int | None:
    """How many bytes :func:`read_head` needs, told by the first 8; None if no fragment of ours starts here."""
    if len(raw) < _MOOF.size or raw[4:8] != b"moof":
        return None
    size = int.from_bytes(raw[:4], "big")
    if not MIN_HEAD_BYTES - _MDAT.size <= size <= _MAX_MOOF_BYTES:
        return None
    return size + _MDAT.size


def read_head(raw: bytes) -> FragmentHead | None:
    """The head in the first ``head_size_bytes`` of ``raw``; None for whatever ``fragment`` would not write."""
    head_bytes = head_size_bytes(raw)
    if head_bytes is None or len(raw) < head_bytes:
        return None
    fields = _MOOF.unpack_from(raw)
    sequence, base_dts_90k, trun_flags, count = fields[5], fields[15], fields[18], fields[19]
    shifted = trun_flags == _TRUN_SHIFTED
    entry = _SHIFTED if shifted else _PLAIN
    table_bytes = count * entry.size
    if count < 1 or _MOOF.size + table_bytes + _MDAT.size != head_bytes:
        return None
    if raw[: _MOOF.size] != _moof(sequence, base_dts_90k, count, table_bytes, shifted=shifted):
        return None
    rows = list(entry.iter_unpack(raw[_MOOF.size : _MOOF.size + table_bytes]))
    sizes = tuple(row[1] for row in rows)
    mdat_bytes, mdat_kind = _MDAT.unpack_from(raw, _MOOF.size + table_bytes)
    if mdat_kind != b"mdat" or mdat_bytes != _MDAT.size + sum(sizes):
        return None
    return FragmentHead(
        sequence, Pts90k(base_dts_90k), sum(row[0] for row in rows), head_bytes + sum(sizes), head_bytes, sizes,
        not rows[0][2] & _NOT_SYNC,
    )  # fmt: skip


def samples_are_whole(raw: bytes) -> bool:
    """Whether ``raw`` is one fragment whose every sample is tiled by its NAL units.

    Sees blocks that a power cut left as zeros (a NAL unit of length 0) where sizes alone look right.
    """
    head = read_head(raw)
    if head is None or head.size_bytes != len(raw):
        return False
    at = head.head_bytes
    for size in head.sample_sizes:
        if not _is_tiled(raw, at, at + size):
            return False
        at += size
    return True


def _is_tiled(raw: bytes, at: int, end: int) -> bool:
    if at == end:
        return False
    while at + _NAL_LENGTH.size < end:
        (length,) = _NAL_LENGTH.unpack_from(raw, at)
        if length == 0:
            return False
        at += _NAL_LENGTH.size + length
    return at == end
