"""Frames cut into RTP packets once, stamped for each client when they are sent.

H.264 by RFC 6184 (single NAL unit and FU-A, packetization-mode 1), H.265 by RFC 7798 (single and FU), each
packet already behind its RFC 2326 §10.12 interleaved header (``$``, channel 0, length). What differs between
clients is patched in place: sequence number, timestamp, SSRC.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from haidang.core.units import WallUs

__all__ = ["PAYLOAD_MTU", "Codec", "Packed", "join", "packetise", "sender_report", "stamp"]

Codec = Literal["avc1", "hvc1"]

#: RTP payload bytes per packet: fits an Ethernet frame with IP, TCP, interleaved and RTP headers.
PAYLOAD_MTU = 1400
PAYLOAD_TYPE = 96
_MARKER = 0x80
_HEADER = struct.Struct(">cBHBBHII")
_PATCH = struct.Struct(">HII")
_SR = struct.Struct(">cBHBBHIIIIII")
_NTP_EPOCH_S = 2_208_988_800


@dataclass(frozen=True, slots=True)
class Packed:
    """Packets of one picture, or of its first part; ``starts`` are the offsets of the ``$`` bytes."""

    data: bytearray
    starts: list[int]
    #: RTP payload bytes, for sender reports.
    payload_bytes: int


def _payloads(nal: bytes, codec: Codec) -> Iterable[bytes]:
    if len(nal) <= PAYLOAD_MTU:
        yield nal
        return
    if codec == "avc1":
        prefix, kind, header = bytes([nal[0] & 0xE0 | 28]), nal[0] & 31, 1
    else:
        prefix, kind, header = bytes([nal[0] & 0x81 | 49 << 1, nal[1]]), nal[0] >> 1 & 63, 2
    piece = PAYLOAD_MTU - len(prefix) - 1
    for at in range(header, len(nal), piece):
        edge = (0x80 if at == header else 0) | (0x40 if at + piece >= len(nal) else 0)
        yield prefix + bytes([edge | kind]) + nal[at : at + piece]


def packetise(nals: Sequence[bytes], codec: Codec, *, ends_picture: bool = True) -> Packed:
    """``ends_picture`` sets the marker bit on the last packet."""
    payloads = [payload for nal in nals for payload in _payloads(nal, codec)]
    data = bytearray()
    starts = []
    for index, payload in enumerate(payloads):
        starts.append(len(data))
        marker = _MARKER if ends_picture and index == len(payloads) - 1 else 0
        data += _HEADER.pack(b"$", 0, len(payload) + 12, 0x80, PAYLOAD_TYPE | marker, 0, 0, 0)
        data += payload
    return Packed(data, starts, sum(map(len, payloads)))


def join(front: Packed, back: Packed, *, skip: int = 0) -> Packed:
    """``front``, then ``back`` without its first ``skip`` packets."""
    cut = back.starts[skip]
    size = len(front.data)
    starts = front.starts + [start - cut + size for start in back.starts[skip:]]
    data = front.data + memoryview(back.data)[cut:]
    return Packed(data, starts, len(data) - 16 * len(starts))


def stamp(packed: Packed, sequence: int, timestamp: int, ssrc: int) -> bytes:
    """The packets' bytes for one client; the first carries ``sequence`` (all values are taken modulo)."""
    data, patch = packed.data, _PATCH.pack_into
    timestamp &= 0xFFFF_FFFF
    for start in packed.starts:
        patch(data, start + 6, sequence & 0xFFFF, timestamp, ssrc)
        sequence += 1
    return bytes(data)


def sender_report(ssrc: int, at: WallUs, timestamp: int, packets: int, octets: int) -> bytes:
    """RTCP SR (RFC 3550 §6.4.1) on channel 1: ``timestamp`` was sampled at wall time ``at``."""
    seconds, left_us = divmod(at, 1_000_000)
    ntp = ((seconds + _NTP_EPOCH_S) & 0xFFFF_FFFF, (left_us << 32) // 1_000_000)
    mask = 0xFFFF_FFFF
    return _SR.pack(b"$", 1, 28, 0x80, 200, 6, ssrc, *ntp, timestamp & mask, packets & mask, octets & mask)
