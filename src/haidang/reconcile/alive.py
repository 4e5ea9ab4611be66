"""When a log has been saying something, by its ticks: what it learnt late although it was alive was told late."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["SILENT_US", "YOUNG_US", "Alive"]

#: Ticks come every 10 s, and a busy host may miss some.
SILENT_US = 60_000_000
#: What is younger than this may not be logged, or have no row, yet: a seal comes every 10 s, and a round as often.
YOUNG_US = 90_000_000
#: Stretches that are remembered: what began before them was told late by any measure.
_MOST_STRETCHES = 64


class Alive:
    """Takes every tick in the order of the log; ``stretches`` from and to, as ``state`` gave them."""

    def __init__(self, stretches: Sequence[Sequence[int]] = ()) -> None:
        self._stretches = [(from_us, to_us) for from_us, to_us in stretches]

    @property
    def state(self) -> list[tuple[int, int]]:
        return list(self._stretches)

    def tick(self, at_us: int) -> None:
        last = self._stretches[-1] if self._stretches else None
        if last is not None and last[1] <= at_us <= last[1] + SILENT_US:
            self._stretches[-1] = last[0], at_us
        else:
            self._stretches = [*self._stretches[1 - _MOST_STRETCHES :], (at_us, at_us)]

    def since(self, lasting_us: int) -> int:
        """Since when it has been alive for so long, silences left out; 0 if it has not. So a minute of silence excuses
        nothing that was there to be told before it.
        """
        left_us = lasting_us
        for from_us, to_us in reversed(self._stretches):
            if to_us - from_us >= left_us:
                return to_us - left_us
            left_us -= to_us - from_us
        return 0
