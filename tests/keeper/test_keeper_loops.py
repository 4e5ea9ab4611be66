"""Three loops beside each other: one that fails does not stop the others; Fatal ends the process."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from haidang.core.errors import Fatal
from haidang.core.units import WallUs
from haidang.supervisor.keeper import Loop, run_loops, wait_after


@pytest.fixture(autouse=True)
def _no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """These loops touch none."""
    monkeypatch.setattr("haidang.supervisor.keeper.close_old_connections", lambda: None)
    monkeypatch.setattr("haidang.supervisor.keeper.connections.close_all", lambda: None)


def _counting(rounds: int, stop: threading.Event, seen: list[WallUs]) -> Callable[[WallUs], int]:
    def run_once(now: WallUs) -> int:
        seen.append(now)
        if len(seen) == rounds:
            stop.set()
        return 0

    return run_once


def test_a_loop_that_fails_goes_on_and_stops_no_other() -> None:
    stop, seen, failures = threading.Event(), [], []  # type: ignore[var-annotated]

    def failing(_now: WallUs) -> int:
        failures.append(1)
        raise OSError("database is away")

    loops = [Loop("failing", failing, 0.001), Loop("calm", _counting(20, stop, seen), 0.002)]
    run_loops(loops, stop, clock=lambda: WallUs(7))
    assert len(failures) > 1
    assert seen[0] == 7


def test_fatal_ends_every_loop_and_is_raised() -> None:
    stop, seen = threading.Event(), []  # type: ignore[var-annotated]

    def fatal(_now: WallUs) -> int:
        raise Fatal("couldn't go on")

    loops = [Loop("fatal", fatal, 0.001), Loop("calm", _counting(10**9, stop, seen), 0.001)]
    with pytest.raises(Fatal):
        run_loops(loops, stop, clock=lambda: WallUs(0))
    assert stop.is_set()


def test_the_wait_grows_after_failures_and_has_a_limit() -> None:
    waits = [wait_after(failures, 0.5) for failures in range(8)]
    assert waits[0] == 0.5
    assert waits == sorted(waits)
    assert max(waits) == wait_after(10_000, 0.5) < 15, "below the gateway's warden_timeout_s"
