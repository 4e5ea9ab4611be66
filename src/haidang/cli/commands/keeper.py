"""``haidang keeper``: journals to rows, camera list to recorders, rights of running streams."""

from __future__ import annotations

import argparse

from haidang.cli.exits import OK
from haidang.cli.logs import json_log
from haidang.config.home import home_directory, read_settings
from haidang.config.serve import run_keeper


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace) -> int:
    del options
    home = home_directory()
    with json_log(process="keeper"):
        run_keeper(read_settings(home), home)
    return OK
