"""The clock of pages and API: the one place of ``web`` that reads it."""

from __future__ import annotations

import time

from haidang.core.units import WallUs

__all__ = ["wall_clock"]


def wall_clock() -> WallUs:
    return WallUs(time.time_ns() // 1000)
