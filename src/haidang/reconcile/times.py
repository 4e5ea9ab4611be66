"""What ticks say of time: when the log was silent, whose clock went wrong, and what was told too late.

A tick is the host's own word of the time; ``cosigned_s`` in it is a witness's, of what stands before it. So the host's
clock lies between the witness's time of what it had logged before and of what it logged after.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from haidang.core.findings import Finding
from haidang.core.log_entries import ClockStep, Gap, Tick
from haidang.core.units import WallUs
from haidang.reconcile.alive import SILENT_US, Alive
from haidang.reconcile.scratch import LoggedGap

__all__ = ["Times"]

#: A gap is logged within seconds of its first moment.
_LATE_US = 120_000_000
#: Clocks of honest machines agree to within this.
_CLOCK_US = 30_000_000
#: Ticks that wait for a cosignature's time.
_MOST_WAITING = 64
#: Told by the next start of a recorder, which was not there to tell of it at once.
_TOLD_AT_A_START = ("recorder_stopped", "clock")


class Times:
    """Takes what entries say of time, in the order of the log."""

    def __init__(self, report: Callable[[Finding], None], state: dict[str, Any] | None = None) -> None:
        said = state or {"now_us": 0, "alive": [], "cosigned_s": 0, "waiting": [], "stepped": False}
        self._report = report
        #: The newest tick's time by the host's clock; 0 before the first.
        self.now_us: int = said["now_us"]
        self._alive = Alive(said["alive"])
        self._cosigned_s: int = said["cosigned_s"]
        self._waiting: list[tuple[int, int]] = [(index, at_us) for index, at_us in said["waiting"]]
        self._stepped: bool = said["stepped"]

    @property
    def state(self) -> dict[str, Any]:
        return {
            "now_us": self.now_us, "alive": self._alive.state, "cosigned_s": self._cosigned_s,
            "waiting": self._waiting, "stepped": self._stepped,
        }  # fmt: skip

    def tick(self, index: int, tick: Tick) -> None:
        if self.now_us and tick.at_us < self.now_us and not self._stepped:
            self._tell("clock_back", self.now_us, tick.at_us)
        if self.now_us and tick.at_us - self.now_us > SILENT_US:
            self._tell("log_silent", self.now_us, tick.at_us)
        self._alive.tick(tick.at_us)
        self.now_us, self._stepped = tick.at_us, False
        if tick.cosigned_s:
            if tick.at_us + _CLOCK_US < tick.cosigned_s * 1_000_000:
                self._tell("clock_behind", tick.at_us, tick.cosigned_s * 1_000_000)
            self._hold(tick)
        self._waiting = [*self._waiting[-_MOST_WAITING:], (index, tick.at_us)]
        self._cosigned_s = max(self._cosigned_s, tick.cosigned_s)

    def _hold(self, tick: Tick) -> None:
        """Ticks below a cosigned size were made before its cosignature, so they cannot say a later time."""
        behind = [at_us for index, at_us in self._waiting if index < tick.size]
        self._waiting = [each for each in self._waiting if each[0] >= tick.size]
        if behind and behind[-1] > tick.cosigned_s * 1_000_000 + _CLOCK_US:
            self._tell("clock_ahead", behind[-1], tick.cosigned_s * 1_000_000)

    def stepped(self, entry: ClockStep) -> None:
        self._stepped = True
        self._report(Finding("clock_step", from_us=entry.to_us, to_us=entry.from_us, facts={"source": entry.source}))

    def gap(self, gap: Gap) -> None:
        """The first word of a gap: the log was alive while it went on, and yet it was told long after."""
        if self.is_late(gap.from_us) and gap.reason not in _TOLD_AT_A_START:
            self.told_late(gap, WallUs(self.now_us))

    def told_late(self, gap: Gap | LoggedGap, to_us: WallUs) -> None:
        self._report(
            Finding(
                "gap_told_late", camera=gap.camera, stream=gap.stream, from_us=gap.from_us, to_us=to_us,
                facts={"reason": gap.reason},
            )
        )  # fmt: skip

    def is_late(self, since_us: int) -> bool:
        """Whether the log was alive for long since then."""
        return since_us < self._alive.since(_LATE_US)

    def finish(self) -> None:
        if self.now_us and not self._cosigned_s:
            self._report(Finding("never_cosigned"))

    def _tell(self, kind: str, from_us: int, to_us: int) -> None:
        self._report(Finding(kind, from_us=WallUs(from_us), to_us=WallUs(to_us)))
