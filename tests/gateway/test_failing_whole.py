"""What may not fail half: the clock that ends streams, and leaving a channel."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from gateway.cast import house
from haidang.gateway import server
from haidang.gateway.live_hub import LiveHub
from haidang.gateway.viewer import Viewer


class BrokenHub(LiveHub):
    def end_stalled(self) -> None:
        raise KeyError("bug")


async def test_a_clock_that_fails_stops_the_gateway(tmp_path: Path) -> None:
    stopped = asyncio.Event()
    with house(tmp_path) as home:
        parts = replace(home.parts, hub=BrokenHub(tmp_path, home.clock, gap_after_s=2))
        await asyncio.wait_for(server._tick(parts, stopped.set), 5)
    assert stopped.is_set()


async def test_two_sites_with_a_camera_of_one_name_are_left_one_after_the_other(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        hub = home.parts.hub
        first, second = (Viewer(limit_bytes=50, monotonic=home.clock.monotonic) for _ in range(2))
        hub.join(first, "de-gi", "cau-cang", "main")
        hub.join(second, "quy-nhon", "cau-cang", "main")
        hub.leave(second)
        hub.leave(first)
        assert len(hub) == 0
        await asyncio.sleep(0.01)
