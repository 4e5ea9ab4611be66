"""Real Chromium with a virtual authenticator against real pages at ``localhost``: set up, signed in with, misused."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from haidang.accounts.factors import step_of, totp_code
from haidang.host.clock import wall_clock
from system.waiting import eventually
from system.web.own_host import OwnHost

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]
PORT = 21960
HOLDER, OPERATOR = "ca-phu-cat", "vien-thong-binh-dinh"
#: `HAIDANG_SCREENSHOTS=folder` keeps the pictures.
KEPT = os.environ.get("HAIDANG_SCREENSHOTS")
READY = "import haidang.config.ready;"
WIDTHS = {1440: 900, 390: 844}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnHost]:
    own = OwnHost(tmp_path_factory.mktemp("passkeys") / "home", port=PORT)
    own.python("from haidang.config import commands; commands.demo_setup(home, [])")
    own.start("web")
    eventually(own.answers, "web")
    yield own
    own.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=f"http://localhost:{PORT}", locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text) if "Security Policy" in message.text else None)
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    assert said == []


@pytest.fixture
def authenticator(context: BrowserContext, page: Page) -> CDPSession:
    """A virtual authenticator that agrees to everything."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def looked_at(page: Page, name: str) -> None:
    """At both widths: nothing runs off the side, axe finds nothing; kept if asked for."""
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} runs off the side"
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        if KEPT:
            page.screenshot(path=Path(KEPT) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def first_step(page: Page, host: OwnHost, account: str) -> None:
    page.goto("/dang-nhap")
    page.fill("input[name=username]", account)
    page.fill("input[name=password]", host.demo_accounts()[account]["password"])
    page.press("input[name=password]", "Enter")


def code_of(host: OwnHost, account: str) -> str:
    secret = host.demo_accounts()[account]["totp_secret"]
    return totp_code(base64.b32decode(secret), step_of(wall_clock()))


def test_a_passkey_is_set_up_and_is_the_second_step_from_then_on(
    page: Page, host: OwnHost, authenticator: CDPSession
) -> None:
    first_step(page, host, HOLDER)
    page.wait_for_url("**/giam-sat")
    page.goto("/tai-khoan/xac-thuc")
    looked_at(page, "factors-none")
    page.fill("#key-name", "Máy trực ban")
    page.get_by_role("button", name="Thêm khóa").click()
    expect(page.locator("tbody th")).to_contain_text("Máy trực ban")
    looked_at(page, "factors")
    page.get_by_role("button", name="Lấy 10 mã mới").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    looked_at(page, "recovery-codes")
    page.goto("/tai-khoan")
    looked_at(page, "account")
    page.locator(".person summary").click()
    page.get_by_role("button", name="Đăng xuất").click()

    first_step(page, host, HOLDER)
    page.wait_for_url("**/dang-nhap/xac-thuc")
    looked_at(page, "second-factor-passkey")
    page.get_by_role("button", name="Xác thực bằng khóa đăng nhập").click()
    page.wait_for_url("**/giam-sat")


def test_a_browser_whose_authenticator_has_no_key_of_the_account_is_told_so_and_opens_nothing(
    page: Page, host: OwnHost, context: BrowserContext
) -> None:
    host.python(
        READY + "from haidang.accounts.models import Account;"
        "from haidang.accounts.actions import add_passkey; from haidang.accounts.factors import Passkey;"
        "from haidang.host.clock import wall_clock;"
        "a = Account.objects.get(username='ca-quy-nhon');"
        "add_passkey(a, Passkey('AAAA', 'AAAA', 0), name='', session=None, now=wall_clock())"
    )
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    first_step(page, host, "ca-quy-nhon")
    page.get_by_role("button", name="Xác thực bằng khóa đăng nhập").click()
    expect(page.get_by_role("alert")).to_contain_text("Không xác thực được")
    page.goto("/giam-sat")
    page.wait_for_url("**/dang-nhap?next=*")


def test_the_operator_comes_in_by_code_and_a_new_device_is_told(
    page: Page, host: OwnHost, browser: Browser
) -> None:  # fmt: skip
    first_step(page, host, OPERATOR)
    page.wait_for_url("**/dang-nhap/xac-thuc")
    looked_at(page, "second-factor-code")
    page.fill("#code", "000000")
    page.press("#code", "Enter")
    expect(page.get_by_role("alert")).to_contain_text("Mã không đúng")
    page.fill("#code", code_of(host, OPERATOR))
    page.press("#code", "Enter")
    page.wait_for_url("**/giam-sat")
    host.python(
        READY + "from haidang.accounts.models import SecondFactor;"
        "SecondFactor.objects.filter(kind='totp').update(last_step=0)"
    )
    other = browser.new_context(base_url=f"http://localhost:{PORT}", user_agent="Firefox/140.0 Windows")
    there = other.new_page()
    first_step(there, host, OPERATOR)
    there.fill("#code", code_of(host, OPERATOR))
    there.press("#code", "Enter")
    there.wait_for_url("**/giam-sat")
    other.close()
    page.goto("/giam-sat")
    expect(page.locator(".person-notices")).to_contain_text("1 thông báo về tài khoản")
    expect(page.locator(".notice")).to_have_count(0)
    page.goto("/van-hanh")
    expect(page.locator(".notice").first).to_contain_text("Firefox · Windows")
    looked_at(page, "notice-page")
    page.goto("/tai-khoan")
    looked_at(page, "notice-account")
    page.get_by_role("button", name="Đã xem").click()
    expect(page.get_by_role("button", name="Đã xem")).to_have_count(0)


def test_the_pledge_is_read_and_made(page: Page, host: OwnHost) -> None:
    host.python(
        READY + "from haidang.accounts.models import Account;"
        "Account.objects.filter(username='tinh-doan').update(pledged_at=None)"
    )
    first_step(page, host, "tinh-doan")
    page.wait_for_url("**/cam-ket")
    looked_at(page, "pledge")
    page.get_by_role("button", name="Cam kết thực hiện").click()
    page.wait_for_url("**/giam-sat")
