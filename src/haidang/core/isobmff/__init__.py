"""Fragmented MP4 as recordings use it: one video track, one moof + mdat a fragment (ISO/IEC 14496-12 and -15)."""

from haidang.core.isobmff.fragments import Sample, fragment, samples_are_whole
from haidang.core.isobmff.init import init_segment, read_init_segment
from haidang.core.isobmff.scan import FoundFragment, ReadAt, Scan, scan

__all__ = [
    "FoundFragment",
    "ReadAt",
    "Sample",
    "Scan",
    "fragment",
    "init_segment",
    "read_init_segment",
    "samples_are_whole",
    "scan",
]
