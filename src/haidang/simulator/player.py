"""One client's RTP stream: its sequence numbers, timestamps and SSRC over packets that others share."""

from __future__ import annotations

import asyncio
from random import Random

from haidang.core.units import WallUs
from haidang.simulator.rtp import Packed, sender_report, stamp

__all__ = ["BUFFER_LIMIT_BYTES", "Player"]

#: A client that lets this much pile up has stopped reading and is dropped (4 s of a large stream).
BUFFER_LIMIT_BYTES = 4 * 1024 * 1024
_REPORT_EVERY_90K = 5 * 90_000


class Player:
    def __init__(self, transport: asyncio.WriteTransport, rng: Random) -> None:
        self._transport = transport
        self._rng = rng
        self.sequence = rng.getrandbits(16)
        self.base_90k = rng.getrandbits(32)
        self.ssrc = rng.getrandbits(32)
        self.started = False
        self._packets = 0
        self._octets = 0
        self._next_report_90k: int | None = None

    def send(self, packed: Packed, time_90k: int) -> None:
        self._write(self._stamped(packed, time_90k))

    def send_with_loss(self, packed: Packed, time_90k: int, probability: float) -> None:
        """As ``send``, but each packet may be lost on the way: numbered, never written."""
        for piece in self.pieces(packed, time_90k):
            if self._rng.random() >= probability:
                self._write(piece)

    def pieces(self, packed: Packed, time_90k: int) -> list[bytes]:
        """The packets one by one, counted as sent."""
        stamped = self._stamped(packed, time_90k)
        return [
            stamped[start:end] for start, end in zip(packed.starts, [*packed.starts[1:], len(stamped)], strict=True)
        ]

    def report(self, at: WallUs, time_90k: int) -> None:
        """Send a sender report when one is due: before the first picture, then every 5 s."""
        if self._next_report_90k is not None and time_90k < self._next_report_90k:
            return
        self._next_report_90k = time_90k + _REPORT_EVERY_90K
        self._write(sender_report(self.ssrc, at, self.base_90k + time_90k, self._packets, self._octets))

    def report_now(self) -> None:
        """Let the next picture carry a report."""
        self._next_report_90k = None

    def send_noise(self, size: int) -> None:
        self._write(self._rng.randbytes(size))

    def write_piece(self, piece: bytes) -> None:
        self._write(piece)

    def abort(self) -> None:
        self._transport.abort()

    def _stamped(self, packed: Packed, time_90k: int) -> bytes:
        stamped = stamp(packed, self.sequence, self.base_90k + time_90k, self.ssrc)
        self.sequence = self.sequence + len(packed.starts) & 0xFFFF
        self._packets += len(packed.starts)
        self._octets += packed.payload_bytes
        return stamped

    def _write(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > BUFFER_LIMIT_BYTES:
            self._transport.abort()
            return
        self._transport.write(data)
