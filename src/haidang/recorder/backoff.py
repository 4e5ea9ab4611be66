"""How long to wait before trying a camera again.

The first retry after a working session comes fast, since most interruptions are short. Waits then double to
about ten seconds, with jitter, so that a hundred cameras behind one switch do not return in one instant.
A camera that refuses our credentials is asked far less often: many lock an account after a few wrong tries.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Backoff"]

_FIRST_S, _CAP_S = 0.5, 10.0
_REFUSED_FIRST_S, _REFUSED_CAP_S = 10.0, 300.0


class Backoff:
    """The waits of one stream. ``random`` gives numbers in [0, 1)."""

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._tries = self._refusals = 0

    def worked(self) -> None:
        """Pictures came: the next wait is a first one again."""
        self._tries = self._refusals = 0

    def next_s(self, *, ask_rarely: bool = False) -> float:
        if ask_rarely:
            wait_s = min(_REFUSED_CAP_S, _REFUSED_FIRST_S * 2.0 ** min(self._refusals, 16))
            self._refusals += 1
        else:
            wait_s = min(_CAP_S, _FIRST_S * 2.0 ** min(self._tries, 16))
            self._tries += 1
        return wait_s * (0.75 + 0.25 * self._random())
