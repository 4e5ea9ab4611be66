"""The recorder's clock: the host's wall clock, carried by the monotonic one between looks.

Law 1: between two calls of ``check`` time runs forward, whatever is done to the host's clock, so that
arrival times and file names of one stream stay in order. Law 2: drift and slewing are followed at up to
0.5 %; a larger difference is a *step*: it is taken over at once and reported, and the streams then begin
new files. After a clock was set back, names sort by what the clock said; ``Open.sequence`` keeps the order
of writing, and names stay unique because files are created with O_EXCL.
"""

from __future__ import annotations

from collections.abc import Callable

from haidang.core.units import WallUs

__all__ = ["CHECK_EVERY_S", "HostClock"]

#: How often ``check`` is to be called.
CHECK_EVERY_S = 0.25
_SLEW_US = int(CHECK_EVERY_S * 1_000_000 * 0.005)
_STEP_US = 250_000


class HostClock:
    """``wall_ns`` and ``monotonic_ns`` are ``time.time_ns`` and ``time.monotonic_ns`` outside tests."""

    def __init__(self, wall_ns: Callable[[], int], monotonic_ns: Callable[[], int]) -> None:
        self._wall_ns, self._monotonic_ns = wall_ns, monotonic_ns
        self._offset_us = self._difference_us()

    def now(self) -> WallUs:
        return WallUs(self._offset_us + self._monotonic_ns() // 1000)

    def monotonic_us(self) -> int:
        return self._monotonic_ns() // 1000

    def check(self) -> int:
        """Follow the host's clock. Returns the step in microseconds if it was set, 0 if it ran."""
        behind_us = self._difference_us() - self._offset_us
        if abs(behind_us) > _STEP_US:
            self._offset_us += behind_us
            return behind_us
        self._offset_us += max(-_SLEW_US, min(_SLEW_US, behind_us))
        return 0

    def _difference_us(self) -> int:
        return self._wall_ns() // 1000 - self._monotonic_ns() // 1000
