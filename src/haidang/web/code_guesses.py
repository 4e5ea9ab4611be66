"""Wrong enrolment codes, counted: a few an address, a few hundred in all, in the time that a code lives.

The arithmetic stands in ``accounts.terminals``. Counts live in this process, which is the only one that serves pages;
a restart forgets them, and nobody outside can make one.
"""

from __future__ import annotations

import threading

from haidang.accounts.terminals import CODE_LIFE_US
from haidang.core.units import WallUs

__all__ = ["AN_ADDRESS", "IN_ALL", "CodeGuesses", "guesses"]

AN_ADDRESS, IN_ALL = 5, 200


class CodeGuesses:
    """Who has guessed wrong, and when, within the window."""

    def __init__(self, window_us: int = CODE_LIFE_US) -> None:
        self._window_us = window_us
        self._wrong: list[tuple[WallUs, str]] = []
        self._lock = threading.Lock()

    def wait_us(self, address: str, *, now: WallUs) -> int:
        """How long this address must wait before its next code is looked at; 0: not at all."""
        with self._lock:
            self._forget(now)
            own = [at for at, who in self._wrong if who == address]
            every = [at for at, _who in self._wrong]
        waits = [
            times[-most] + self._window_us - now
            for times, most in ((own, AN_ADDRESS), (every, IN_ALL))
            if len(times) >= most
        ]
        return max(waits, default=0)

    def wrong(self, address: str, *, now: WallUs) -> None:
        """One more. Looking and counting are apart, so threads can pass the limit by as many as there are of them."""
        with self._lock:
            self._forget(now)
            self._wrong.append((now, address))

    def _forget(self, now: WallUs) -> None:
        """What is over; and what lies in the future, after the host's clock was set back."""
        self._wrong = [(at, who) for at, who in self._wrong if now - self._window_us < at <= now]


guesses = CodeGuesses()
