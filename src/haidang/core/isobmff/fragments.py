"""Writing one fragment: ``moof`` (mfhd, traf: tfhd, tfdt, trun) and its ``mdat``, ISO/IEC 14496-12 §8.8.

::

    moof ─ mfhd  sequence number
         └ traf ─ tfhd  track 1, default-base-is-moof: offsets count from this moof, so files can be cut and joined
                ├ tfdt  version 1: decode time of the first sample, 64 bits
                └ trun  duration, size and flags of each sample; composition offsets (version 1, signed)
                        only when a picture is shown at another time than it is decoded
    mdat ─ the samples, in order
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["NOT_SYNC", "Sample", "fragment"]

#: sample_flags, §8.8.3.1: sample_depends_on = 2 (needs no other), or = 1 with sample_is_non_sync_sample.
_SYNC_SAMPLE = 0x0200_0000
_OTHER_SAMPLE = 0x0101_0000
#: The bit that tells the two apart.
NOT_SYNC = 0x0001_0000

_TRUN_BASE = 0x701  # data offset; per sample: duration, size, flags
_TRUN_WITH_OFFSETS = 0xF01  # and composition offset
_HEAD = struct.Struct(">I4s I4sII I4s I4sII I4sIQ I4sIIi")
_HEAD_BYTES = _HEAD.size
_SAMPLE = struct.Struct(">III")
_SAMPLE_WITH_OFFSET = struct.Struct(">IIIi")
_MDAT = struct.Struct(">I4s")


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
            _SAMPLE_WITH_OFFSET.pack(
                sample.duration_90k, len(sample.data), _flags(sample), sample.composition_offset_90k
            )
            for sample in samples
        )
    else:
        table = b"".join(_SAMPLE.pack(sample.duration_90k, len(sample.data), _flags(sample)) for sample in samples)
    moof_bytes = _HEAD_BYTES + len(table)
    trun_bytes = 20 + len(table)
    mdat_bytes = 8 + sum(len(sample.data) for sample in samples)
    head = _HEAD.pack(
        moof_bytes, b"moof",
        16, b"mfhd", 0, sequence,
        moof_bytes - 24, b"traf",
        16, b"tfhd", 0x0002_0000, 1,
        20, b"tfdt", 1 << 24, base_dts_90k,
        trun_bytes, b"trun", (1 << 24 | _TRUN_WITH_OFFSETS) if shifted else _TRUN_BASE, len(samples), moof_bytes + 8,
    )  # fmt: skip
    return [head + table + _MDAT.pack(mdat_bytes, b"mdat"), *(sample.data for sample in samples)]


def _flags(sample: Sample) -> int:
    return _SYNC_SAMPLE if sample.keyframe else _OTHER_SAMPLE
