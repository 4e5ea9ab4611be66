"""Bits of H.264 syntax: fixed fields, Exp-Golomb, emulation prevention (ITU-T H.264 §7.2, §7.4.1, §9.1)."""

from __future__ import annotations

import re

from haidang.core.errors import CorruptData

__all__ = ["BitReader", "BitWriter", "escape", "unescape"]

_NEEDS_ESCAPE = re.compile(rb"\x00\x00(?=[\x00-\x03])")


def escape(rbsp: bytes) -> bytes:
    """Insert emulation prevention bytes."""
    return _NEEDS_ESCAPE.sub(b"\x00\x00\x03", rbsp)


def unescape(nal: bytes) -> bytes:
    """Take the emulation prevention bytes out."""
    return nal.replace(b"\x00\x00\x03", b"\x00\x00")


class BitReader:
    """Reads from the most significant bit on."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._size = 8 * len(data)
        self.position = 0

    def u(self, bits: int) -> int:
        end = self.position + bits
        if end > self._size:
            raise CorruptData("couldn't read H.264 syntax: it ends early", code="h264")
        self.position = end
        return (self._value >> (self._size - end)) & ((1 << bits) - 1)

    def ue(self) -> int:
        zeros = 0
        while not self.u(1):
            zeros += 1
            if zeros > 32:
                raise CorruptData("couldn't read H.264 syntax: an Exp-Golomb code is too long", code="h264")
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)

    def rest_without_trailing(self) -> tuple[int, int]:
        """What is left up to the stop bit (§7.3.2.11), as (value, bits)."""
        left = self._size - self.position
        value = self._value & ((1 << left) - 1)
        if not value:
            raise CorruptData("couldn't read H.264 syntax: no stop bit", code="h264")
        after_stop = (value & -value).bit_length()
        return value >> after_stop, left - after_stop


class BitWriter:
    """Writes from the most significant bit on; ``finish`` adds the stop bit."""

    def __init__(self) -> None:
        self._out = bytearray()
        self._pending = 0
        self._pending_bits = 0

    def u(self, value: int, bits: int) -> None:
        pending = self._pending << bits | value
        count = self._pending_bits + bits
        whole, left = divmod(count, 8)
        if whole:
            self._out += (pending >> left).to_bytes(whole, "big")
            pending &= (1 << left) - 1
        self._pending, self._pending_bits = pending, left

    def ue(self, value: int) -> None:
        length = (value + 1).bit_length()
        self.u(value + 1, 2 * length - 1)

    def se(self, value: int) -> None:
        self.ue(2 * value - 1 if value > 0 else -2 * value)

    def aligned(self, data: bytes) -> None:
        """Zero bits up to the next byte, then ``data`` (pcm_alignment_zero_bit and the samples, §7.3.5)."""
        if self._pending_bits:
            self.u(0, 8 - self._pending_bits)
        self._out += data

    def finish(self) -> bytes:
        self.u(1, 1)
        if self._pending_bits:
            self.u(0, 8 - self._pending_bits)
        return bytes(self._out)
