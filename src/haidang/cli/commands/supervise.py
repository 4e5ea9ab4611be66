"""``haidang supervise``: the supervisor itself; `serve` starts it and starts it again."""

from __future__ import annotations

import argparse
import fcntl

from haidang.cli.exits import NO, OK
from haidang.cli.logs import json_log
from haidang.cli.programs import programs
from haidang.config.home import home_directory, read_settings
from haidang.core.host import RUN
from haidang.supervisor.supervise import Supervisor, guardian_program


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace) -> int:
    del options
    home = home_directory()
    settings = read_settings(home)
    (home / RUN).mkdir(parents=True, exist_ok=True)
    # The lock goes with the process, so a killed supervisor never blocks the next one.
    with (home / RUN / "supervise.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return NO
        with json_log(process="supervisor"):
            Supervisor(home, [guardian_program(), *programs(settings, home)]).run()
    return OK
