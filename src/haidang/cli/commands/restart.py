"""``haidang restart NAME …``: ends processes of this host; the supervisor starts them anew, with new settings."""

from __future__ import annotations

import argparse
import select
import signal

from haidang.cli.exits import OK
from haidang.cli.programs import programs
from haidang.config.home import home_directory, read_settings
from haidang.core.errors import InvalidInput, NotFound, Unavailable
from haidang.supervisor.program import find_running
from haidang.supervisor.supervise import SUPERVISOR

_WAIT_S = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="+", metavar="NAME", help="keeper, web, gateway, recorder-0, …")


def run(options: argparse.Namespace) -> int:
    home = home_directory()
    known = [each.name for each in programs(read_settings(home), home)]
    for name in options.names:
        if name not in known:
            raise InvalidInput(f"couldn't restart {name!r}: one of {', '.join(known)}", code="invalid_input")
    if find_running(home, SUPERVISOR) is None:
        raise NotFound(f"couldn't restart: nothing runs for {home}; `haidang serve`", code="not_running")
    for name in options.names:
        running = find_running(home, name)
        if running is None:
            continue  # the supervisor is about to start it
        running.send(signal.SIGTERM)
        poller = select.poll()
        poller.register(running.pidfd, select.POLLIN)
        if not poller.poll(_WAIT_S * 1000):
            raise Unavailable(f"couldn't end {name} (process {running.pid}) in {_WAIT_S} s", code="still_running")
        running.reap()
    return OK
