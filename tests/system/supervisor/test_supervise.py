"""The supervisor with real processes: what is killed comes back, what ends in order stays ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from haidang.supervisor.program import Running, find_running
from system.waiting import eventually

pytestmark = pytest.mark.system

SUPERVISE = """
import sys
from pathlib import Path
from typing import Literal
from haidang.supervisor.program import Program
from haidang.supervisor.supervise import Supervisor
sleeper = "import time\\nwhile True: time.sleep(1)"
Supervisor(Path(sys.argv[1]), [Program(n, (sys.executable, "-c", sleeper)) for n in ("one", "two")]).run()
"""
WAIT_S = 10


def alive(home: Path, name: str) -> Callable[[], Running | None]:
    return lambda: find_running(home, name)


def supervise(home: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", SUPERVISE, str(home)], start_new_session=True)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for name in ("supervise", "one", "two"):
        if (left := find_running(tmp_path, name)) is not None:
            left.send(signal.SIGKILL)
            os.close(left.pidfd)


def test_a_killed_program_comes_back(home: Path) -> None:
    supervisor = supervise(home)
    first = eventually(alive(home, "one"), "started")
    first.send(signal.SIGKILL)
    again = eventually(lambda: (r := find_running(home, "one")) and r.pid != first.pid and r, "started again")
    assert again.pid != first.pid
    supervisor.terminate()
    supervisor.wait(WAIT_S)


def test_killing_the_supervisor_stops_nothing_and_the_next_one_takes_over(home: Path) -> None:
    supervisor = supervise(home)
    pids = {name: eventually(alive(home, name), "started").pid for name in ("one", "two")}
    supervisor.kill()
    supervisor.wait()
    assert {name: eventually(alive(home, name), "alive").pid for name in pids} == pids
    second = supervise(home)
    taken_over = eventually(alive(home, "supervise"), "second supervisor")
    assert taken_over.pid == second.pid
    time.sleep(0.3)
    assert {name: eventually(alive(home, name), "alive").pid for name in pids} == pids
    killed = eventually(alive(home, "two"), "alive")
    killed.send(signal.SIGKILL)  # not its child: seen through the pidfd all the same
    eventually(lambda: (r := find_running(home, "two")) and r.pid != killed.pid and r, "adopted program restarted")
    second.terminate()
    second.wait(WAIT_S)


def test_an_orderly_end_ends_all(home: Path) -> None:
    supervisor = supervise(home)
    for name in ("one", "two"):
        eventually(alive(home, name), "started")
    supervisor.terminate()
    assert supervisor.wait(WAIT_S) == 0
    assert [find_running(home, name) for name in ("one", "two")] == [None, None]
    assert not (home / "run" / "supervise.pid").exists()
