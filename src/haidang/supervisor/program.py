"""One watched process: how it is started, found again, and how long to wait before starting it anew.

A program leaves ``run/<name>.pid`` (pid and the kernel's start time of it), so that a new supervisor takes
over what an old one started instead of starting it twice: recorders outlive the supervisor.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from haidang.core.host import LOGS, RUN
from haidang.host.files import replace_file

__all__ = ["Program", "Running", "backoff_s", "find_running", "is_running", "process_started"]

_log = structlog.get_logger("supervisor")

#: A process that lived this long was well; the next failure starts the backoff from nothing.
WELL_AFTER_S = 30.0
LOG_LIMIT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. ``argv`` holds no secret: process lists are public."""

    name: str
    argv: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, home: Path) -> Running:
        """Start it in its own session (a terminal's Ctrl-C is the supervisor's to pass on), stderr to its log.

        Raises OSError if nothing was started. A full disk may refuse the pid file of what runs already: that is told,
        and the program watched all the same, rather than started a second time.
        """
        log = home / LOGS / f"{self.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - argv is ours, no shell
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env={**os.environ, **self.environment, "HAIDANG_DIR": str(home), "PYTHONUNBUFFERED": "1"},
            )
        try:
            _write_pid(home, self.name, process.pid)
        except OSError as error:
            _log.error("pid file not written", program=self.name, error=str(error))
        return Running(self.name, process.pid, os.pidfd_open(process.pid), process)


@dataclass(slots=True)
class Running:
    """A live process, ours or adopted; ``pidfd`` becomes readable when it ends, whoever its parent is."""

    name: str
    pid: int
    pidfd: int
    child: subprocess.Popen[bytes] | None = None

    def send(self, number: signal.Signals) -> None:
        """Signal it; a process that is already gone is what was wanted."""
        try:
            signal.pidfd_send_signal(self.pidfd, number)
        except ProcessLookupError:
            return

    def reap(self) -> int | None:
        """Forget it and return its exit code; None for an adopted process, whose code its parent got."""
        os.close(self.pidfd)
        return self.child.wait() if self.child else None


def backoff_s(failures: int) -> float:
    """Wait before the next start: the first is at once, then 0.25, 0.5, … up to 8 s."""
    return 0.0 if failures <= 1 else min(8.0, 0.25 * 2 ** (failures - 2))


def process_started(pid: int) -> int | None:
    """The kernel's start time of a process in clock ticks, which tells a reused pid; None if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def _pid_path(home: Path, name: str) -> Path:
    return home / RUN / f"{name}.pid"


def _write_pid(home: Path, name: str, pid: int) -> None:
    path = _pid_path(home, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"pid": pid, "started": process_started(pid)})
    replace_file(path, content.encode(), mode=0o644, durable=False)


def record_self(home: Path, name: str) -> None:
    """Write this process's own pid file."""
    _write_pid(home, name, os.getpid())


def find_running(home: Path, name: str) -> Running | None:
    """The process that a pid file names, if it still is that process."""
    try:
        data = json.loads(_pid_path(home, name).read_text(encoding="utf-8"))
        pid, started = int(data["pid"]), data["started"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None  # no file, or half a file of a crash: nothing that we could call ours
    if started is None or process_started(pid) != started:
        return None
    try:
        return Running(name, pid, os.pidfd_open(pid))
    except ProcessLookupError:
        return None


def is_running(home: Path, name: str) -> bool:
    """Whether the process that a pid file names runs."""
    found = find_running(home, name)
    if found is not None:
        os.close(found.pidfd)
    return found is not None


def keep_log_small(home: Path, name: str) -> None:
    """Move a long log to ``.1``; the process keeps appending to the emptied file (opened with O_APPEND).

    A disk that does not take the copy leaves the log long.
    """
    log = home / LOGS / f"{name}.log"
    try:
        if log.exists() and log.stat().st_size >= LOG_LIMIT_BYTES:
            log.with_suffix(".log.1").write_bytes(log.read_bytes())
            os.truncate(log, 0)
    except OSError as error:
        _log.warning("log stays long", program=name, error=str(error))
