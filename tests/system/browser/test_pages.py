"""Every page at two widths: axe finds nothing, nothing runs off the side, one heading, landmarks; both languages."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from system.browser.fake_site import FakeSite
from system.browser.sample_pages import PAGES

pytestmark = pytest.mark.system
#: The watermark is faint on purpose, hidden from assistive technology, and says what the page's menu says.
ALL_BUT_THE_WATERMARK = {"exclude": ["hd-watermark"]}
WIDTHS = {"desk": (1440, 900), "telephone": (390, 844)}


@pytest.fixture(params=WIDTHS)
def sized(request: pytest.FixtureRequest, page: Page) -> Page:
    width, height = WIDTHS[request.param]
    page.set_viewport_size({"width": width, "height": height})
    return page


@pytest.mark.parametrize("name", PAGES)
def test_anybody_can_use_it(sized: Page, site: FakeSite, name: str) -> None:
    sized.goto(f"{site.url}/page/{name}")
    sized.wait_for_timeout(200)
    found = Axe().run(sized, context=ALL_BUT_THE_WATERMARK)
    assert found.violations_count == 0, found.generate_report()
    assert sized.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page runs off the side"
    assert sized.locator("h1").count() == 1
    assert sized.locator("main").count() == 1


@pytest.mark.parametrize("name", ["login", "operations", "account"])
def test_a_telephone_in_the_dark_is_readable(page: Page, site: FakeSite, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.goto(f"{site.url}/page/{name}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_skip_link_leads_past_the_bar(page: Page, site: FakeSite) -> None:
    page.goto(f"{site.url}/page/operations")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_password_rules_are_checked_while_typing(page: Page, site: FakeSite) -> None:
    page.goto(f"{site.url}/page/password")
    rules = page.locator(".rules li")
    page.locator('input[name="new"]').fill("ngan")
    assert rules.nth(0).get_attribute("data-kept") == "no"
    page.locator('input[name="new"]').fill("Bien-Dem-Yen-12")
    assert rules.nth(0).get_attribute("data-kept") == "yes"
    assert rules.nth(2).get_attribute("data-kept") is None


def test_the_lockout_counts_down_and_lets_go(page: Page, site: FakeSite) -> None:
    site.pages["login-locked"] = {"locked_for_s": 2}
    page.goto(f"{site.url}/page/login-locked")
    button = page.get_by_role("button", name="Đăng nhập")
    assert button.is_disabled()
    page.wait_for_timeout(2600)
    assert button.is_enabled()
    assert page.locator(".note").count() == 0


@pytest.mark.parametrize(
    ("name", "heading"), [("login", "Log in"), ("operations", "State of the cameras"), ("wall", "Watch")]
)
def test_the_other_language(page: Page, site: FakeSite, name: str, heading: str) -> None:
    page.goto(f"{site.url}/page/{name}?lang=en")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").text_content() == heading


def test_the_script_speaks_the_pages_language(page: Page, site: FakeSite) -> None:
    site.live = "end"
    page.goto(f"{site.url}/page/camera?lang=en")
    expect(page.locator("hd-live .picture-words")).to_contain_text("Viewing has ended")
