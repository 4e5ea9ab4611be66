"""``haidang recorder``: one recorder worker of this host."""

from __future__ import annotations

import argparse

from haidang.cli.exits import OK
from haidang.cli.logs import json_log
from haidang.config.home import home_directory, read_settings
from haidang.core.errors import InvalidInput
from haidang.recorder import worker


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--worker", type=int, default=0, help="number of this worker, from 0")


def run(options: argparse.Namespace) -> int:
    home = home_directory()
    settings = read_settings(home)
    if not 0 <= options.worker < settings.recorder.workers:
        raise InvalidInput(
            f"couldn't start worker {options.worker}: recorder.workers is {settings.recorder.workers}", code="usage"
        )
    with json_log(process="recorder", worker=options.worker):
        worker.run(settings, home, worker=options.worker, workers=settings.recorder.workers)
    return OK
