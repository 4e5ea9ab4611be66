"""``haidang web``: serves the pages and the API."""

from __future__ import annotations

import argparse
import sys

import structlog

from haidang.cli.exits import OK
from haidang.cli.logs import configure
from haidang.config.home import home_directory, read_settings
from haidang.config.serve import run_web


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace) -> int:
    del options
    home = home_directory()
    configure(structlog.PrintLogger(sys.stderr), process="web")  # no thread: gunicorn forks
    run_web(read_settings(home), home)
    return OK
