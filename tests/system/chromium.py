"""Debian's Chromium, headless, saying nothing to anybody but the pages under test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

__all__ = ["chromium"]

_PROGRAM = Path("/usr/bin/chromium")
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with a fresh profile; skips, with the way out, where it is not installed."""
    if not _PROGRAM.exists():
        pytest.skip(reason="Debian's chromium is not installed (deploy/debian-packages.sh test)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=_PROGRAM, args=_FLAGS)
        yield running
        running.close()
