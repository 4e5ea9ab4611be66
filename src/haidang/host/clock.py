"""The wall clock: the one place that reads it. The rest is handed a ``core.units.Clock``, or asks here at its edge."""

from __future__ import annotations

import time

from haidang.core.units import WallUs

__all__ = ["wall_clock"]


def wall_clock() -> WallUs:
    """Now, by the host's clock, which people and NTP may set."""
    return WallUs(time.time_ns() // 1000)
