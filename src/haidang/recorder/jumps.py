"""Telling a camera whose timestamps jump from a network that stalls.

A *jump* is a step back of more than 1 s, or a step forward that puts the camera more than 1 s ahead of where its
pictures arrive. Pictures that come late and then in a burst are none, nor is a hole that the camera left in its
own time. A camera whose clock runs away from ours slowly is a jump for each ten seconds of it.

Law: no picture is left out for its timestamp. After a jump, times go on as if it had not been until the caller
can begin a new file at a keyframe; it then calls ``restart`` and times are the camera's again.
"""

from __future__ import annotations

from haidang.core.units import TIMESCALE_90K, Pts90k

__all__ = ["JumpWatch"]

_JUMP = TIMESCALE_90K
_RUN_AWAY = 10 * TIMESCALE_90K


class JumpWatch:
    """The timestamps of one connection's pictures."""

    def __init__(self) -> None:
        #: What a picture lasts when nothing better is known; 25 pictures a second until two have come.
        self.interval_90k = TIMESCALE_90K // 25
        #: A new file is due at the next keyframe.
        self.jumped = False
        self._started = False
        self._pts = self._shift = 0
        self._lag = self._first_lag = 0

    def restart(self) -> None:
        """A file begins: nothing that was is compared with what comes."""
        self._started = self.jumped = False
        self._shift = 0

    def follow(self, pts_90k: Pts90k, arrived_us: int) -> Pts90k:
        """The picture's time as the file is to hold it; ``arrived_us`` is monotonic."""
        lag = arrived_us * 9 // 100 - pts_90k
        step = pts_90k - self._pts
        self._pts = pts_90k
        if not self._started:
            self._started = True
            self._lag = self._first_lag = lag
        elif step < -_JUMP or (step > _JUMP and self._lag - lag > _JUMP):
            self.jumped = True
            self._shift += step - self.interval_90k
            self._lag = self._first_lag = lag
        else:
            if 0 < step <= _JUMP:
                self.interval_90k = step
            self._lag = min(self._lag, lag)
            if lag - self._lag > _RUN_AWAY or self._first_lag - lag > _RUN_AWAY:
                self.jumped = True
                self._lag = self._first_lag = lag
        return Pts90k(pts_90k - self._shift)
