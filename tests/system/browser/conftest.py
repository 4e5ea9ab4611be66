"""Debian's Chromium with a fresh profile, and the fake site, for every browser test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from system.browser.fake_site import FakeSite, serving
from system.browser.sample_clip import SampleClip, make_clip
from system.chromium import chromium

PORT = 21900


@pytest.fixture(scope="session")
def clips() -> dict[str, SampleClip]:
    return {"main": make_clip(width=1280, height=720), "sub": make_clip()}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def site(clips: dict[str, SampleClip]) -> Iterator[FakeSite]:
    with serving(FakeSite(PORT, dict(clips))) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="Europe/Paris", locale="vi-VN")
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when the CSP stops something or the script throws."""
    opened = context.new_page()
    said: list[str] = []
    opened.on(
        "console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None
    )
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    assert said == []
