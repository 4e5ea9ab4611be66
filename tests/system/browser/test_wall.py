"""The wall in a real Chromium: tiles play their sub streams, only while seen; filter, keys, bars that go away."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from system.browser.fake_site import FakeSite
from system.browser.waiting import until

pytestmark = pytest.mark.system
SHOWN = "document.querySelectorAll('hd-live[data-picture=shown]').length"


def open_wall(page: Page, site: FakeSite, name: str = "wall") -> None:
    page.goto(f"{site.url}/page/{name}")


def test_every_tile_moves(page: Page, site: FakeSite) -> None:
    open_wall(page, site)
    until(page, f"{SHOWN} === 12", timeout_s=15)
    assert set(site.sockets) == {"sub"}
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_site_is_chosen_and_kept_in_the_address(page: Page, site: FakeSite) -> None:
    open_wall(page, site)
    page.get_by_role("button", name="Đề Gi").click()
    expect(page.locator("hd-tile:visible")).to_have_count(4)
    assert page.url.endswith("khu-vuc=de-gi")
    page.reload()
    expect(page.locator("hd-tile:visible")).to_have_count(4)


def test_tiles_that_are_filtered_out_stop(page: Page, site: FakeSite) -> None:
    open_wall(page, site)
    until(page, f"{SHOWN} === 12", timeout_s=15)
    page.get_by_role("button", name="Tam Quan").click()
    until(page, "[...document.querySelectorAll('section[hidden] video')].every(v => !v.src)")


def test_arrow_keys_walk_the_tiles(page: Page, site: FakeSite) -> None:
    open_wall(page, site)
    page.locator("a.tile-link").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert str(page.evaluate("document.activeElement.getAttribute('href')")) == "/giam-sat/de-gi-2"
    page.keyboard.press("Enter")
    page.wait_for_url("**/giam-sat/de-gi-2")


def test_bars_go_away_and_come_back(page: Page, site: FakeSite) -> None:
    open_wall(page, site)
    page.mouse.move(700, 500)
    expect(page.locator("body")).to_have_attribute("data-chrome", "hidden", timeout=6000)
    page.mouse.move(710, 520)
    expect(page.locator("body")).to_have_attribute("data-chrome", "shown")


def test_the_keyboard_in_a_bar_keeps_it(page: Page, site: FakeSite) -> None:
    open_wall(page, site)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.wait_for_timeout(3600)
    expect(page.locator("body")).to_have_attribute("data-chrome", "shown")


def test_a_telephone_starts_only_what_it_shows(page: Page, site: FakeSite) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_wall(page, site)
    until(page, f"{SHOWN} >= 3", timeout_s=10)
    assert len(site.tickets) < 8


def test_full_screen_has_the_watermark(page: Page, site: FakeSite) -> None:
    open_wall(page, site)
    page.get_by_role("button", name="Toàn màn hình").click()
    until(page, "!!document.fullscreenElement")
    assert page.evaluate("document.fullscreenElement.querySelectorAll('hd-watermark').length") == 12
