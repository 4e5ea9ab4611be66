"""Live in a real Chromium: moves within 2 s, tells every loss, ends with the reason, never stands still as if live."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from system.browser.fake_site import FakeSite
from system.browser.sample_clip import SampleClip, make_clip
from system.browser.waiting import until

pytestmark = pytest.mark.system
TIME = "document.querySelector('hd-live video')?.currentTime ?? 0"


def open_camera(page: Page, site: FakeSite) -> None:
    page.goto(f"{site.url}/giam-sat/de-gi-2")
    expect(page.locator("hd-live")).to_have_attribute("data-picture", "shown", timeout=10_000)


def words(page: Page) -> str:
    return page.locator("hd-live .picture-words").inner_text()


def test_the_picture_moves(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    before = page.evaluate(TIME)
    until(page, f"{TIME} > {before} + 1")
    assert site.tickets[0] == {
        "action": "view_live",
        "purpose": "antt",
        "csrf": "token-of-the-page",
        "camera": "de-gi-2",
    }


def test_it_stays_near_the_newest_picture(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    page.wait_for_timeout(4000)
    behind = page.evaluate(
        "(v => v.buffered.end(v.buffered.length - 1) - v.currentTime)(document.querySelector('video'))"
    )
    assert behind < 1.5


def test_a_gap_dims_the_last_picture_and_says_since_when(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    site.live = "gap"
    expect(page.locator("hd-live")).to_have_attribute("data-picture", "lost")
    assert words(page).startswith("Mất tín hiệu từ ")
    site.live = "stream"
    expect(page.locator("hd-live")).to_have_attribute("data-picture", "shown")
    expect(page.locator("hd-live .picture-words")).to_have_text("")


def test_silence_is_a_loss_too(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    site.live = "silent"
    expect(page.locator("hd-live")).to_have_attribute("data-picture", "lost", timeout=8000)
    assert words(page).startswith("Mất tín hiệu từ ")


def test_a_broken_line_is_taken_up_again_with_a_new_ticket(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    site.live = "drop"
    expect(page.locator("hd-live")).to_have_attribute("data-picture", "lost")
    assert words(page).startswith("Mất kết nối tới máy chủ từ ")
    site.live = "stream"
    expect(page.locator("hd-live")).to_have_attribute("data-picture", "shown", timeout=10_000)
    assert len(site.tickets) > 1


def test_a_right_that_ended_is_said_and_not_tried_again(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    site.live = "end"
    expect(page.locator("hd-live")).to_have_attribute("data-picture", "none")
    assert "không còn hiệu lực" in words(page)
    asked = len(site.tickets)
    page.wait_for_timeout(2500)
    assert len(site.tickets) == asked


def test_a_refused_ticket_shows_the_servers_sentence(page: Page, site: FakeSite) -> None:
    site.refusal = {"detail": "Đơn vị chưa được phân quyền tại Tam Quan.", "code": "no_permit", "clause": "II.1"}
    page.goto(f"{site.url}/giam-sat/de-gi-2")
    expect(page.locator("hd-live .picture-words")).to_have_text("Đơn vị chưa được phân quyền tại Tam Quan.")


def test_h265_that_the_browser_cannot_play_gives_way_to_the_sub_stream(
    page: Page, site: FakeSite, clips: dict[str, SampleClip]
) -> None:
    site.clips = {"main": make_clip(width=320, height=180, hevc=True), "sub": clips["sub"]}
    open_camera(page, site)
    assert page.evaluate("document.querySelector('hd-live video').videoHeight") == 360
    expect(page.locator('[data-part="words"]')).to_contain_text("H.265")


def test_the_stream_is_changed_by_hand(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    page.get_by_role("button", name="Nhẹ").click()
    until(page, "document.querySelector('hd-live video').videoHeight === 360")
    assert page.get_by_role("button", name="Nhẹ").get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize(
    "deed",
    [
        "document.querySelector('hd-live hd-watermark').remove()",
        "document.querySelector('hd-live hd-watermark').style.display = 'none'",
        "document.querySelector('hd-live hd-watermark span').style.opacity = '0'",
    ],
)
def test_without_the_watermark_there_is_no_picture(page: Page, site: FakeSite, deed: str) -> None:
    open_camera(page, site)
    page.evaluate(deed)
    expect(page.locator("hd-live .picture-words")).to_contain_text("hình mờ nhận diện")
    expect(page.locator("hd-live video")).to_have_count(0)


def test_the_watermark_names_who_watches(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    expect(page.locator("hd-live hd-watermark")).to_contain_text("truc-ban-tam-quan · Ban Quản lý Cảng cá")
