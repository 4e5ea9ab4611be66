"""The keeper: loops beside each other, each good for one thing and none able to stop another.

publisher (cameras in the database → the recorders' list), journals (journals on disk → rows), warden (rights of running
streams), views (streams that are over → audit entries), log (journals → the log of recordings), retention (what
expires, once that log says so), acts (audit entries → the log of acts), reconcile (those that are due, in processes of
their own), replicas (closed recordings → a store with Object Lock, where settings name one), stamps (checkpoints → a
time stamp authority, likewise), accounts (those that nobody uses → alerts to their managers). A loop that fails logs
its traceback, waits a growing while and goes on; Fatal ends the process, which the supervisor starts anew from disk.
"""

from __future__ import annotations

import resource
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

import structlog
from django.db import close_old_connections, connections

from haidang.accounts.actions import report_unused
from haidang.core.errors import Fatal
from haidang.core.host import CONTROL_SOCKET, RECORDINGS
from haidang.core.settings import Settings
from haidang.core.units import Clock, WallUs
from haidang.core.witnesses import witnesses_of
from haidang.footage.replicas import ReplicaRule
from haidang.host.clock import wall_clock
from haidang.host.signers import LOGS
from haidang.host.timestamp_http import TimestampHttp
from haidang.host.witness_http import WitnessHttp
from haidang.storage.store_opening import open_store
from haidang.supervisor.keeper_acts import ActsKeeper
from haidang.supervisor.keeper_cameras import CameraPublisher
from haidang.supervisor.keeper_journals import JournalKeeper
from haidang.supervisor.keeper_log import LogKeeper
from haidang.supervisor.keeper_reconcile import Reconciler, start_child
from haidang.supervisor.keeper_replicas import ReplicaKeeper
from haidang.supervisor.keeper_retention import ExpiryOutbox, RetentionKeeper
from haidang.supervisor.keeper_samples import SampleAnswers, SampleChecker
from haidang.supervisor.keeper_stamps import StampKeeper
from haidang.supervisor.keeper_views import ViewKeeper
from haidang.supervisor.keeper_warden import ControlDoor, Warden
from haidang.supervisor.log_outboxes import ClockWatch, Starts
from haidang.supervisor.witnessed_log import WitnessedLog
from haidang.supervisor.witnessing import Witnesses

__all__ = ["Loop", "loops_of", "run", "run_loops", "wait_after"]

log = structlog.get_logger("keeper")

#: Well below the gateway's warden_timeout_s: one failed round must not end every stream.
_MAX_WAIT_S = 4.0


@dataclass(frozen=True, slots=True)
class Loop:
    """``run_once(now)`` every ``every_s``."""

    name: str
    run_once: Callable[[WallUs], int]
    every_s: float


def run(settings: Settings, home: Path) -> None:
    """Run until SIGTERM, SIGINT or SIGHUP. Raises Fatal if a loop found that the process cannot go on."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    _raise_file_limit()
    run_loops(loops_of(settings, home), stop, clock=wall_clock)


def loops_of(settings: Settings, home: Path) -> list[Loop]:
    """The keeper's loops for a host."""
    root = Path(settings.recorder.root) if settings.recorder.root else home / RECORDINGS
    witnesses, post = witnesses_of(settings.log), WitnessHttp(settings.log.ca_file).post
    logs = [WitnessedLog(home, name, Witnesses(witnesses, post, settings.log.quorum)) for name in LOGS]
    record_log = LogKeeper(logs[0], root, [Starts(home), ClockWatch(_steady_us), ExpiryOutbox(home), SampleAnswers()])
    loops = [
        Loop("publisher", CameraPublisher(home).run_once, 0.7),
        Loop("journals", JournalKeeper(root).run_once, 0.7),
        Loop("warden", Warden(ControlDoor(home / CONTROL_SOCKET), settings.web.session_idle_s).run_once, 0.4),
        Loop("views", ViewKeeper(ControlDoor(home / CONTROL_SOCKET)).run_once, 1.0),
        Loop("log", record_log.run_once, 10.0),
        Loop(
            "retention",
            RetentionKeeper(home, root, settings.retention, lambda: record_log.cosigned_size).run_once,
            10.0,
        ),
        Loop("samples", SampleChecker(home, root).run_once, 5.0),
        Loop("acts", ActsKeeper(logs[1]).run_once, 10.0),
        Loop("reconcile", Reconciler(settings.check, partial(start_child, home=home)).run_once, 20.0),
        Loop("accounts", lambda now: report_unused(now=now), 3600.0),
    ]
    store = settings.store
    if store.endpoint:
        replicas = ReplicaKeeper(root, lambda: open_store(store, home), ReplicaRule(store.prefix, store.retain_days))
        loops.append(Loop("replicas", replicas.run_once, 1.0))
    if settings.timestamp.url:
        stamp = settings.timestamp
        stamps = StampKeeper(home, home / stamp.roots_file, stamp.every_s, TimestampHttp(stamp.url).post)
        loops.append(Loop("stamps", stamps.run_once, 2.0))
    return loops


def run_loops(loops: list[Loop], stop: threading.Event, *, clock: Clock) -> None:
    """Each loop in its thread until ``stop``; raises the Fatal that ended one."""
    fatal: list[Fatal] = []
    threads = [
        threading.Thread(target=_repeat, args=(loop, stop, clock, fatal), name=f"keeper-{loop.name}", daemon=True)
        for loop in loops
    ]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(timeout=5)
    if fatal:
        raise fatal[0]


def wait_after(failures: int, every_s: float) -> float:
    """How long to wait for the next round: the pace, and a growing while after failures (4 s at most)."""
    return every_s if failures == 0 else min(_MAX_WAIT_S, every_s * 2 ** min(failures, 8))


def _repeat(loop: Loop, stop: threading.Event, clock: Clock, fatal: list[Fatal]) -> None:
    failures = 0
    while not stop.is_set():
        try:
            loop.run_once(clock())
        except Fatal as error:
            log.exception("loop cannot go on", loop=loop.name)
            fatal.append(error)
            stop.set()
        except Exception:
            failures += 1
            log.exception("loop failed and will go on", loop=loop.name, failures=failures)
            close_old_connections()
        else:
            failures = 0
        stop.wait(wait_after(failures, loop.every_s))
    connections.close_all()


def _steady_us() -> int:
    """A clock that nobody can set and that goes on while the machine sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


def _raise_file_limit() -> None:
    """Two open journals a camera stream: take as many descriptors as this process may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
