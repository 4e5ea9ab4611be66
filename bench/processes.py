"""CPU and memory of process trees, from /proc."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """``cpu_s`` since the processes began; memory as PSS, so that shared pages are counted once."""

    cpu_s: float
    pss_mb: float
    rss_mb: float


def tree(roots: Iterable[int]) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in (path.name for path in Path("/proc").iterdir()):
        if entry.isdigit():
            try:
                parent = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
            children.setdefault(parent, []).append(int(entry))
    found, todo = [], list(roots)
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def usage(roots: Iterable[int]) -> Usage:
    ticks, pss_kb, rss_kb = 0, 0, 0
    for pid in tree(roots):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        ticks += int(fields[11]) + int(fields[12])
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines() if line.endswith("kB")}
        pss_kb += sizes["Pss"]
        rss_kb += sizes["Rss"]
    return Usage(ticks / TICKS, pss_kb / 1024, rss_kb / 1024)


def cpu_share(roots: Sequence[int], window_s: float) -> tuple[float, Usage]:
    """Cores used over a window, and the usage at its end."""
    before, started = usage(roots), time.monotonic()
    time.sleep(window_s)
    after = usage(roots)
    return (after.cpu_s - before.cpu_s) / (time.monotonic() - started), after


def end(processes: Iterable["subprocess.Popen[bytes]"]) -> None:
    """Ask each to end, then make it."""
    listed = list(processes)
    for process in listed:
        process.send_signal(signal.SIGTERM)
    for process in listed:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
