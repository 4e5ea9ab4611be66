"""The supervisor: keeps every program of a host running, and its guardian too.

Law 1: a program that ends is started again, at once the first time, then with a growing wait (8 s at most).
Law 2: a supervisor that starts takes over the programs still running from pid files; it never starts a second one.
Law 3: nothing here is needed for recording to go on: killing the supervisor stops no program.
Law 4: ``serve`` guards the supervisor and the supervisor guards ``serve``; an orderly end (SIGTERM, SIGINT, SIGHUP to
either) ends all, a kill ends none.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import structlog

from haidang.core.host import RUN
from haidang.supervisor.program import (
    WELL_AFTER_S,
    Program,
    Running,
    backoff_s,
    find_running,
    keep_log_small,
    record_self,
)

__all__ = ["GUARDIAN", "SUPERVISOR", "Supervisor", "guard", "guardian_program"]

GUARDIAN = "serve"
SUPERVISOR = "supervise"
#: Recorders close their files and the web server ends its requests within this.
STOP_WITHIN_S = 8.0
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

log = structlog.get_logger("supervisor")


class _Ending:
    """Turns signals into a flag and wakes ``poll``."""

    def __init__(self) -> None:
        self.asked = False
        self.reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in _ENDING:
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


class Supervisor:
    """Runs until asked to end; ``programs`` are started in order and ended in reverse.

    Give ``guardian_program()`` among them to have the guardian back when it is killed, even before this began.
    """

    def __init__(self, home: Path, programs: Sequence[Program]) -> None:
        self._home = home
        self._programs = {program.name: program for program in programs}
        self._running: dict[str, Running] = {}
        self._failures: dict[str, int] = {}
        self._started_at: dict[str, float] = {}
        self._due_at: dict[str, float] = dict.fromkeys(self._programs, 0.0)

    def run(self) -> None:
        ending = _Ending()
        record_self(self._home, SUPERVISOR)
        self._take_over()
        logs_checked_at = 0.0
        while not ending.asked:
            now = time.monotonic()
            self._start_due(now)
            if now - logs_checked_at > 60:
                logs_checked_at = now
                for name in self._programs:
                    keep_log_small(self._home, name)
            self._wait(ending, now)
        self._end_all()

    def _take_over(self) -> None:
        for name in self._programs:
            if (found := find_running(self._home, name)) is not None:
                log.info("program taken over", program=name, pid=found.pid)
                self._watch(found)

    def _watch(self, running: Running) -> None:
        self._running[running.name] = running
        self._started_at[running.name] = time.monotonic()
        self._due_at.pop(running.name, None)

    def _start_due(self, now: float) -> None:
        for name in [name for name, due in self._due_at.items() if due <= now]:
            try:
                self._watch(self._programs[name].start(self._home))
            except OSError as error:
                self._failed(name, now)
                log.error("program not started", program=name, error=str(error))  # noqa: TRY400 - retried, no traceback

    def _wait(self, ending: _Ending, now: float) -> None:
        """Sleep until a program ends, a start is due or somebody asks us to end."""
        poller = select.poll()
        poller.register(ending.reader, select.POLLIN)
        by_pidfd = {running.pidfd: running for running in self._running.values()}
        for pidfd in by_pidfd:
            poller.register(pidfd, select.POLLIN)
        due_in_s = min((due - now for due in self._due_at.values()), default=30.0)
        for descriptor, _ in poller.poll(max(0.0, min(30.0, due_in_s)) * 1000):
            if descriptor in by_pidfd and not ending.asked:
                self._ended(by_pidfd[descriptor])

    def _ended(self, running: Running) -> None:
        code = running.reap()
        del self._running[running.name]
        self._failed(running.name, time.monotonic())
        log.warning("program ended", program=running.name, pid=running.pid, exit_code=code)

    def _failed(self, name: str, now: float) -> None:
        lived_s = now - self._started_at.get(name, now)
        self._failures[name] = 1 if lived_s > WELL_AFTER_S else self._failures.get(name, 0) + 1
        self._due_at[name] = now + backoff_s(self._failures[name])

    def _end_all(self) -> None:
        running = [self._running[name] for name in reversed(self._programs) if name in self._running]
        running = [each for each in running if each.name != GUARDIAN]  # it waits for us and ends by itself
        for each in running:
            each.send(signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN_S
        for each in running:
            if not _ends_by(each.pidfd, deadline):
                log.error("program killed: it did not end in time", program=each.name)
                each.send(signal.SIGKILL)
            each.reap()
        # The missing file tells the guardian that this was an end, not a crash.
        (self._home / RUN / f"{SUPERVISOR}.pid").unlink(missing_ok=True)


def _ends_by(pidfd: int, deadline: float) -> bool:
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    return bool(poller.poll(max(0.0, deadline - time.monotonic()) * 1000))


def guardian_program() -> Program:
    """`serve` again, watching the supervisor that starts it."""
    return Program(GUARDIAN, (sys.executable, "-m", "haidang.cli", "serve", "--guard"))


def guard(home: Path, supervisor: Program) -> None:
    """Start the supervisor, or take over the one that runs, and start it again whenever it is killed.

    Returns when asked to end, after the supervisor has ended, or when the supervisor ended in order.
    """
    ending = _Ending()
    record_self(home, GUARDIAN)
    failures = 0
    while True:
        running = find_running(home, SUPERVISOR) or supervisor.start(home)
        poller = select.poll()
        poller.register(ending.reader, select.POLLIN)
        poller.register(running.pidfd, select.POLLIN)
        started_at = time.monotonic()
        poller.poll()
        if ending.asked:
            running.send(signal.SIGTERM)
            if not _ends_by(running.pidfd, time.monotonic() + STOP_WITHIN_S + 4):
                running.send(signal.SIGKILL)
            running.reap()
            return
        if running.reap() == 0 or not (home / RUN / f"{SUPERVISOR}.pid").exists():
            return
        failures = 1 if time.monotonic() - started_at > WELL_AFTER_S else failures + 1
        time.sleep(backoff_s(failures))
