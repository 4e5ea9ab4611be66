"""Waiting for a condition of the page. The pages' CSP forbids eval, and with it Playwright's own wait_for_function."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page


def until(page: Page, condition: str | Callable[[], object], timeout_s: float = 8) -> None:
    """A JavaScript expression or a Python callable that must become true."""
    for _ in range(int(timeout_s * 10)):
        if page.evaluate(condition) if isinstance(condition, str) else condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"did not become true in {timeout_s} s: {condition}")
