"""``haidang init``: makes HAIDANG_DIR. Safe to repeat; changes nothing that is there."""

from __future__ import annotations

import argparse

from haidang.cli.exits import OK
from haidang.config.commands import prepare
from haidang.config.home import home_directory, read_settings
from haidang.core.host import SETTINGS

_TEMPLATE = """\
# Hải Đăng: settings of this host. Every key, its unit and default: docs/ref/settings.md
# database_url = "postgresql://haidang@localhost/haidang"   # nothing = SQLite in this folder

[web]
host = "127.0.0.1"
port = 8000

[recorder]
workers = 2
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace) -> int:
    del options
    home = home_directory()
    home.mkdir(parents=True, exist_ok=True, mode=0o750)
    settings_path = home / SETTINGS
    if not settings_path.exists():
        settings_path.write_text(_TEMPLATE, encoding="utf-8")
    read_settings(home)  # a wrong settings file is told before anything is made from it
    prepare(home)
    print(f"ready: {home}")
    return OK
