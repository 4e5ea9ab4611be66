"""``HAIDANG_DIR`` and the settings in it, read from the environment before anything else runs."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from haidang.core.errors import InvalidInput
from haidang.core.host import SETTINGS
from haidang.core.settings import Settings, parse_settings

__all__ = ["DEFAULT_HOME", "home_directory", "read_settings"]

DEFAULT_HOME = "/var/lib/haidang"


def home_directory() -> Path:
    """The directory that holds everything of this host, absolute."""
    return Path(os.environ.get("HAIDANG_DIR") or DEFAULT_HOME).absolute()


def read_settings(home: Path) -> Settings:
    """``haidang.toml`` (all defaults if there is none), with ``HAIDANG_PORT`` over its port.

    Raises InvalidInput (``settings``).
    """
    path = home / SETTINGS
    settings = parse_settings(path.read_text(encoding="utf-8")) if path.is_file() else Settings()
    port = os.environ.get("HAIDANG_PORT")
    if port:
        if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65534):
            raise InvalidInput(f"couldn't use HAIDANG_PORT={port!r}: takes 1 to 65534", code="settings")
        settings = replace(settings, web=replace(settings.web, port=int(port)))
    return settings
