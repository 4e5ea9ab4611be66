"""Playback in a real Chromium: by click, by typed time, by key; over gaps, beyond sessions, back to live."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import Page, expect

from system.browser.fake_site import FakeSite, seconds
from system.browser.sample_clip import SampleClip, make_clip
from system.browser.waiting import until

pytestmark = pytest.mark.system
PLAYING = (
    "(v => !!v && !v.paused && v.currentTime > 0 && v.readyState >= 3)(document.querySelector('hd-playback video'))"
)
HERE = timezone(timedelta(hours=7))


def local(at: float) -> str:
    return datetime.fromtimestamp(at, HERE).strftime("%d/%m/%Y %H:%M:%S")


def open_camera(page: Page, site: FakeSite) -> None:
    page.goto(f"{site.url}/giam-sat/de-gi-2")
    until(page, "document.querySelector('hd-timeline')?.recorded?.spans.length > 0")


def go_to(page: Page, words: str) -> None:
    page.keyboard.press("g")
    page.locator("#goto").fill(words)
    page.keyboard.press("Enter")


def shown_at(page: Page) -> float:
    """The instant that the picture is of."""
    return float(page.evaluate("document.querySelector('hd-camera').atMs")) / 1000


def test_a_typed_time_plays(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    wanted = site.started - 5000
    go_to(page, local(wanted))
    until(page, PLAYING)
    assert abs(shown_at(page) - wanted) < 4
    ticket = site.tickets[-1]
    assert ticket["action"] == "view_playback"
    assert seconds(ticket["from"]) < wanted < seconds(ticket["to"])
    expect(page.locator('[data-part="mode"]')).to_contain_text("Xem lại")


def test_a_click_on_the_timeline_plays(page: Page, site: FakeSite) -> None:
    site.spans = [(40 * 3600, 0)]
    open_camera(page, site)
    page.locator('[data-do="day-before"]').click()
    box = page.locator("hd-timeline").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.95, box["y"] + 25)
    until(page, PLAYING)
    clicked = (
        page.evaluate("(v => v.fromMs + (v.toMs - v.fromMs) * 0.95)(document.querySelector('hd-timeline').view)") / 1000
    )
    assert abs(shown_at(page) - clicked) < 60


def test_a_gap_is_passed_and_said(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    go_to(page, local(site.started - 3004))
    until(page, PLAYING)
    expect(page.locator('[data-part="words"]')).to_contain_text("Đã bỏ qua 10 phút không có hình", timeout=12_000)
    expect(page.locator('[data-part="words"]')).to_contain_text("không kết nối được camera")
    assert shown_at(page) >= site.started - 2401


def test_a_time_without_pictures_leads_to_the_next_ones(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    go_to(page, local(site.started - 2700))
    until(page, PLAYING)
    assert shown_at(page) >= site.started - 2401


def test_nonsense_is_answered_with_examples(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    go_to(page, "lúc nào đó")
    expect(page.locator('[data-part="words"]')).to_contain_text("14:30")
    expect(page.locator("#goto")).to_have_attribute("aria-invalid", "true")


def test_keys_move_through_time(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    go_to(page, local(site.started - 5000))
    until(page, PLAYING)
    page.keyboard.press("k")
    until(page, "document.querySelector('hd-playback video').paused")
    before = shown_at(page)
    page.keyboard.press("ArrowLeft")
    until(page, lambda: abs(shown_at(page) - (before - 5)) < 1.5)
    page.keyboard.press("k")
    page.wait_for_timeout(300)
    standing = shown_at(page)
    page.keyboard.press(".")
    until(page, lambda: 0 < shown_at(page) - standing < 0.2)


def test_seeking_inside_a_session_takes_no_new_ticket(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    go_to(page, local(site.started - 7000))
    until(page, PLAYING)
    taken = len(site.tickets)
    go_to(page, local(site.started - 60))
    until(page, lambda: abs(shown_at(page) - (site.started - 60)) < 6)
    until(page, PLAYING)
    assert len(site.tickets) == taken


def test_a_session_that_is_over_is_followed_by_a_new_ticket(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    go_to(page, local(site.started - 7000))
    until(page, PLAYING)
    found = re.search(r"/s/([^/]+)/", site.playlists[-1])
    assert found
    site.over.add(found[1])
    taken = len(site.tickets)
    go_to(page, local(site.started - 60))
    until(page, lambda: len(site.tickets) > taken)
    until(page, PLAYING)
    assert abs(shown_at(page) - (site.started - 60)) < 10


def test_back_to_live(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    go_to(page, local(site.started - 5000))
    until(page, PLAYING)
    page.get_by_role("button", name="Về trực tiếp").click()
    expect(page.locator("hd-live")).to_have_attribute("data-picture", "shown", timeout=8000)
    expect(page.locator("hd-playback")).to_be_hidden()
    expect(page.locator('[data-part="mode"]')).to_have_text("Trực tiếp")


def test_an_address_with_a_time_opens_playback(page: Page, site: FakeSite) -> None:
    at = datetime.fromtimestamp(site.started - 5000, HERE)
    site.pages["camera"] = {"initial_at": at, "day": at.strftime("%Y-%m-%d")}
    page.goto(f"{site.url}/giam-sat/de-gi-2")
    until(page, PLAYING)
    assert abs(shown_at(page) - at.timestamp()) < 5
    assert {ticket["action"] for ticket in site.tickets} == {"view_playback"}


def test_the_speed_is_chosen(page: Page, site: FakeSite) -> None:
    open_camera(page, site)
    go_to(page, local(site.started - 5000))
    until(page, PLAYING)
    page.locator("#speed").select_option("4")
    before = shown_at(page)
    page.wait_for_timeout(2000)
    assert shown_at(page) - before > 4


def test_h265_recordings_are_played_from_the_sub_stream(
    page: Page, site: FakeSite, clips: dict[str, SampleClip]
) -> None:
    site.clips = {"main": make_clip(width=320, height=180, hevc=True), "sub": clips["sub"]}
    open_camera(page, site)
    go_to(page, local(site.started - 5000))
    until(page, PLAYING, timeout_s=12)
    assert "stream=sub" in site.playlists[-1]
    assert page.evaluate("document.querySelector('hd-playback video').videoHeight") == 360
