"""Real Chromium on the real stack: sign in, see the wall, click a camera, the picture moves."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from haidang.core.units import VIETNAM
from system.chromium import chromium
from system.stack.conftest import Stack
from system.waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]

SIZES: dict[str, ViewportSize] = {"desk": {"width": 1440, "height": 900}, "pocket": {"width": 390, "height": 844}}
#: `HAIDANG_SCREENSHOTS=docs/images` keeps the pictures, for the README.
KEPT = os.environ.get("HAIDANG_SCREENSHOTS")
#: A counter of decoded pictures that pages cannot fake.
DECODED = """() => {
  const seen = [];
  const walk = root => { for (const e of root.querySelectorAll('*')) {
    if (e.tagName === 'VIDEO') seen.push(e); if (e.shadowRoot) walk(e.shadowRoot); } };
  walk(document);
  return seen.map(v => v.getVideoPlaybackQuality().totalVideoFrames);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZES[request.param], locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(stack.web)
    page.fill("input[name=username]", "bql-cang-ca-binh-dinh")
    page.fill("input[name=password]", stack.accounts()["bql-cang-ca-binh-dinh"]["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/giam-sat")
    yield page
    context.close()
    assert said == [], "nothing is said on the console"


def keep(page: Page, name: str, tmp_path: Path) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    folder = Path(KEPT) if KEPT else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}-{width}.png")


def moving(page: Page, least: int = 1) -> bool:
    before = page.evaluate(DECODED)
    page.wait_for_timeout(1000)
    after = page.evaluate(DECODED)
    return sum(1 for b, a in zip(before, after, strict=False) if a > b) >= least


def test_the_wall_shows_eight_cameras_and_they_move(page: Page, tmp_path: Path) -> None:
    tiles = page.locator("hd-tile")
    expect(tiles).to_have_count(8)
    assert "Tam Quan" not in page.inner_text("main")
    assert "Quy Nhơn · Quy Nhơn" not in page.inner_text("main")
    eventually(lambda: moving(page, 2), "tiles move", 20)
    keep(page, "wall", tmp_path)


def test_a_click_brings_a_moving_picture(page: Page, tmp_path: Path) -> None:
    page.locator("hd-tile").first.click()
    page.wait_for_url("**/giam-sat/quy-nhon-*")
    eventually(lambda: moving(page), "the picture moves", 10)
    keep(page, "camera", tmp_path)


def test_another_site_s_camera_is_not_found(page: Page, stack: Stack) -> None:
    answer = page.request.get(f"{stack.web}/giam-sat/tam-quan-luong-vao")
    assert answer.status == 404


def test_a_moment_of_the_timeline_plays_and_live_is_one_press_away(page: Page, stack: Stack, tmp_path: Path) -> None:
    page.goto(f"{stack.web}/giam-sat/quy-nhon-luong-vao")
    eventually(lambda: moving(page), "live moves", 15)
    a_little_ago = (datetime.now(VIETNAM) - timedelta(seconds=15)).strftime("%H:%M:%S")
    field = page.locator("#goto")
    field.fill(a_little_ago)
    field.press("Enter")
    expect(page.locator("hd-camera")).to_have_attribute("data-mode", "playback")
    expect(page.locator("hd-playback")).to_be_visible()
    eventually(lambda: moving(page), "playback moves", 15)
    keep(page, "playback", tmp_path)
    page.get_by_role("button", name="Về trực tiếp").click()
    expect(page.locator("hd-camera")).to_have_attribute("data-mode", "live")
    eventually(lambda: moving(page), "live moves again", 15)
