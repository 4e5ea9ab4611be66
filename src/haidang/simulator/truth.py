"""Ground truth: what is in the picture of a camera at an instant, exact with respect to what was drawn.

It holds for the plain form of a scene: a camera that is covered, moved or frozen shows something else. Where the
server's clock is moved, picture and truth agree again from the next full group on (channel.py).
"""

from __future__ import annotations

from haidang.core.units import WallUs
from haidang.simulator.catalogue import SimulatedCamera
from haidang.simulator.looptime import DEFAULT_LOOP_S, frame_at, loop_frames
from haidang.simulator.scenes.places import scene
from haidang.simulator.scenes.seen import Box, ObjectKind, SceneTruth, Seen, Weather

__all__ = ["Box", "ObjectKind", "SceneTruth", "Seen", "Weather", "truth"]


def truth(camera: SimulatedCamera, at: WallUs, *, loop_s: int = DEFAULT_LOOP_S) -> SceneTruth:
    """What ``camera`` shows at ``at``, to the picture. The first call for a scene draws it, which takes seconds."""
    frames = loop_frames(loop_s)
    shown = scene(camera.scene, frames)
    index = frame_at(camera.id, at, frames)
    return SceneTruth(index, shown.night, shown.weather, shown.seen(index))
