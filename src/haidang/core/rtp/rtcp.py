"""RTCP from the camera (RFC 3550 §6.4.1, §6.6): sender reports and goodbyes; the rest is passed over.

RTCP only advises: reading stops at what is malformed, and what was read before it counts.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from haidang.core.units import WallUs

__all__ = ["Bye", "SenderReport", "read_rtcp"]

_SENDER_REPORT, _BYE = 200, 203
_HEAD = struct.Struct(">BBH")
_REPORT = struct.Struct(">IQI")
#: Seconds from 1900 to 1970. Era 0 only: from 2036 on a camera's NTP time counts from 0 again, as a broken one's does.
_NTP_EPOCH_S = 2_208_988_800
_PLAUSIBLE_FROM_US = 946_684_800_000_000  # 2000-01-01


@dataclass(frozen=True, slots=True)
class SenderReport:
    """At ``captured_at`` of the camera's clock, its RTP clock stood at ``timestamp``."""

    ssrc: int
    timestamp: int
    #: None where the clock says a time before the year 2000: it was never set.
    captured_at: WallUs | None


@dataclass(frozen=True, slots=True)
class Bye:
    sources: tuple[int, ...]


def read_rtcp(data: bytes) -> Iterator[SenderReport | Bye]:
    """What a compound packet says."""
    at = 0
    while at + 4 <= len(data):
        first, kind, words = _HEAD.unpack_from(data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            return
        if kind == _SENDER_REPORT and words >= 6:
            ssrc, ntp, timestamp = _REPORT.unpack_from(data, at + 4)
            yield SenderReport(ssrc, timestamp, _wall(ntp))
        elif kind == _BYE and words >= first & 0x1F:
            yield Bye(struct.unpack_from(f">{first & 0x1F}I", data, at + 4))
        at = end


def _wall(ntp: int) -> WallUs | None:
    """64-bit NTP time (32.32 fixed point since 1900) as microseconds since 1970."""
    wall_us = (ntp * 1_000_000 >> 32) - _NTP_EPOCH_S * 1_000_000
    return WallUs(wall_us) if wall_us >= _PLAUSIBLE_FROM_US else None
