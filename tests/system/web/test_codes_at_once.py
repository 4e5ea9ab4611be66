"""One code typed in eight browsers at the same moment, on a real server: it serves one of them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from haidang.accounts.factors import step_of, totp_code
from haidang.host.clock import wall_clock
from system.waiting import eventually
from system.web.own_host import OwnHost

pytestmark = pytest.mark.system
PORT = 21814
MANY = 8
ACCOUNT = "vien-thong-binh-dinh"


@pytest.fixture
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnHost]:
    own = OwnHost(tmp_path_factory.mktemp("codes") / "home", port=PORT)
    own.python("from haidang.config import commands; commands.demo_setup(home, [])")
    own.start("web")
    eventually(own.answers, "web")
    yield own
    own.stop()


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return client.post(path, data={"csrfmiddlewaretoken": found[1], **fields})


def test_a_code_serves_one_of_many_at_once(host: OwnHost) -> None:
    account = host.demo_accounts()[ACCOUNT]
    clients = [httpx.Client(base_url=host.url, timeout=30) for _ in range(MANY)]
    for client in clients:
        answer = post(client, "/dang-nhap", username=ACCOUNT, password=account["password"])
        assert answer.headers["location"] == "/dang-nhap/xac-thuc"
    start, code = Barrier(MANY), totp_code(base64.b32decode(account["totp_secret"]), step_of(wall_clock()))

    def show(client: httpx.Client) -> int:
        start.wait(10)
        return post(client, "/dang-nhap/xac-thuc", code=code).status_code

    with ThreadPoolExecutor(MANY) as pool:
        statuses = list(pool.map(show, clients))
    for client in clients:
        client.close()
    assert statuses.count(302) == 1, statuses
