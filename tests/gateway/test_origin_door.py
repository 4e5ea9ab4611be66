"""Which pages may talk to the gateway, and what every answer carries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.asgi_viewer import watching
from gateway.cast import House, house, signed
from haidang.core.settings import Settings, WebSettings
from haidang.gateway.origins import is_own_origin

PUBLIC = Settings(web=WebSettings(public_url="https://camera.example.vn"))


@pytest.mark.parametrize(
    ("origin", "host", "settings", "own"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8001", Settings(), True),
        ("http://localhost:8000", "localhost:8001", Settings(), True),
        ("http://LOCALHOST:8000", "localhost:8001", Settings(), True),
        ("http://[::1]:8000", "[::1]:8001", Settings(), True),
        ("http://127.0.0.1:8001", "127.0.0.1:8001", Settings(), False),
        ("http://localhost:8000", "127.0.0.1:8001", Settings(), False),
        ("http://evil.example:8000", "127.0.0.1:8001", Settings(), False),
        ("http://127.0.0.1.evil.example:8000", "127.0.0.1:8001", Settings(), False),
        ("http://127.0.0.1:8000@evil.example", "127.0.0.1:8001", Settings(), False),
        ("http://127.0.0.1:8000/x", "127.0.0.1:8001", Settings(), False),
        ("null", "127.0.0.1:8001", Settings(), False),
        ("", "127.0.0.1:8001", Settings(), False),
        ("http://127.0.0.1:99999", "127.0.0.1:8001", Settings(), False),
        ("ftp://127.0.0.1:8000", "127.0.0.1:8001", Settings(), False),
        ("http://:8000", "", Settings(), False),
        ("http://[::1:8000", "[::1", Settings(), False),
        ("https://camera.example.vn", "gw.example.vn", PUBLIC, True),
        ("https://camera.example.vn:443", "gw.example.vn", PUBLIC, True),
        ("http://camera.example.vn", "gw.example.vn", PUBLIC, False),
        ("https://gw.example.vn", "gw.example.vn", PUBLIC, False),
    ],
)
def test_only_the_pages_own_origin_is_ours(origin: str, host: str, settings: Settings, *, own: bool) -> None:
    assert is_own_origin(origin, host, settings) is own


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        yield built


def client(home: House) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(home.app), base_url="http://127.0.0.1:8001")


async def test_another_sites_page_is_refused_at_every_http_door(home: House) -> None:
    async with client(home) as http:
        for path in ("/healthz", "/media/playback/x/index.m3u8", "/media/playback/s/x/0.mp4", "/nothing"):
            answer = await http.get(path, headers={"origin": "https://evil.example"})
            assert (answer.status_code, answer.json()["code"]) == (403, "origin")
            assert "access-control-allow-origin" not in answer.headers


async def test_another_sites_page_gets_no_live_picture_and_the_ticket_is_not_burnt(home: House) -> None:
    ticket, cookie = signed(home.clock), {"host": "127.0.0.1:8001", "cookie": "hd_viewer=cookie-of-an"}
    async with watching(home.app, ticket, headers={**cookie, "origin": "https://evil.example"}) as viewer:
        assert (await viewer.refusal())["code"] == "origin"
    async with watching(home.app, ticket, headers={**cookie, "origin": "http://127.0.0.1:8000"}) as viewer:
        assert (await viewer.next())["type"] == "websocket.accept"


async def test_our_page_is_answered_with_credentials_and_a_preflight(home: House) -> None:
    own = {"origin": "http://127.0.0.1:8000"}
    async with client(home) as http:
        answer = await http.get("/healthz", headers=own)
        assert answer.json() == {"ok": True}
        assert answer.headers["access-control-allow-origin"] == own["origin"]
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["vary"] == "Origin"
        preflight = await http.options(
            "/media/playback/s/x/0.mp4", headers={**own, "access-control-request-method": "GET"}
        )
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-headers"] == "authorization, range"


async def test_every_answer_is_private_and_not_sniffed(home: House) -> None:
    async with client(home) as http:
        for path in ("/healthz", "/nothing", "/media/playback/x/index.m3u8"):
            headers = (await http.get(path)).headers
            assert headers["cache-control"] == "private, no-store"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cross-origin-resource-policy"] == "same-site"
            assert "content-disposition" not in headers


async def test_what_is_no_door_is_a_problem(home: House) -> None:
    async with client(home) as http:
        missing = await http.get("/recordings")
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
        assert missing.headers["content-type"] == "application/problem+json"
        assert (await http.post("/healthz")).json()["code"] == "method_not_allowed"
        assert (await http.options("/healthz")).status_code == 204
