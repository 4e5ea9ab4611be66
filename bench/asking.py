"""How long a question takes, asked again and again in this process."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["times_ms"]


def times_ms(ask: Callable[[], object], asks: int) -> list[float]:
    """Of each of ``asks`` questions, in milliseconds."""
    times = []
    for _ in range(asks):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return times
