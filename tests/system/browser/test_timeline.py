"""The timeline in a real Chromium: zoom by wheel, keys and buttons; days; gaps that tell their reason and length."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from system.browser.fake_site import FakeSite
from system.browser.waiting import until

pytestmark = pytest.mark.system
WIDTH_H = "(v => (v.toMs - v.fromMs) / 3600e3)(document.querySelector('hd-timeline').view)"


@pytest.fixture
def opened(page: Page, site: FakeSite) -> Page:
    page.goto(f"{site.url}/giam-sat/de-gi-2")
    until(page, "document.querySelector('hd-timeline')?.recorded?.spans.length > 0")
    return page


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("hd-timeline").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + 25


def test_it_opens_on_today(opened: Page) -> None:
    assert opened.evaluate(WIDTH_H) == 24
    assert opened.evaluate("document.querySelector('hd-timeline').view.fromMs % 86400e3") == 17 * 3600e3


def test_the_wheel_zooms_about_the_pointer(opened: Page) -> None:
    opened.mouse.move(*middle(opened))
    opened.mouse.wheel(0, -600)
    until(opened, f"{WIDTH_H} < 10")
    opened.mouse.wheel(0, 4000)
    until(opened, f"Math.round({WIDTH_H}) === 720")


def test_keys_zoom_down_to_ten_seconds_about_now(opened: Page) -> None:
    for _ in range(16):
        opened.keyboard.press("+")
    assert opened.evaluate(f"Math.round({WIDTH_H} * 3600)") == 10
    assert opened.evaluate(
        "(v => v.fromMs < Date.now() + 2000 && v.toMs > Date.now() - 2000)(document.querySelector('hd-timeline').view)"
    )


def test_days_are_turned(opened: Page) -> None:
    before = opened.locator("#day").input_value()
    opened.get_by_role("button", name="Ngày trước").click()
    assert opened.locator("#day").input_value() < before
    opened.get_by_role("button", name="Ngày sau").click()
    assert opened.locator("#day").input_value() == before


def test_a_gap_tells_its_reason_and_length_to_pointer_and_keyboard(opened: Page) -> None:
    opened.keyboard.press("-")  # two days: just after midnight the gap is of yesterday
    gap = opened.locator("rect.tl-gap").first
    gap.focus()
    expect(opened.locator(".tl-tip")).to_contain_text("Mất tín hiệu: không kết nối được camera")
    expect(opened.locator(".tl-tip")).to_contain_text("(10 phút)")
    assert "10 phút" in (gap.get_attribute("aria-label") or "")


def test_enter_on_a_gap_plays_what_follows_it(opened: Page, site: FakeSite) -> None:
    opened.keyboard.press("-")
    opened.locator("rect.tl-gap").first.focus()
    opened.keyboard.press("Enter")
    until(
        opened,
        lambda: (
            abs(float(opened.evaluate("document.querySelector('hd-camera').atMs")) / 1000 - (site.started - 2400)) < 6
        ),
    )


def test_a_timeline_that_cannot_be_loaded_says_so_and_comes_back(page: Page, site: FakeSite) -> None:
    page.route("**/api/v1/recordings*", lambda route: route.abort())
    page.goto(f"{site.url}/giam-sat/de-gi-2")
    expect(page.locator(".tl-tip")).to_contain_text("Chưa tải được trục thời gian")
    page.unroute("**/api/v1/recordings*")
    until(page, "document.querySelector('hd-timeline').recorded.spans.length > 0", timeout_s=10)
    expect(page.locator(".tl-tip")).to_have_text("")


def at_instant(opened: Page, shown: str) -> None:
    """The pointer over an instant of the view, given as an expression in ms."""
    box = opened.locator("hd-timeline").bounding_box()
    assert box is not None
    share = opened.evaluate(
        f"(v => (({shown}) - v.fromMs) / (v.toMs - v.fromMs))(document.querySelector('hd-timeline').view)"
    )
    opened.mouse.move(box["x"] + share * box["width"], box["y"] + 25)


def test_what_expired_is_faded_and_what_is_held_has_a_bracket(opened: Page) -> None:
    opened.keyboard.press("-")
    expect(opened.locator("rect.tl-expired")).to_have_count(1)
    expect(opened.locator("path.tl-held")).to_have_count(1)
    recorded = "document.querySelector('hd-timeline').recorded"
    at_instant(opened, f"{recorded}.expired[0].toMs - 1800e3")
    expect(opened.locator(".tl-tip")).to_contain_text("Hết hạn lưu trữ")


def test_the_way_to_a_hold_takes_the_minutes_that_are_looked_at(opened: Page) -> None:
    link = opened.get_by_role("link", name="Đề nghị lưu giữ")
    link.focus()
    address = link.get_attribute("href") or ""
    assert "camera=" in address
    assert "tu=" in address
    assert "den=" in address
