"""``haidang status``: which processes of this host run, and how its logs stand with their witnesses."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from haidang.cli.exits import NO, OK
from haidang.cli.programs import programs
from haidang.config.home import home_directory, read_settings
from haidang.core.errors import CorruptData
from haidang.core.host import LOG_STANDING
from haidang.core.log_standing import LogStanding, parse_standing
from haidang.host.signers import LOGS
from haidang.supervisor.program import find_running
from haidang.supervisor.supervise import GUARDIAN, SUPERVISOR


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace) -> int:
    home = home_directory()
    names = [GUARDIAN, SUPERVISOR, *(program.name for program in programs(read_settings(home), home))]
    pids = {name: (running.pid if (running := find_running(home, name)) else None) for name in names}
    logs = {log: standing for log in LOGS if (standing := _standing(home, log)) is not None}
    if options.json:
        told = {
            log: {"size": each.size, "cosigned_size": each.cosigned_size, "problems": list(each.problems)}
            for log, each in logs.items()
        }
        print(json.dumps({"home": str(home), "programs": pids, "logs": told}))
    else:
        for name, pid in pids.items():
            print(f"{name:12} {pid or 'not running'}")
        for log, each in logs.items():
            print(f"{f'log {log}':12} {each.size} entries, {_cosigned(each)}")
    return OK if all(pids.values()) and not any(each.problems for each in logs.values()) else NO


def _standing(home: Path, log: str) -> LogStanding | None:
    try:
        return parse_standing((home / LOG_STANDING / f"{log}.json").read_bytes())
    except (OSError, CorruptData):
        return None  # nothing is logged yet, or the keeper is writing it


def _cosigned(standing: LogStanding) -> str:
    if standing.problems:
        return f"not well: {', '.join(standing.problems)}"
    return f"{standing.cosigned_size} cosigned" if standing.witnesses else "no witness"
