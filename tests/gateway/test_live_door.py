"""Watching live, from the handshake to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from gateway.asgi_viewer import AsgiViewer, watching
from gateway.cast import CAMERA, SITE, House, Recorder, S, house, signed
from haidang.core.journal import GapReason
from haidang.gateway.live import wanted_stream
from haidang.storage import GapWriter
from storage.faulty_file_ops import NoWaitOps


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, max_viewers=4) as built:
        yield built


@pytest.fixture
def recorder(home: House) -> Recorder:
    return Recorder(home.root, home.clock)


async def started(viewer: AsgiViewer) -> dict[str, object]:
    """Past the accept and the gap that may come before the first picture, to the init message."""
    assert (await viewer.next())["type"] == "websocket.accept"
    said = await viewer.text()
    return said if said["type"] == "init" else await viewer.text()


async def test_a_newcomer_gets_init_and_the_last_group_at_once(home: House, recorder: Recorder) -> None:
    recorder.record(8)
    async with watching(home.app, signed(home.clock)) as viewer:
        assert (await started(viewer))["type"] == "init"
        media = recorder.media()
        assert media.startswith(await viewer.data())
        assert media.endswith(await viewer.data() + await viewer.data())
    assert home.warden_decides() == []


async def test_new_fragments_follow_the_ring_and_all_viewers_share_the_bytes(home: House, recorder: Recorder) -> None:
    recorder.record(2)
    async with AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(watching(home.app, signed(home.clock))) for _ in range(3)]
        for viewer in viewers:
            await started(viewer)
            for _ in range(3):
                await viewer.data()
        assert len(home.parts.hub._channels) == 1
        recorder.fragment()
        home.parts.hub.ring(CAMERA, "main")
        got = [await viewer.data() for viewer in viewers]
        assert got[0] is got[1] is got[2]
    assert home.parts.hub._channels == {}


async def test_a_camera_without_recordings_is_a_gap_until_it_records(home: House, recorder: Recorder) -> None:
    async with watching(home.app, signed(home.clock)) as viewer:
        assert (await viewer.next())["type"] == "websocket.accept"
        assert await viewer.text() == {"type": "gap", "reason": "unknown", "since": home.clock()}
        home.clock.sleep(1)
        recorder.record(2)
        home.parts.hub.ring(CAMERA, "main")
        assert (await viewer.text())["type"] == "init"


async def test_a_gap_is_told_with_the_recorders_reason(home: House, recorder: Recorder) -> None:
    recorder.record(2)
    async with watching(home.app, signed(home.clock)) as viewer:
        await started(viewer)
        for _ in range(3):
            await viewer.data()
        silent_since = home.clock()
        home.clock.sleep(2.5)
        home.parts.hub.ring(CAMERA, "main")
        assert await viewer.text() == {"type": "gap", "reason": "unknown", "since": silent_since}
        GapWriter(home.root, SITE, CAMERA, "main", ops=NoWaitOps()).open(GapReason.CAMERA_UNREACHABLE, silent_since)
        home.clock.sleep(1.1)
        home.parts.hub.ring(CAMERA, "main")
        assert await viewer.text() == {"type": "gap", "reason": "camera_unreachable", "since": silent_since}
        async with watching(home.app, signed(home.clock)) as newcomer:
            assert (await newcomer.next())["type"] == "websocket.accept"
            assert (await newcomer.text())["reason"] == "camera_unreachable"


async def test_the_warden_ends_a_stream_and_says_why(home: House, recorder: Recorder) -> None:
    recorder.record(2)
    async with watching(home.app, signed(home.clock)) as viewer:
        await started(viewer)
        [stream_id] = home.warden_decides()
        assert home.parts.streams.end(stream_id, "grant_ended")
        async with asyncio.timeout(5):
            while (message := await viewer.next()).get("text") is None:
                continue
        assert message["text"] == '{"type": "end", "reason": "grant_ended"}'
        assert await viewer.closed() == 4403
        assert len(home.parts.hub) == 0


async def test_a_ticket_that_runs_out_ends_its_stream(home: House, recorder: Recorder) -> None:
    recorder.record(2)
    async with watching(home.app, signed(home.clock, ends_at=home.clock() + 5 * S)) as viewer:
        await started(viewer)
        home.clock.sleep(5)
        home.parts.tick()
        assert await viewer.closed() == 4401


async def test_a_peer_that_takes_nothing_is_cut_off_when_it_must_end(home: House, recorder: Recorder) -> None:
    recorder.record(2)
    async with watching(home.app, signed(home.clock)) as viewer:
        await started(viewer)
        viewer.reading.clear()
        home.parts.streams.end_all("account_ended")
        async with asyncio.timeout(5):
            while not viewer.cut_off:  # noqa: ASYNC110 - what the server does, seen from outside
                await asyncio.sleep(0.01)


async def test_a_peer_that_takes_nothing_for_long_is_cut_off(home: House, recorder: Recorder) -> None:
    recorder.record(2)
    async with watching(home.app, signed(home.clock)) as viewer:
        await started(viewer)
        viewer.reading.clear()
        recorder.record(2)
        home.parts.hub.ring(CAMERA, "main")
        [inside] = home.parts.hub._watching
        async with asyncio.timeout(5):
            while inside._sending_since is None:  # noqa: ASYNC110 - nobody tells of it
                await asyncio.sleep(0.01)
        home.clock.sleep(14)
        home.parts.tick()
        assert not viewer.cut_off
        home.warden_decides()
        home.clock.sleep(2)
        home.parts.hub.end_stalled()
        async with asyncio.timeout(5):
            while not viewer.cut_off:  # noqa: ASYNC110 - what the server does, seen from outside
                await asyncio.sleep(0.01)


async def test_a_viewer_changes_streams_without_a_new_ticket(home: House, recorder: Recorder) -> None:
    recorder.record(2)
    Recorder(home.root, home.clock, stream="sub").record(2)
    async with watching(home.app, signed(home.clock)) as viewer:
        await started(viewer)
        viewer.say('{"type": "stream", "stream": "sub"}')
        async with asyncio.timeout(5):
            while "sub" not in str((message := await viewer.next()).get("text")):
                continue
        assert '"stream": "sub"' in message["text"]
    assert home.parts.hub._channels == {}


async def test_the_query_chooses_the_stream_at_the_start(home: House) -> None:
    Recorder(home.root, home.clock, stream="sub").record(2)
    async with watching(home.app, signed(home.clock), query="stream=sub") as viewer:
        assert (await started(viewer))["stream"] == "sub"
    async with watching(home.app, signed(home.clock), query="stream=../main") as viewer:
        assert (await viewer.refusal())["code"] == "invalid_stream"


async def test_junk_is_ignored_and_a_flood_of_it_ends_the_connection(home: House, recorder: Recorder) -> None:
    recorder.record(2)
    async with watching(home.app, signed(home.clock)) as viewer:
        await started(viewer)
        for text in (
            "",
            "x",
            "[]",
            "{}",
            '{"type": "stream"}',
            '{"type": "stream", "stream": 5}',
            "[" * 250,
            "9" * 5000,
        ):
            viewer.say(text)
        viewer.said.put_nowait({"type": "websocket.receive", "bytes": b"\0" * 1000})
        recorder.fragment()
        home.parts.hub.ring(CAMERA, "main")
        for _ in range(4):
            await viewer.data()
        for _ in range(200):
            viewer.say("x")
        assert await viewer.closed() == 1008


@pytest.mark.parametrize(
    "text", [None, "", "x", "null", "5", '{"type": "end"}', "{" * 200, '{"type": "stream", "stream": "x"}']
)
def test_only_the_one_known_message_means_something(text: str | None) -> None:
    assert wanted_stream(text) is None
    assert wanted_stream('{"type": "stream", "stream": "main"}') == "main"


async def test_a_full_house_refuses_without_burning_the_ticket(home: House) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(4):
            viewer = await stack.enter_async_context(watching(home.app, signed(home.clock)))
            assert (await viewer.next())["type"] == "websocket.accept"
            await viewer.text()
        ticket = signed(home.clock)
        async with watching(home.app, ticket) as one_more:
            assert await one_more.closed() == 1013
    async with watching(home.app, ticket) as viewer:
        assert (await viewer.next())["type"] == "websocket.accept"


async def test_nothing_starts_while_nobody_checks_rights(home: House) -> None:
    home.clock.sleep(16)
    ticket = signed(home.clock)
    async with watching(home.app, ticket) as viewer:
        problem = await viewer.refusal()
    assert (problem["status"], problem["code"]) == (503, "unchecked")
    home.warden_decides()
    async with watching(home.app, ticket) as viewer:
        assert (await viewer.next())["type"] == "websocket.accept"


async def test_one_streams_unreadable_file_does_not_end_its_viewers(
    home: House, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("haidang.gateway.live_hub._RETRY_S", 0.01)
    recorder.record(2)
    async with watching(home.app, signed(home.clock)) as viewer:
        await started(viewer)
        for _ in range(3):
            await viewer.data()
        recorder.fragment()
        [media] = home.root.glob("*/*/*/*.mp4")
        media.write_bytes(media.read_bytes()[:-1])
        home.parts.hub.ring(CAMERA, "main")
        home.clock.sleep(0.5)
        recorder.close()
        recorder.record(2)
        home.parts.hub.ring(CAMERA, "main")
        assert (await viewer.text())["type"] == "init"


async def test_a_group_without_end_is_not_kept_for_newcomers(
    home: House, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("haidang.gateway.live_hub.MAX_GROUP_BYTES", 1000)
    recorder.record(2)
    async with watching(home.app, signed(home.clock)) as viewer:
        await started(viewer)
        [channel] = home.parts.hub._channels.values()
        for _ in range(3):
            await viewer.data()
        assert channel._group == []
