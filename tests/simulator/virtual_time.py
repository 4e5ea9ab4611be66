"""An event loop that never waits: its clock jumps to whatever is due next."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from haidang.core.units import WallUs

__all__ = ["START_US", "sleep_through", "virtual_clock", "virtually"]

_T = TypeVar("_T")
START_US = 1_795_568_999_000_000


class _Selector(selectors.DefaultSelector):
    now_s = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout:
            _Selector.now_s += timeout
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def time(self) -> float:
        return _Selector.now_s


def _new_loop() -> _Loop:
    _Selector.now_s = 0.0
    return _Loop(_Selector())


def virtually(scenario: Coroutine[Any, Any, _T]) -> _T:
    """Run ``scenario`` to its end in no time."""
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        return runner.run(scenario)


def virtual_clock() -> WallUs:
    return WallUs(START_US + round(_Selector.now_s * 1e6))


def sleep_through(seconds: float) -> None:
    """Let the machine be asleep: time passes and nothing runs."""
    _Selector.now_s += seconds
