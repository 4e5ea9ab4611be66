"""The picture that arrives now is the one that the ground truth speaks of, clock included."""

from __future__ import annotations

import asyncio

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.simulator.catalogue import by_id, cameras
from haidang.simulator.lettering import strip_luma
from haidang.simulator.options import Options
from haidang.simulator.scenes.places import scene
from haidang.simulator.server import serve
from haidang.simulator.truth import truth

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

_CAMERA = by_id("quy-nhon-cau-cang")
_LOOP_S = 4


def _first_keyframe(url: str) -> tuple[NDArray[np.uint8], WallUs]:
    """The main stream's first picture and when it had come."""
    with av.open(url, "r", options={"rtsp_transport": "tcp"}) as container:
        for packet in container.demux(video=0):
            if packet.is_keyframe and packet.pts:
                at = wall_clock()
                decoder = av.VideoCodecContext.create("h264", "r")
                frames = [*decoder.decode(packet), *decoder.decode(None)]
                return np.asarray(frames[0].to_ndarray(), np.uint8), at
    raise AssertionError("no keyframe came")


async def test_the_picture_that_arrives_is_the_one_that_is_due() -> None:
    shown = scene(_CAMERA.scene, 25 * _LOOP_S)
    async with serve(Options(cameras=cameras(1), port=0, loop_s=_LOOP_S)) as server:
        picture, at = await asyncio.to_thread(_first_keyframe, server.url(_CAMERA.id, "main"))
        told = server.truth(_CAMERA.id, at)
    assert told == truth(_CAMERA, at, loop_s=_LOOP_S)
    drawn = {index: shown.picture(index).y[60:1060:3, ::3].astype(int) for index in range(0, shown.frames, 2)}
    seen = picture[60:1060:3, ::3].astype(int)
    best = min(drawn, key=lambda index: float(np.abs(drawn[index] - seen).mean()))
    # Behind by the demuxer's delay and whatever keeps this machine busy, never ahead.
    assert (told.frame - best) % shown.frames <= 12 or (best - told.frame) % shown.frames <= 1
    clocks = [strip_luma(_CAMERA.name, WallUs(at - back * 1_000_000), 1920, 32) for back in (0, 1)]
    assert any(np.array_equal(picture[:32], clock) for clock in clocks)
