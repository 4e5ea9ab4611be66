"""Waiting for real processes: ask until the answer is yes, or fail and say what did not come."""

import time
from collections.abc import Callable
from typing import Literal, TypeVar

import pytest

__all__ = ["eventually"]

_T = TypeVar("_T")
#: How long anything may take on two busy cores, unless a test knows better.
WITHIN_S = 20.0


def eventually(ask: Callable[[], _T | Literal[False] | None], what: str, within_s: float = WITHIN_S) -> _T:
    """The first true answer; what is not true by then fails the test."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.05)
    pytest.fail(f"not within {within_s:.0f} s: {what}")
