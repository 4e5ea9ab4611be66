"""``haidang gateway``: serves live pictures and playback to ticket holders."""

from __future__ import annotations

import argparse

from haidang.cli.exits import OK
from haidang.cli.logs import json_log
from haidang.config.home import home_directory, read_settings
from haidang.gateway import server


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace) -> int:
    del options
    home = home_directory()
    with json_log(process="gateway"):
        server.run(read_settings(home), home)
    return OK
