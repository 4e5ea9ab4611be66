"""Playing back: a ticket becomes a session, the session gives playlists and exactly the granted bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import Message

from gateway.cast import COOKIE, House, Recorder, S, house, signed
from gateway.player import browser, parts_of, playlist_of
from haidang.core.units import WallUs
from haidang.gateway.playback import instant
from storage.recorded import decoded_frames


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        yield built


@pytest.fixture
def recorder(home: House) -> Recorder:
    return Recorder(home.root, home.clock)


async def test_a_ticket_is_redeemed_for_a_session_whose_playlist_plays(home: House, recorder: Recorder) -> None:
    recorder.record(20)
    recorder.close()
    recorder.record(10)
    recorder.close()
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback"))
        assert answer.status_code == 200
        assert [step.status_code for step in answer.history] == [303]
        assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
        assert answer.text.count("#EXT-X-MAP") == 2
        assert answer.text.count("#EXT-X-DISCONTINUITY") == 1
        parts = parts_of(answer.text, str(answer.url))
        data: dict[str, bytes] = {}
        for part in parts:
            got = await http.get(part.url, headers=part.header)
            assert got.status_code == 206
            data[part.url] = data.get(part.url, b"") + got.content
    files = sorted(home.root.glob("*/*/*/*.mp4"))
    for path, got_bytes in zip(files, data.values(), strict=True):
        assert path.read_bytes().startswith(got_bytes)
        assert decoded_frames(got_bytes) in (100, 50)


async def test_addresses_name_neither_paths_nor_cameras(home: House, recorder: Recorder) -> None:
    recorder.record(4)
    recorder.close()
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback"))
    assert "de-gi" not in answer.text
    assert "de-gi" not in str(answer.url)
    assert {part.url.rpartition("/")[2] for part in parts_of(answer.text, "")} == {"0.mp4"}


async def test_of_a_file_being_recorded_only_whole_groups_are_listed(home: House, recorder: Recorder) -> None:
    recorder.record(5)
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback"))
        first = parts_of(answer.text, str(answer.url))
        recorder.record(1)
        again = parts_of((await http.get(answer.url)).text, str(answer.url))
    assert len(first) == 2
    assert again[-1].last >= first[-1].last


async def test_only_bytes_of_fragments_inside_the_window_are_given(home: House, recorder: Recorder) -> None:
    written = recorder.record(20)
    recorder.close()
    start, end = written[6].received_at, WallUs(written[13].received_at + 1)
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback", window_from=start, window_to=end))
        init, *segments = parts_of(answer.text, str(answer.url))
        inside = written[6:13]
        assert init.last == written[0].offset_bytes - 1
        assert segments[0].first == inside[0].offset_bytes
        assert segments[-1].last == inside[-1].offset_bytes + inside[-1].size_bytes - 1
        url = segments[0].url
        for fragment in written:
            first, last = fragment.offset_bytes, fragment.offset_bytes + fragment.size_bytes - 1
            got = await http.get(url, headers={"range": f"bytes={first}-{last}"})
            assert (got.status_code == 206) is (fragment in inside)
        for first, last in ((init.last, init.last + 1), (inside[0].offset_bytes - 1, inside[0].offset_bytes)):
            assert (await http.get(url, headers={"range": f"bytes={first}-{last}"})).status_code == 416
        assert (await http.get(url)).status_code == 416


async def test_ranges_are_single_exact_and_described(home: House, recorder: Recorder) -> None:
    recorder.record(10)
    recorder.close()
    media = recorder.media()
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback"))
        url = parts_of(answer.text, str(answer.url))[0].url
        got = await http.get(url, headers={"range": "bytes=10-19"})
        assert (got.status_code, got.content) == (206, media[10:20])
        assert got.headers["content-range"] == f"bytes 10-19/{len(media)}"
        assert got.headers["content-type"] == "video/mp4"
        assert (await http.get(url, headers={"range": "bytes=-7"})).content == media[-7:]
        whole = await http.get(url)
        assert (whole.status_code, whole.content) == (200, media)
        head = await http.head(url)
        assert (head.status_code, head.headers["content-length"]) == (200, str(len(media)))
        assert head.headers["accept-ranges"] == "bytes"
        for header in ("bytes=0-1,3-4", "bytes=x", f"bytes={len(media)}-", "bytes=0-0," + "1-1," * 50_000):
            refused = await http.get(url, headers={"range": header})
            assert (refused.status_code, refused.json()["code"]) == (416, "range_not_satisfiable")


async def test_the_window_cannot_be_widened(home: House, recorder: Recorder) -> None:
    recorder.record(20)
    recorder.close()
    window = {"window_from": WallUs(home.clock() - 2 * S), "window_to": WallUs(home.clock() - S)}
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback", **window))
        url = answer.url.copy_with(query=None)
        for query in (
            f"from={window['window_from'] - 1}", f"to={window['window_to'] + 1}", "from=0", f"to={home.clock()}",
            f"from={window['window_from'] - 1}&to={window['window_to']}", f"from={window['window_to']}",
            f"from={window['window_to']}&to={window['window_from']}",
        ):  # fmt: skip
            refused = await http.get(f"{url}?{query}")
            assert refused.json()["code"] in ("outside_window", "window"), query
        for query in ("from=x", "to=", "from=2026-01-01T00:00:00", "from=" + "9" * 30, "from=-5", "stream=other"):
            assert (await http.get(f"{url}?{query}")).status_code == 400, query


async def test_a_playlist_is_one_hour_at_most(home: House, recorder: Recorder) -> None:
    recorder.record(4)
    recorder.close()
    day = {"window_from": WallUs(home.clock() - 86_400 * S), "window_to": home.clock()}
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback", **day), f"?from={home.clock() - 60 * S}")
        assert answer.status_code == 200
        url = answer.url.copy_with(query=None)
        assert (await http.get(f"{url}?from={home.clock() - 3601 * S}&to={home.clock()}")).json()["code"] == "window"
        assert (await http.get(f"{url}?from={home.clock() - 3600 * S}&to={home.clock()}")).status_code == 200
        assert (await http.get(url)).json()["code"] == "nothing_recorded"  # the day's first hour


async def test_the_redirect_keeps_the_query(home: House, recorder: Recorder) -> None:
    async with browser(home) as http:
        path = f"/media/playback/{signed(home.clock, 'view_playback')}/index.m3u8"
        answer = await http.get(f"{path}?from=2026-11-25T10:04:05%2B07:00&stream=sub&x=1")
        assert answer.headers["location"].endswith("index.m3u8?from=1795575845000000&stream=sub")
        assert answer.status_code == 303


async def test_bad_words_in_the_query_do_not_cost_the_ticket(home: House) -> None:
    ticket = signed(home.clock, "view_playback")
    async with browser(home) as http:
        assert (await playlist_of(http, ticket, "?from=yesterday")).json()["code"] == "instant"
        assert (await http.head(f"/media/playback/{ticket}/index.m3u8")).status_code == 405
        assert (await playlist_of(http, ticket)).json()["code"] == "nothing_recorded"


async def test_a_program_with_a_ticket_without_holder_needs_no_cookie(home: House, recorder: Recorder) -> None:
    recorder.record(4)
    recorder.close()
    async with browser(home, cookie=None) as http:
        assert (await playlist_of(http, signed(home.clock, "view_playback", holder=""))).status_code == 200


async def test_a_session_is_its_holders_alone(home: House, recorder: Recorder) -> None:
    recorder.record(4)
    recorder.close()
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback"))
    url = parts_of(answer.text, str(answer.url))[0].url
    for cookie in (None, "cookie-of-binh", ""):
        async with browser(home, cookie=cookie) as other:
            for address in (str(answer.url), url):
                refused = await other.get(address, headers={"range": "bytes=0-1"})
                assert (refused.status_code, refused.json()["code"]) == (403, "holder")
    async with browser(home, cookie=None) as http:
        bearer = {"authorization": f"Bearer {COOKIE}"}
        assert (await http.get(answer.url, headers=bearer)).status_code == 200


async def test_a_session_is_listed_and_ends_when_the_warden_says_so(home: House, recorder: Recorder) -> None:
    recorder.record(4)
    recorder.close()
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback"))
        [listed] = home.parts.streams.listed()
        assert (listed.action, listed.account) == ("view_playback", "an")
        home.parts.streams.end(listed.stream_id, "session_ended")
        for url in (str(answer.url), parts_of(answer.text, str(answer.url))[0].url):
            refused = await http.get(url)
            assert (refused.status_code, refused.json()["code"]) == (403, "session_over")
    assert home.warden_decides() == []


async def test_a_session_is_over_after_90_s_without_use(home: House, recorder: Recorder) -> None:
    recorder.record(4)
    recorder.close()
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback"))
        for _ in range(3):
            home.clock.sleep(89)
            home.warden_decides()
            home.parts.tick()
            assert (await http.get(answer.url)).status_code == 200
        home.clock.sleep(91)
        home.parts.sessions.end_idle()
        assert (await http.get(answer.url)).json()["code"] == "session_over"
    assert len(home.parts.sessions) == len(home.parts.streams) == 0


async def test_a_session_ends_with_its_ticket(home: House, recorder: Recorder) -> None:
    recorder.record(4)
    recorder.close()
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback", ends_at=home.clock() + 10 * S))
        home.clock.sleep(10)
        home.parts.tick()
        assert (await http.get(answer.url)).json()["code"] == "session_over"


async def test_an_answer_that_is_being_sent_is_cut_off_when_the_session_ends(
    home: House, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("haidang.gateway.range_response._PIECE_BYTES", 1000)
    recorder.record(10)
    recorder.close()
    async with browser(home) as http:
        answer = await playlist_of(http, signed(home.clock, "view_playback"))
    path = "/" + parts_of(answer.text, str(answer.url))[0].url.split("/", 3)[3]
    got: asyncio.Queue[Message] = asyncio.Queue()
    cut_off = asyncio.Event()

    async def never() -> Message:
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]  # it never comes

    async def send(message: Message) -> None:
        got.put_nowait(message)
        await asyncio.sleep(0 if got.qsize() < 3 else 3600)

    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": b"", "http_version": "1.1", "root_path": "",
        "headers": [(b"cookie", f"hd_viewer={COOKIE}".encode())], "state": {"abort": cut_off.set},
    }  # fmt: skip
    serving = asyncio.ensure_future(home.app(scope, never, send))
    async with asyncio.timeout(5):
        while got.qsize() < 3:  # noqa: ASYNC110 - what the server does, seen from outside
            await asyncio.sleep(0.01)
        home.parts.streams.end_all("account_ended")
        await cut_off.wait()
        await serving
    assert got.qsize() == 3


async def test_sessions_are_bounded(tmp_path: Path) -> None:
    with house(tmp_path, max_viewers=2) as home:
        async with browser(home) as http:
            for _ in range(2):
                assert (await playlist_of(http, signed(home.clock, "view_playback"))).status_code == 404
            refused = await playlist_of(http, signed(home.clock, "view_playback"))
            assert (refused.status_code, refused.json()["code"]) == (503, "full")


def test_instants_are_rfc_3339_or_microseconds() -> None:
    assert instant("1795575845000000") == instant("2026-11-25T03:04:05Z") == instant("2026-11-25T10:04:05+07:00")
    assert instant("2026-11-25T10:04:05 07:00") == 1_795_575_845_000_000
    assert instant(None) is None
