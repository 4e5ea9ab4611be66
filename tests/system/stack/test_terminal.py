"""A duty screen on the real stack: registered, enrolled by its code, its wall moves; revoked, its pictures end."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from system.browser.test_pages import ALL_BUT_THE_WATERMARK
from system.chromium import chromium
from system.stack.conftest import Stack
from system.stack.test_browser import moving
from system.stack.test_streams_end import ENDS_WITHIN_S
from system.waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.timeout(500)]

UNIT = "ca-phu-cat"
MANAGER = f"""
import django; django.setup()
from haidang.accounts.models import Account
assert Account.objects.filter(username="{UNIT}").update(is_manager=True, pledged_at=1, must_change_password=False) == 1
"""
#: When the newest picture of the page was decoded, by the page's monotonic clock.
WATCH = """() => { window.hdNewest = [0, performance.now()];
  setInterval(() => { const seen = [...document.querySelectorAll('video')]
      .reduce((sum, v) => sum + v.getVideoPlaybackQuality().totalVideoFrames, 0);
    if (seen > window.hdNewest[0]) window.hdNewest = [seen, performance.now()]; }, 50); }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def opened(browser: Browser, width: int = 1920, height: int = 1080) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    return context.new_page()


def as_manager(browser: Browser, stack: Stack) -> Page:
    environment = {
        **os.environ, "HAIDANG_DIR": str(stack.home), "DJANGO_SETTINGS_MODULE": "haidang.config.django_settings",
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", MANAGER], env=environment, check=True)
    page = opened(browser, 1440, 900)
    page.goto(stack.web)
    page.fill("input[name=username]", UNIT)
    page.fill("input[name=password]", stack.accounts()[UNIT]["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/giam-sat")
    return page


def anybody_can_use(page: Page) -> None:
    found = Axe().run(page, context=ALL_BUT_THE_WATERMARK)
    assert found.violations_count == 0, found.generate_report()


def a_code(page: Page, stack: Stack, name: str) -> str:
    page.goto(f"{stack.web}/phan-quyen/thiet-bi")
    page.fill("input[name=name]", name)
    page.fill("input[name=place]", "Tầng 1, nhà làm việc")
    page.get_by_role("button", name="Đăng ký và lấy mã").click()
    return page.locator("[data-part=code]").inner_text()


def test_register_enrol_watch_revoke(browser: Browser, own_stack: Stack) -> None:
    stack = own_stack
    desk = as_manager(browser, stack)
    code = a_code(desk, stack, "Màn hình phòng trực")
    screen = opened(browser)
    said: list[str] = []
    screen.on("pageerror", lambda error: said.append(str(error)))
    screen.goto(f"{stack.web}/man-hinh")
    anybody_can_use(screen)
    screen.fill("#code", code.lower().replace("-", " "))
    screen.press("#code", "Enter")
    expect(screen.locator("hd-tile")).to_have_count(4)
    eventually(lambda: moving(screen, 4), "the wall moves", 40)
    for page in (desk, screen):
        anybody_can_use(page)

    # It tells how it is, and the unit's manager reads it.
    with screen.expect_response("**/man-hinh/suc-khoe", timeout=40_000) as told:
        pass
    assert told.value.status == 200
    desk.goto(f"{stack.web}/phan-quyen/thiet-bi")
    expect(desk.locator("tbody tr").first).to_contain_text("4/4")

    # The browser is begun anew: the same screen, without a code.
    screen.context.clear_cookies(name=re.compile("hd_session|hd_viewer"))
    screen.goto(f"{stack.web}/man-hinh")
    eventually(lambda: moving(screen, 4), "the wall moves again", 40)

    screen.evaluate(WATCH)
    desk.get_by_text("Thu hồi", exact=True).click()
    before = time.monotonic()
    desk.get_by_role("button", name="Thu hồi màn hình").click()
    desk.wait_for_url("**/phan-quyen/thiet-bi")
    asked_s = time.monotonic() - before
    screen.wait_for_timeout((ENDS_WITHIN_S + 3) * 1000)
    decoded, still_ms = screen.evaluate("[window.hdNewest[0], performance.now() - window.hdNewest[1]]")
    assert decoded > 0
    # It has stood still for all of the wait, but the promise (and the request's own time).
    assert still_ms > (3 - asked_s) * 1000, f"pictures came {still_ms:.0f} ms ago"
    screen.goto(f"{stack.web}/man-hinh")
    expect(screen.locator("#code")).to_be_visible()
    expect(screen.locator("hd-tile")).to_have_count(0)
    assert said == []


def test_the_self_test_measures_and_finds_the_stack_well(browser: Browser, stack: Stack) -> None:
    page = as_manager(browser, stack)
    page.goto(f"{stack.web}/tu-kiem-tra")
    page.wait_for_selector("hd-self-test[data-done]", timeout=60_000)
    figures = {name: page.locator(f"[data-measure={name}]").inner_text() for name in ("line", "way", "first", "rate")}
    assert re.fullmatch(r"(> 100|[\d,]+) Mbit/s", figures["line"])
    assert re.fullmatch(r"\d+ ms", figures["way"])
    assert re.fullmatch(r"[\d,]+ s", figures["first"])
    anybody_can_use(page)
    shown = page.locator("[data-finding]:visible").evaluate_all("found => found.map(each => each.dataset.finding)")
    assert not {"gateway_unreachable", "no_decoder", "line_below_sub", "clock_off", "picture_none", "no_camera"} & set(
        shown
    )
