"""``haidang serve``: starts and watches every process of this host until asked to end."""

from __future__ import annotations

import argparse

from haidang.cli.exits import OK
from haidang.cli.programs import supervisor_program
from haidang.config.home import home_directory, read_settings
from haidang.core.errors import Conflict, NotFound
from haidang.core.host import TICKET_KEY
from haidang.supervisor.program import find_running
from haidang.supervisor.supervise import GUARDIAN, guard


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--guard", action="store_true", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    home = home_directory()
    settings = read_settings(home)
    if not (home / TICKET_KEY).exists():
        raise NotFound(f"couldn't serve {home}: run `haidang init` first", code="not_initialised")
    already = find_running(home, GUARDIAN)
    if already is not None and not options.guard:
        raise Conflict(f"couldn't serve {home}: process {already.pid} does; `haidang stop` ends it", code="running")
    if not options.guard:
        print(f"Hải Đăng: http://{settings.web.host}:{settings.web.port}", flush=True)
    guard(home, supervisor_program())
    return OK
