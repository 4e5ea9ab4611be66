"""Supplemental enhancement information (H.264 §7.3.2.3, H.265 §7.3.2.4): looked at, never changed."""

from __future__ import annotations

__all__ = ["has_recovery_point"]

_RECOVERY_POINT = 6


def has_recovery_point(payload: bytes) -> bool:
    """Whether one of the messages behind the NAL unit header is a recovery point (H.264 D.1.7, H.265 D.2.8)."""
    raw = payload.replace(b"\0\0\3", b"\0\0")
    at = 0
    while at + 2 < len(raw):  # at least type, size and the trailing bits
        kind, at = _number(raw, at)
        size, at = _number(raw, at)
        if kind == _RECOVERY_POINT:
            return True
        at += size
    return False


def _number(raw: bytes, at: int) -> tuple[int, int]:
    """Bytes of ff add 255 each, the first other byte ends the number."""
    value = 0
    while at < len(raw) and raw[at] == 0xFF:
        value, at = value + 255, at + 1
    return (value + raw[at] if at < len(raw) else value), at + 1
