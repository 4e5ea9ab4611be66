"""``haidang status``: which processes of this host run."""

from __future__ import annotations

import argparse
import json

from haidang.cli.exits import NO, OK
from haidang.cli.programs import programs
from haidang.config.home import home_directory, read_settings
from haidang.supervisor.program import find_running
from haidang.supervisor.supervise import GUARDIAN, SUPERVISOR


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace) -> int:
    home = home_directory()
    names = [GUARDIAN, SUPERVISOR, *(program.name for program in programs(read_settings(home), home))]
    pids = {name: (running.pid if (running := find_running(home, name)) else None) for name in names}
    if options.json:
        print(json.dumps({"home": str(home), "programs": pids}))
    else:
        for name, pid in pids.items():
            print(f"{name:12} {pid or 'not running'}")
    return OK if all(pids.values()) else NO
