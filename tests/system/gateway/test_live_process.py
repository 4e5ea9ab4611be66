"""Live from a real gateway process: what is written arrives, ends end, and the process comes back from anything."""

from __future__ import annotations

import asyncio
import json
import signal
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gateway.cast import COOKIE
from haidang.core.units import WallUs
from system.gateway.gateway_host import GatewayHost, RealTimeRecorder, gateway_host, now, ticket, written_at

pytestmark = pytest.mark.system
AN = {"Cookie": f"hd_viewer={COOKIE}"}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GatewayHost]:
    with gateway_host(tmp_path, warden_timeout_s=3.0, viewer_queue_bytes=300_000) as running:
        yield running


@asynccontextmanager
async def watching(host: GatewayHost, text: str = "", **options: object) -> AsyncIterator[ClientConnection]:
    async with connect(host.live + (text or ticket()), additional_headers=AN, **options) as viewer:  # type: ignore[arg-type]
        yield viewer


async def fragments(viewer: ClientConnection, count: int) -> list[bytes]:
    found: list[bytes] = []
    async with asyncio.timeout(20):
        while len(found) < count:
            message = await viewer.recv()
            if isinstance(message, bytes) and b"moof" in message[:8]:
                found.append(message)
    return found


async def until_end(viewer: ClientConnection) -> tuple[str, int, float]:
    """The reason that was given, the close code, and when."""
    reason = ""
    try:
        async with asyncio.timeout(20):
            while True:
                message = await viewer.recv()
                if isinstance(message, str) and json.loads(message)["type"] == "end":
                    reason = json.loads(message)["reason"]
    except ConnectionClosed as closed:
        return reason, closed.rcvd.code if closed.rcvd else 0, time.monotonic()


async def test_every_fragment_arrives_in_order_across_a_rotation(host: GatewayHost) -> None:
    with RealTimeRecorder(host).recording() as recorder:
        async with watching(host) as viewer:
            got = await fragments(viewer, 5)
            recorder.rotate()
            arrived = []
            for _ in range(15):
                got += await fragments(viewer, 1)
                arrived.append(now() - written_at(got[-1]))
    stamps = [written_at(fragment) for fragment in got]
    assert stamps == sorted(set(stamps))
    assert max(b - a for a, b in pairwise(stamps)) < 2 * 200_000 + 400_000  # none left out
    print(f"written → received: p50 {statistics.median(arrived) / 1000:.1f} ms, most {max(arrived) / 1000:.1f} ms")


async def test_an_order_of_the_warden_takes_effect_at_once(host: GatewayHost) -> None:
    with RealTimeRecorder(host).recording():
        async with watching(host) as viewer:
            await fragments(viewer, 1)
            [stream] = host.ask(op="list")["streams"]
            ordered = time.monotonic()
            assert host.ask(op="end", streams={stream["stream_id"]: "grant_ended"}) == {"ended": [stream["stream_id"]]}
            reason, code, ended = await until_end(viewer)
    assert (reason, code) == ("grant_ended", 4403)
    assert ended - ordered < 2
    print(f"order → closed at the viewer: {(ended - ordered) * 1000:.0f} ms")


async def test_streams_end_when_the_warden_is_silent_and_start_again_when_it_asks(host: GatewayHost) -> None:
    with RealTimeRecorder(host).recording():
        async with watching(host) as viewer:
            await fragments(viewer, 1)
            host.asking = False
            assert (await until_end(viewer))[:2] == ("unchecked", 1012)
        with pytest.raises(InvalidStatus) as refused:
            async with watching(host):
                pass
        assert refused.value.response.status_code == 503
        host.ask(op="end", streams={})
        async with watching(host) as viewer:
            await fragments(viewer, 1)


async def test_a_ticket_ends_its_stream_to_the_second(host: GatewayHost) -> None:
    with RealTimeRecorder(host).recording():
        ends_at = WallUs(now() + 2_000_000)
        async with watching(host, ticket(ends_at=ends_at)) as viewer:
            reason, code, _ = await until_end(viewer)
    assert (reason, code) == ("ticket_ended", 4401)
    assert abs(now() - ends_at) < 1_000_000


async def test_sigterm_tells_viewers_and_exits_in_order(host: GatewayHost) -> None:
    with RealTimeRecorder(host).recording():
        async with watching(host) as viewer:
            await fragments(viewer, 1)
            began = time.monotonic()
            code, end = await asyncio.gather(asyncio.to_thread(host.stop), until_end(viewer))
    assert code == 0
    assert end[:2] == ("shutdown", 1012)
    assert time.monotonic() - began < 3
    assert not (host.home / "run/gateway.sock").exists()


async def test_after_a_kill_it_comes_back_and_old_tickets_stay_used(host: GatewayHost) -> None:
    with RealTimeRecorder(host).recording():
        used = ticket()
        async with watching(host, used) as viewer:
            await fragments(viewer, 1)
            await asyncio.to_thread(host.stop, signal.SIGKILL)
            assert (await until_end(viewer))[0] == ""
        await asyncio.to_thread(host.start)
        assert host.ask(op="list") == {"streams": []}
        assert len(list((host.home / "run/doorbell").iterdir())) == 1
        with pytest.raises(InvalidStatus) as refused:
            async with watching(host, used):
                pass
        assert refused.value.response.status_code == 403
        async with watching(host) as viewer:
            await fragments(viewer, 3)


async def test_a_second_gateway_gives_way_and_the_first_serves_on(host: GatewayHost) -> None:
    second = GatewayHost(host.home, host.port)
    with pytest.raises(AssertionError, match="couldn't listen"):
        second.start_beside()
    assert host.ask(op="list") == {"streams": []}
    with RealTimeRecorder(host).recording():
        async with watching(host) as viewer:
            await fragments(viewer, 1)


async def test_a_slow_viewer_skips_to_a_keyframe_and_is_told(host: GatewayHost) -> None:
    with RealTimeRecorder(host, fragment_bytes=200_000).recording():
        async with watching(host, max_queue=1) as viewer:
            await fragments(viewer, 1)
            await asyncio.sleep(6)  # takes nothing
            told = None
            async with asyncio.timeout(20):
                while told is None:
                    message = await viewer.recv()
                    if isinstance(message, str) and json.loads(message)["type"] == "skipped":
                        told = json.loads(message)["fragments"]
            [newest] = await fragments(viewer, 1)
    assert told > 0
    print(f"skipped {told} fragments; then {(now() - written_at(newest)) / 1e6:.1f} s behind")


async def test_two_hundred_viewers_share_one_stream_and_memory_stays_flat(host: GatewayHost) -> None:
    with RealTimeRecorder(host, fragment_bytes=10_000).recording():
        async with AsyncExitStack() as stack:
            viewers = [await stack.enter_async_context(watching(host, compression=None)) for _ in range(200)]
            await asyncio.gather(*(fragments(viewer, 5) for viewer in viewers))
            before = host.rss_kb()
            await asyncio.gather(*(fragments(viewer, 25) for viewer in viewers))
            after = host.rss_kb()
            assert len(host.ask(op="list")["streams"]) == 200
        print(f"200 viewers: {before // 1024} MB, 5 s later {after // 1024} MB")
    assert after - before < 8 * 1024
    async with asyncio.timeout(5):
        while host.ask(op="list")["streams"]:  # noqa: ASYNC110 - what the server does, seen from outside
            await asyncio.sleep(0.1)


async def test_the_log_names_no_ticket_and_no_cookie(host: GatewayHost) -> None:
    text = ticket()
    with RealTimeRecorder(host).recording():
        async with watching(host, text) as viewer:
            await fragments(viewer, 1)
        with pytest.raises(InvalidStatus):
            async with watching(host, text):
                pass
    host.stop()
    assert text not in host.log
    assert COOKIE not in host.log
    assert not host.crashes, host.log
