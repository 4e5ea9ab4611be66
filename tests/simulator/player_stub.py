"""A transport that keeps what is written, and what it means."""

from __future__ import annotations

import asyncio
import struct
from typing import Any, NamedTuple

__all__ = ["Kept", "Packet", "Transport"]


class Packet(NamedTuple):
    sequence: int
    timestamp: int
    marker: bool
    payload: bytes


class Kept(NamedTuple):
    packets: list[Packet]
    #: (NTP seconds, RTP time) of each sender report.
    reports: list[tuple[int, int]]
    text: str


class Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.data = bytearray()
        self.buffered = 0
        self.aborted = False

    def write(self, data: Any) -> None:
        self.data += data

    def get_write_buffer_size(self) -> int:
        return self.buffered

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        self.aborted = True

    def take(self) -> Kept:
        """What was written since the last call: answers first, then interleaved frames."""
        data, self.data = bytes(self.data), bytearray()
        kept = Kept([], [], "")
        text = b""
        while data:
            if data[:1] != b"$":
                at = data.find(b"$\0")
                at = len(data) if at < 0 else at
                text, data = text + data[:at], data[at:]
                continue
            channel, size = struct.unpack_from(">xBH", data)
            body, data = data[4 : 4 + size], data[4 + size :]
            if channel == 0:
                marker, sequence, timestamp = struct.unpack_from(">xBHI", body)
                kept.packets.append(Packet(sequence, timestamp, bool(marker & 0x80), body[12:]))
            else:
                seconds, timestamp = struct.unpack_from(">8xI4xI", body)
                kept.reports.append((seconds, timestamp))
        return kept._replace(text=text.decode())
