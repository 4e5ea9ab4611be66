"""Bytes for measuring a line: so many an account in ten minutes, and few downloads at a time.

Why: a measurement is a download that means nothing. Without a bound it would be the cheapest way to fill the server's
line; a slow one holds a thread of the page server, so two at most do. Counts live in this process, the only one.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

from haidang.core.units import WallUs

__all__ = ["BUDGET_BYTES", "WINDOW_US", "ByteBudget", "Download", "Seats", "incompressible"]

#: Four self-tests, beside the small downloads of a duty screen (2.5 MiB).
BUDGET_BYTES = 24 * 1024 * 1024
WINDOW_US = 10 * 60 * 1_000_000
AT_ONCE = 2
_PIECE_BYTES = 16 * 1024
_LONGEST_S = 8.0
#: Random, so no proxy or modem on the way makes it smaller than it is.
_RANDOM = os.urandom(1024 * 1024)


class ByteBudget:
    """What each account has taken lately."""

    def __init__(self, most: int = BUDGET_BYTES, window_us: int = WINDOW_US) -> None:
        self._most, self._window_us = most, window_us
        self._taken: dict[str, list[tuple[WallUs, int]]] = {}
        self._lock = threading.Lock()

    def take(self, account: str, wanted: int, *, now: WallUs) -> bool:
        """Count it, if there is room for it."""
        with self._lock:
            for name in list(self._taken):
                lately = [(at, size) for at, size in self._taken[name] if now - self._window_us < at <= now]
                if lately:
                    self._taken[name] = lately
                else:
                    del self._taken[name]
            taken = self._taken.get(account, [])
            if sum(size for _at, size in taken) + wanted > self._most:
                return False
            self._taken[account] = [*taken, (now, wanted)]
            return True


class Seats:
    """Who may download now. Each seat is left once, however its download ends."""

    def __init__(self, most: int = AT_ONCE) -> None:
        self._free = threading.BoundedSemaphore(most)

    def stream(self, size_bytes: int) -> Download | None:
        """The bytes, or None when all seats are taken."""
        if not self._free.acquire(blocking=False):
            return None
        return Download(size_bytes, self._free)


class Download:
    """An iterator that gives its seat back at its end or when the server closes it, whichever is first."""

    def __init__(self, size_bytes: int, seat: threading.BoundedSemaphore) -> None:
        self._pieces = incompressible(size_bytes)
        self._seat: threading.BoundedSemaphore | None = seat

    def __iter__(self) -> Download:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except StopIteration:
            self.close()
            raise

    def close(self) -> None:
        seat, self._seat = self._seat, None
        if seat is not None:
            seat.release()


def incompressible(size_bytes: int, longest_s: float = _LONGEST_S) -> Iterator[bytes]:
    """So many random bytes, or as many as a slow line takes in time: what came is measure enough."""
    until, sent = time.monotonic() + longest_s, 0
    while sent < size_bytes and time.monotonic() < until:
        begin = sent % len(_RANDOM)
        piece = _RANDOM[begin : begin + min(_PIECE_BYTES, size_bytes - sent)]
        sent += len(piece)
        yield piece
