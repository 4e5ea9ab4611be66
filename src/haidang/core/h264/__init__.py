"""H.264 (ITU-T H.264, ISO/IEC 14496-15): parameter sets and configuration record. RTP payload: ``depacketiser.py``."""

from haidang.core.h264.avcc import build_avcc, parse_avcc
from haidang.core.h264.sps import PPS, SPS, Sps, nal_type, parameter_set_id, parse_sps

__all__ = ["PPS", "SPS", "Sps", "build_avcc", "nal_type", "parameter_set_id", "parse_avcc", "parse_sps"]
