"""Bits of a NAL unit: ``u(n)``, ``ue(v)`` and ``se(v)`` of ITU-T H.264 §7.2, §9.1 (H.265 §7.2, §9.2 are the same).

Law: whatever the bytes, reading ends: every read moves forward, and past the end it raises CorruptData.
"""

from __future__ import annotations

from haidang.core.errors import CorruptData

__all__ = ["BitReader"]

#: Real parameter sets take tens of bytes; the bound keeps a hostile one cheap.
_MAX_BYTES = 4096


class BitReader:
    """Reads a NAL unit's payload (what follows its header), emulation prevention bytes removed."""

    def __init__(self, payload: bytes) -> None:
        if len(payload) > _MAX_BYTES:
            raise CorruptData(f"couldn't read a parameter set of {len(payload)} bytes", code="parameter_set")
        raw = payload.replace(b"\0\0\3", b"\0\0")
        self._bits = int.from_bytes(raw, "big")
        self._left = 8 * len(raw)

    def u(self, count: int) -> int:
        """``count`` bits as an unsigned number."""
        self._left -= count
        if self._left < 0:
            raise CorruptData("couldn't read a parameter set: it ends early", code="parameter_set")
        return (self._bits >> self._left) & ((1 << count) - 1)

    def flag(self) -> bool:
        return self.u(1) == 1

    def skip(self, count: int) -> None:
        self.u(count)

    def ue(self) -> int:
        """Exp-Golomb, unsigned."""
        zeros = 0
        while not self.u(1):
            zeros += 1
            if zeros > 32:
                raise CorruptData("couldn't read a parameter set: a number in it is too large", code="parameter_set")
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """Exp-Golomb, signed."""
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)
