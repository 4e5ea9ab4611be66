"""What is done to the camera for the picture faults: a cloth over the lens, a knock, a focus gone."""

from __future__ import annotations

import numpy as np
from av.video.frame import VideoFrame

from haidang.simulator.scenes.planes import Planes
from haidang.simulator.variants import Form

__all__ = ["MOVED_TO", "spoil"]

#: What ``move`` leaves in view: left, top, width, height in main stream pixels, of which it fills the picture.
MOVED_TO = (608, 330, 1280, 720)


def spoil(planes: Planes, form: Form) -> Planes:
    """The picture as ``form`` shows it; ``planes`` itself for forms that only encode differently."""
    if form == "cover":
        return _covered(planes)
    if form == "move":
        return _moved(planes)
    if form == "blur":
        return _blurred(planes)
    return planes


def _covered(planes: Planes) -> Planes:
    """Dark, with a little light from one edge: what a cloth or a hand leaves."""
    height, width = planes.y.shape
    edge = np.linspace(34, 16, width).astype(np.uint8)
    luma = np.broadcast_to(edge, (height, width)) + (planes.y >> 5)
    return Planes(luma, np.full_like(planes.u, 128), np.full_like(planes.v, 132))


def _moved(planes: Planes) -> Planes:
    height, width = planes.y.shape
    x, y, wide, high = MOVED_TO
    part = Planes(
        planes.y[y : y + high, x : x + wide],
        planes.u[y // 2 : (y + high) // 2, x // 2 : (x + wide) // 2],
        planes.v[y // 2 : (y + high) // 2, x // 2 : (x + wide) // 2],
    )
    frame = VideoFrame.from_ndarray(part.packed(), format="yuv420p")
    return Planes.unpacked(np.asarray(frame.reformat(width, height, interpolation="BICUBIC").to_ndarray(), np.uint8))


def _blurred(planes: Planes) -> Planes:
    height, width = planes.y.shape
    frame = VideoFrame.from_ndarray(planes.packed(), format="yuv420p")
    small = frame.reformat(width // 30, height // 30, interpolation="AREA")
    soft = small.reformat(width, height, interpolation="BICUBIC")
    return Planes.unpacked(np.asarray(soft.to_ndarray(), np.uint8))
