"""What an attacker would try at the doors: nothing is served, nothing is told, nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.asgi_viewer import watching
from gateway.cast import COOKIE, House, Recorder, S, house, signed
from gateway.player import browser, parts_of, playlist_of
from haidang.core.units import WallUs


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house")) as built:
        recorder = Recorder(built.root, built.clock)
        recorder.record(4)
        recorder.close()
        secret = Recorder(built.root, built.clock, camera="tam-quan-cau-cang")
        secret.record(4)
        secret.close()
        yield built


PATHS = [
    "/media/playback/s/{s}/../../../../etc/passwd", "/media/playback/s/{s}/..%2f..%2fetc%2fpasswd",
    "/media/playback/s/{s}/%2e%2e/0.mp4", "/media/playback/s/{s}/0.mp4%00", "/media/playback/s/{s}/0.mp4/",
    "/media/playback/s/{s}//0.mp4", "/media/playback/s/{s}/-1.mp4", "/media/playback/s/{s}/1.mp4",
    "/media/playback/s/{s}/00000000000000000000000000000001.mp4", "/media/playback/s/{s}/0.journal",
    "/media/playback/s/{s}/de-gi/de-gi-luong-vao/2026-11-25/030405.678Z-main.mp4", "/media/playback/s/{s}/%30.mp4x",
    "/media/playback/s/{s}/٣.mp4", "/media/playback/s/{s}/" + "9" * 5000 + ".mp4",
    "/media/playback/s/{s}/" + "a" * 60_000,
    "//etc/passwd", "/media", "/media/", "/media/live/../../x", "/recordings/de-gi", "/state/ticket.pub", "/.",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATHS)
async def test_path_tricks_find_nothing(home: House, pattern: str) -> None:
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback"))
        session = str(answer.url).split("/")[-2]
        got = await http.get(pattern.format(s=session), headers={"range": "bytes=0-9"})
    assert got.status_code in (400, 403, 404), got.status_code
    assert got.headers["content-type"] == "application/problem+json"
    assert "/" not in got.json()["detail"]


async def test_a_ticket_plays_its_own_camera_whatever_the_query_says(home: House) -> None:
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback"), "?camera=tam-quan-cau-cang&site=tam-quan")
        own = home.root.glob("*/de-gi-luong-vao/*/*.mp4")
        part = parts_of(answer.text, str(answer.url))[-1]
        got = await http.get(part.url, headers=part.header)
    assert next(own).read_bytes()[part.first : part.last + 1] == got.content


async def test_a_used_playback_ticket_opens_no_second_session(home: House) -> None:
    ticket = signed(home.clock, "view_playback")
    async with browser(home) as http:
        assert (await playlist_of(http, ticket)).status_code == 200
        again = await playlist_of(http, ticket)
    assert (again.status_code, again.json()["code"]) == (403, "ticket_used")


async def test_a_ticket_of_one_door_does_not_open_the_other(home: House) -> None:
    live, playback = signed(home.clock), signed(home.clock, "view_playback")
    async with browser(home) as http:
        assert (await playlist_of(http, live)).json()["code"] == "ticket_action"
    async with watching(home.app, playback) as viewer:
        assert (await viewer.refusal())["code"] == "ticket_action"
    async with watching(home.app, live) as viewer:  # the wrong door did not burn it
        assert (await viewer.next())["type"] == "websocket.accept"


async def test_a_live_ticket_is_used_up_by_its_first_viewer(home: House) -> None:
    ticket = signed(home.clock)
    async with watching(home.app, ticket) as first, watching(home.app, ticket) as second:
        assert (await first.next())["type"] == "websocket.accept"
        assert (await second.refusal())["code"] == "ticket_used"


@pytest.mark.parametrize("headers", [{}, {"cookie": "hd_viewer=cookie-of-binh"}, {"authorization": "Bearer x"}])
async def test_another_accounts_browser_gets_nothing(home: House, headers: dict[str, str]) -> None:
    ticket = signed(home.clock)
    async with watching(home.app, ticket, headers={"host": "127.0.0.1:8001", **headers}) as viewer:
        problem = await viewer.refusal()
    assert (problem["status"], problem["code"]) == (403, "holder")


async def test_a_ticket_for_a_camera_that_is_not_there_is_refused_like_any_bad_one(home: House) -> None:
    """Without a signature nobody learns which cameras exist: the answers are the same bytes."""
    answers = set()
    for camera in ("de-gi-luong-vao", "no-such-camera"):
        payload, _, signature = signed(home.clock, "view_playback", camera=camera).partition(".")
        async with browser(home) as http:
            answers.add((await playlist_of(http, f"{payload}.{signature[::-1]}")).content)
    assert len(answers) == 1


@pytest.mark.parametrize("ticket", ["", "a", "." * 100, "A" * 3000, "x" * 20_000, "%00", "..%2f..", "a.b.c", "é"])
async def test_what_is_no_ticket_is_refused_at_both_doors(home: House, ticket: str) -> None:
    async with browser(home) as http:
        got = await http.get(f"/media/playback/{ticket}/index.m3u8")
        assert got.status_code in (403, 404)
    if "/" not in ticket and ticket:
        async with watching(home.app, ticket) as viewer:
            assert (await viewer.refusal())["code"] == "ticket_invalid"


async def test_sessions_cannot_be_guessed(home: House) -> None:
    async with browser(home) as http:
        ids = {
            str((await playlist_of(http, signed(home.clock, "view_playback"))).url).split("/")[-2] for _ in range(20)
        }
        assert len(ids) == 20
        assert all(len(session) == 22 for session in ids)  # 128 bits
        for guess in ("a" * 22, "", "0", "x" * 5000, next(iter(ids))[:-1]):
            got = await http.get(f"/media/playback/s/{guess}/index.m3u8")
            assert got.status_code in (403, 404)


async def test_refusals_never_repeat_what_was_sent(home: House) -> None:
    ticket = signed(home.clock, holder="x" * 64)
    async with browser(home) as http:
        for path in (f"/media/playback/{ticket}/index.m3u8", f"/media/playback/s/{ticket}/index.m3u8"):
            got = await http.get(path)
            assert ticket not in got.text
            assert COOKIE not in got.text


SEGMENT = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["..", ".", "media", "playback", "s", "live", "index.m3u8", "0.mp4", "%2e%2e"]),
)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Requests that begin at a door and then go astray; TICKET and SESSION are filled in by the test."""
    header = st.sampled_from(["range", "origin", "cookie", "authorization", "host", "if-range", "accept"])
    value = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60)
    doors = ["/", "/media/playback/", "/media/playback/s/SESSION/", "/media/playback/TICKET/"]
    return {
        "method": draw(st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"])),
        "door": draw(st.sampled_from(doors)),
        "path": "/".join(draw(st.lists(SEGMENT, max_size=6))),
        "query": draw(
            st.dictionaries(st.sampled_from(["from", "to", "stream", "x"]), st.text(max_size=30), max_size=3)
        ),
        "headers": draw(st.dictionaries(header, value, max_size=4)),
    }


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=requests())
async def test_no_request_breaks_a_door_or_is_served_by_accident(home: House, asked: dict[str, Any]) -> None:
    ticket = signed(home.clock, "view_playback", window_from=WallUs(home.clock() - 9 * S), window_to=home.clock())
    door = asked["door"].replace("TICKET", ticket).replace("SESSION", "a" * 22)
    raw = [(name.encode(), value.encode("latin-1")) for name, value in asked["headers"].items()]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(home.app), base_url="http://h") as http:
        url = f"http://h{door}{quote(asked['path'], safe='/%')}"
        answer = await http.request(asked["method"], url, params=asked["query"], headers=raw)
    assert answer.status_code in (200, 204, 303, 400, 403, 404, 405, 416, 503)
    if answer.status_code in (200, 303):
        assert asked["path"].strip("/") in ("healthz", "index.m3u8")
    if answer.status_code >= 400 and asked["method"] != "HEAD":
        assert json.loads(answer.content)["status"] == answer.status_code
