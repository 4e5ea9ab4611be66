"""The RTP header (RFC 3550 §5.1, extension §5.3.1; ONVIF's replay extension is one) and how packets follow each other.

Sequence numbers and timestamps are read where packets are walked (``core/rtsp/track.py``); here is what is rare.
"""

from __future__ import annotations

__all__ = ["FIXED_HEADER_BYTES", "PLAIN_HEADER", "packets_lost", "payload_bounds", "unwrap"]

FIXED_HEADER_BYTES = 12
#: First byte of nearly every packet: version 2, no padding, no extension, no contributing source.
PLAIN_HEADER = 0x80

_PADDING, _EXTENSION, _SOURCES = 0x20, 0x10, 0x0F
#: RFC 3550 Appendix A.1: what is further off than this is no loss or reordering but a new count.
_MAX_DROPOUT, _MAX_MISORDER = 3000, 100


def payload_bounds(view: memoryview, start: int, end: int) -> tuple[int, int] | None:
    """Where the payload of the packet in ``view[start:end]`` begins and ends; None if the header is broken."""
    first = view[start]
    at = start + FIXED_HEADER_BYTES + 4 * (first & _SOURCES)
    if first >> 6 != 2:
        return None
    if first & _EXTENSION:
        if at + 4 > end:
            return None
        at += 4 + 4 * (view[at + 2] << 8 | view[at + 3])
    if first & _PADDING:
        if view[end - 1] == 0:
            return None
        end -= view[end - 1]
    return (at, end) if at <= end else None


def packets_lost(expected: int, sequence: int) -> int:
    """How many packets are missing before this one; 0 if it is an old one (repeated or late), to be thrown away.

    A camera that starts its count anew lost at least one.
    """
    ahead = (sequence - expected) & 0xFFFF
    if ahead < _MAX_DROPOUT:
        return ahead
    return 0 if ahead >= 0x10000 - _MAX_MISORDER else 1


def unwrap(near: int, timestamp: int) -> int:
    """The number that is ``timestamp`` modulo 2^32 and nearest to ``near``."""
    step = (timestamp - near) & 0xFFFFFFFF
    return near + (step - (1 << 32) if step >= 1 << 31 else step)
