"""The initialisation segment: ``ftyp`` and a ``moov`` without samples (ISO/IEC 14496-12 §8, ISO/IEC 14496-15 §5, §8).

::

    ftyp iso5: iso5 iso6 mp41
    moov ─ mvhd
         ├ trak ─ tkhd, mdia ─ mdhd (1/90000 s), hdlr vide, minf ─ vmhd, dinf, stbl ─ stsd ─ avc1 + avcC | hvc1 + hvcC
         └ mvex ─ trex   (everything else is in the fragments)
"""

from __future__ import annotations

from haidang.core.video import VideoFormat

__all__ = ["init_segment", "read_init_segment"]


def init_segment(video: VideoFormat) -> bytes:
    """The bytes before the first fragment."""
    raise NotImplementedError


def read_init_segment(raw: bytes) -> VideoFormat:
    """The format that ``init_segment`` was given; raises CorruptData (``mp4_init``) if it cannot be read."""
    raise NotImplementedError
