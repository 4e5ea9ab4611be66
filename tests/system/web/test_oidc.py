"""A real OpenID Connect provider on loopback, real pages, real Chromium: proofs open linked accounts, nothing else."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from haidang.accounts.factors import step_of, totp_code
from haidang.host.clock import wall_clock
from system.chromium import chromium
from system.waiting import eventually
from system.web.own_host import OwnHost

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]
PORT, PROVIDER_PORT = 21813, 21814
HOLDER, OPERATOR = "ca-phu-cat", "vien-thong-binh-dinh"
START = "/dang-nhap/to-chuc/cong-an/"
OIDC = f"""
[oidc.cong-an]
name = "Công an tỉnh"
issuer = "http://127.0.0.1:{PROVIDER_PORT}"
client_id = "hai-dang"
client_secret_file = "secrets/cong-an"

[oidc.mat-lien-lac]
name = "Nơi mất liên lạc"
issuer = "http://127.0.0.1:{PROVIDER_PORT + 1}"
client_id = "hai-dang"
client_secret_file = "secrets/cong-an"
"""
#: In a process of its own: what it warns of is not ours to mend.
PROVIDER = [
    sys.executable,
    "-W",
    "ignore",
    "-m",
    "oidc_provider_mock",
    "--port",
    str(PROVIDER_PORT),
    "--require-nonce",
    "true",
]
READY = "import haidang.config.ready;"
LINK = READY + "from haidang.config.account_commands import *; link_identity({account!r}, 'cong-an', {subject!r})"
COUNTS = READY + (
    "from haidang.accounts.models import *;"
    "print(json.dumps([Account.objects.count(), ExternalIdentity.objects.count(), LoginSession.objects.count()]))"
)
TABLES = READY + (
    "from django.db import connection;"
    "print(json.dumps([t for t in connection.introspection.table_names() if t.startswith(('account_', 'social'))]))"
)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnHost]:
    own = OwnHost(tmp_path_factory.mktemp("oidc") / "home", port=PORT)
    with (own.home / "haidang.toml").open("a", encoding="utf-8") as settings:
        settings.write(OIDC)
    (own.home / "secrets" / "cong-an").write_text("bi-mat-cua-don-vi\n")
    own.python("from haidang.config import commands; commands.demo_setup(home, [])")
    with (own.home / "provider.out").open("wb") as output:
        provider = subprocess.Popen(PROVIDER, stdout=output, stderr=output)
    own.start("web")
    try:
        eventually(own.answers, "web")
        eventually(provider_answers, "the provider")
        yield own
    finally:
        own.stop()
        provider.terminate()
        provider.wait(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=f"http://127.0.0.1:{PORT}", locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    opened, said = context.new_page(), []
    opened.on("console", lambda message: said.append(message.text) if "Security Policy" in message.text else None)
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    context.close()
    assert said == []


def provider_answers() -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{PROVIDER_PORT}/jwks", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def counts(host: OwnHost) -> list[int]:
    found: list[int] = json.loads(host.python(COUNTS))
    return found


def client() -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=15)


def signed_in_there(way: str, subject: str) -> str:
    """The person agrees at the provider; where the browser is sent back to."""
    answer = httpx.post(way, data={"sub": subject}, timeout=10)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


def code_of(host: OwnHost, account: str) -> str:
    """What the account's application shows."""
    secret = host.demo_accounts()[account]["totp_secret"]
    return totp_code(base64.b32decode(secret), step_of(wall_clock()))


def token_of(answer: httpx.Response) -> str:
    """The token of the forms on a page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text)
    assert found is not None
    return found[1]


def test_a_person_links_the_own_identity_and_signs_in_with_it(host: OwnHost, page: Page) -> None:
    page.goto("/dang-nhap")
    page.get_by_label("Tên tài khoản").fill(HOLDER)
    page.get_by_label("Mật khẩu").fill(host.demo_accounts()[HOLDER]["password"])
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.goto("/tai-khoan/lien-ket/cong-an")
    page.get_by_role("button", name="Liên kết tài khoản").click()
    page.get_by_role("link", name="Đến trang đăng nhập Công an tỉnh").click()
    page.locator("input[name=sub]").fill("cb-0417")
    page.get_by_role("button", name=re.compile("Authorize", re.IGNORECASE)).first.click()
    expect(page.get_by_text("Đã liên kết từ")).to_be_visible()
    page.context.clear_cookies()
    page.goto("/dang-nhap?next=/tai-khoan")
    page.get_by_role("link", name="Đăng nhập bằng tài khoản Công an tỉnh").click()
    page.locator("input[name=sub]").fill("cb-0417")
    page.get_by_role("button", name=re.compile("Authorize", re.IGNORECASE)).first.click()
    page.wait_for_url("**/tai-khoan")
    expect(page.get_by_text(f"tài khoản {HOLDER}").first).to_be_visible()


def test_where_it_is_required_the_second_factor_is_still_asked(host: OwnHost) -> None:
    host.python(LINK.format(account=OPERATOR, subject="vt-01"))
    with client() as browser:
        back = browser.get(signed_in_there(browser.get(START).headers["location"], "vt-01"))
        assert back.headers["location"] == "/dang-nhap/xac-thuc"
        assert browser.get("/van-hanh").headers["location"].startswith("/dang-nhap")
        typed = {"code": code_of(host, OPERATOR), "csrfmiddlewaretoken": token_of(browser.get("/dang-nhap/xac-thuc"))}
        assert browser.post("/dang-nhap/xac-thuc", data=typed).headers["location"] == "/"
        assert browser.get("/van-hanh").status_code == 200


def test_a_subject_that_nobody_linked_makes_nothing(host: OwnHost) -> None:
    before = counts(host)
    with client() as browser:
        back = browser.get(signed_in_there(browser.get(START).headers["location"], "la-hoac"))
    assert back.status_code == 403
    assert "chưa được liên kết" in back.text
    assert counts(host) == before


def test_a_callback_serves_once_and_in_the_browser_that_began_it(host: OwnHost) -> None:
    host.python(LINK.format(account="tinh-doan", subject="td-01"))
    with ExitStack() as stack:
        own, other = (stack.enter_context(client()) for _ in range(2))
        other.get(START)
        told = signed_in_there(own.get(START).headers["location"], "td-01")
        assert other.get(told).status_code == 403
        assert own.get(told).status_code == 302
        assert own.get(told).status_code == 403


def test_a_code_is_not_taken_with_the_state_of_another_attempt(host: OwnHost) -> None:
    before = counts(host)
    with client() as browser:
        first = httpx.URL(signed_in_there(browser.get(START).headers["location"], "td-01"))
        second = httpx.URL(signed_in_there(browser.get(START).headers["location"], "td-01"))
        mixed = second.copy_set_param("code", first.params["code"])
        assert browser.get(mixed).status_code == 403
    assert counts(host) == before


def test_a_locked_account_is_refused(host: OwnHost) -> None:
    host.python(LINK.format(account="hoi-lhpn", subject="pn-01"))
    host.python(READY + "from haidang.config.account_commands import *; lock_account('hoi-lhpn')")
    with client() as browser:
        back = browser.get(signed_in_there(browser.get(START).headers["location"], "pn-01"))
        assert back.status_code == 403
        assert "bị khóa" in back.text
        assert browser.get("/giam-sat").status_code == 302


def test_a_provider_that_is_away_is_told_plainly_and_pages_go_on(host: OwnHost) -> None:
    with client() as browser:
        away = browser.get("/dang-nhap/to-chuc/mat-lien-lac/")
        assert away.status_code == 503
        assert "Không liên lạc được với hệ thống đăng nhập của Nơi mất liên lạc" in away.text
        assert browser.get("/dang-nhap").status_code == 200


def test_nothing_of_it_is_stored_and_no_secret_is_written(host: OwnHost) -> None:
    assert json.loads(host.python(TABLES)) == [], "allauth has no tables here"
    written = "".join(
        path.read_text(encoding="utf-8", errors="replace") for path in (*_logs(host.home), host.home / "web.out")
    )
    assert "bi-mat-cua-don-vi" not in written
    assert "cb-0417" not in written


def _logs(home: Path) -> list[Path]:
    return sorted((home / "log").glob("*.log"))
