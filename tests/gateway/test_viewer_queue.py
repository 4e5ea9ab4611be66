"""A viewer's queue: bounded, and whole from a keyframe on after any loss."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st
from starlette.websockets import WebSocket

from haidang.gateway.live_tail import Init, Piece
from haidang.gateway.viewer import Viewer

INIT = Init('{"type": "init"}', b"init")
KEY, DELTA = Piece(b"K" * 10, keyframe=True), Piece(b"d" * 10, keyframe=False)


def a_viewer(limit: int = 50) -> Viewer:
    return Viewer(limit_bytes=limit, monotonic=lambda: 0.0)


def queued(viewer: Viewer) -> list[str]:
    def shown(item: Init | Piece | str) -> str:
        if isinstance(item, Piece):
            return chr(item.data[0])
        return "init" if isinstance(item, Init) else item

    return [shown(item) for item in viewer._queue]


def give(viewer: Viewer, *items: Init | Piece) -> None:
    for item in items:
        viewer.give(item)


async def test_a_newcomer_starts_at_a_keyframe_with_its_init() -> None:
    viewer = a_viewer()
    give(viewer, INIT, DELTA, DELTA, KEY, DELTA)
    assert queued(viewer) == ["init", "K", "d"]


async def test_a_full_queue_is_emptied_and_goes_on_at_the_next_keyframe_with_a_count() -> None:
    viewer = a_viewer(limit=40)
    give(viewer, INIT, KEY, DELTA, DELTA, DELTA)
    give(viewer, DELTA, DELTA, KEY, DELTA)
    assert queued(viewer) == ['{"type": "skipped", "fragments": 6}', "init", "K", "d"]


async def test_a_keyframe_that_finds_the_queue_full_is_itself_the_start() -> None:
    viewer = a_viewer(limit=30)
    give(viewer, INIT, KEY, DELTA, DELTA, KEY)
    assert queued(viewer) == ['{"type": "skipped", "fragments": 3}', "init", "K"]


async def test_one_fragment_larger_than_the_limit_still_goes_out() -> None:
    viewer = a_viewer(limit=5)
    give(viewer, INIT, KEY)
    assert queued(viewer) == ["init", "K"]


async def test_a_new_file_waits_for_its_keyframe() -> None:
    viewer = a_viewer(limit=1000)
    give(viewer, INIT, KEY, INIT, DELTA, KEY)
    assert queued(viewer) == ["init", "K", "init", "K"]


@given(st.lists(st.sampled_from([INIT, KEY, DELTA, DELTA]), max_size=60), st.integers(10, 100))
def test_never_more_bytes_than_the_limit_and_never_a_delta_without_its_keyframe(
    items: list[Init | Piece], limit: int
) -> None:
    async def play() -> None:
        viewer = a_viewer(limit)
        for item in [INIT, *items]:
            viewer.give(item)
            shown = queued(viewer)
            assert viewer._queued_bytes == 10 * sum(text in ("K", "d") for text in shown) <= limit
            first = next((text for text in shown if text in ("K", "d")), "K")
            assert first == "K"

    asyncio.run(play())


class Peer:
    """A WebSocket that takes nothing until it is told to."""

    def __init__(self) -> None:
        self.taking = asyncio.Event()
        self.got: asyncio.Queue[object] = asyncio.Queue()

    async def send_text(self, text: str) -> None:
        await self.taking.wait()
        self.got.put_nowait(text)

    async def send_bytes(self, data: bytes) -> None:
        await self.taking.wait()
        self.got.put_nowait(data)


async def test_everything_is_sent_in_order() -> None:
    viewer, peer = a_viewer(), Peer()
    peer.taking.set()
    pump = viewer.pump(cast("WebSocket", peer))
    give(viewer, INIT, KEY)
    viewer.tell("gap")
    viewer.give(DELTA)
    got = [await asyncio.wait_for(peer.got.get(), 5) for _ in range(5)]
    assert got == [INIT.text, INIT.segment, KEY.data, "gap", DELTA.data]
    assert got[2] is KEY.data  # one bytes object for all viewers
    pump.cancel()


async def test_an_end_does_not_wait_for_a_peer_that_takes_nothing() -> None:
    viewer = a_viewer()
    pump = viewer.pump(cast("WebSocket", Peer()))
    give(viewer, INIT, KEY)
    await asyncio.sleep(0)
    viewer.end("session_ended")
    await asyncio.wait({pump}, timeout=5)
    assert pump.cancelled()
    assert viewer.end_reason == "session_ended"


async def test_a_peer_that_takes_nothing_for_long_is_given_up() -> None:
    now = [0.0]
    viewer = Viewer(limit_bytes=50, monotonic=lambda: now[0])
    pump: asyncio.Task[Any] = viewer.pump(cast("WebSocket", Peer()))
    give(viewer, INIT, KEY)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    now[0] = 14.9
    viewer.end_if_stalled(15)
    assert not viewer.stalled
    now[0] = 15.1
    viewer.end_if_stalled(15)
    await asyncio.wait({pump}, timeout=5)
    assert viewer.stalled
