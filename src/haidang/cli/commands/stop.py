"""``haidang stop``: ends what serve or demo started for this HAIDANG_DIR, in order."""

from __future__ import annotations

import argparse
import select
import signal

from haidang.cli.exits import NO, OK
from haidang.config.home import home_directory
from haidang.core.errors import Unavailable
from haidang.supervisor.program import find_running
from haidang.supervisor.supervise import GUARDIAN, SUPERVISOR

WAIT_S = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace) -> int:
    del options
    home = home_directory()
    found = [running for name in (GUARDIAN, SUPERVISOR) if (running := find_running(home, name)) is not None]
    if not found:
        print(f"nothing runs for {home}")
        return NO
    for running in found:
        running.send(signal.SIGTERM)
    for running in found:
        poller = select.poll()
        poller.register(running.pidfd, select.POLLIN)
        if not poller.poll(WAIT_S * 1000):
            raise Unavailable(
                f"couldn't end process {running.pid} ({running.name}) in {WAIT_S} s", code="still_running"
            )
        running.reap()
    return OK
