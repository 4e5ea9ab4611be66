"""H.265 (ITU-T H.265, ISO/IEC 14496-15): parameter sets and configuration record. RTP payload: ``depacketiser.py``."""

from haidang.core.h265.hvcc import build_hvcc, codec_suffix, parse_hvcc
from haidang.core.h265.sps import PPS, SPS, VPS, Sps, nal_type, parameter_set_id, parse_sps

__all__ = [
    "PPS",
    "SPS",
    "VPS",
    "Sps",
    "build_hvcc",
    "codec_suffix",
    "nal_type",
    "parameter_set_id",
    "parse_hvcc",
    "parse_sps",
]
