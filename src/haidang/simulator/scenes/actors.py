"""What moves: where each thing is at each picture of the loop. Every path ends where it began, or out of sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import pi, sin

from haidang.simulator.looptime import FPS
from haidang.simulator.scenes.people import STRIDE
from haidang.simulator.scenes.seen import ObjectKind
from haidang.simulator.scenes.sprite import Sprite

__all__ = ["Actor", "Pose", "bobbing", "crossing", "pacing", "standing"]


@dataclass(frozen=True, slots=True)
class Pose:
    sprite: Sprite
    x: float
    y: float
    moving: bool


@dataclass(frozen=True, slots=True)
class Actor:
    """``depth``: the row where it stands; larger is nearer and drawn later. No kind: scenery, not in the truth."""

    depth: float
    pose: Callable[[int], Pose | None]
    kind: ObjectKind | None = None
    plate: str = ""


def standing(sprite: Sprite, x: float, y: float) -> Callable[[int], Pose]:
    pose = Pose(sprite, x, y, moving=False)
    return lambda _: pose


def bobbing(
    sprite: Sprite, x: float, y: float, *, frames: int, swing_px: float, period_s: float, phase: float
) -> Callable[[int], Pose]:
    """At anchor: up and down a whole number of times in a loop."""
    times = max(1, round(frames / FPS / period_s))

    def pose(index: int) -> Pose:
        return Pose(sprite, x, y + swing_px * sin(2 * pi * (times * index / frames + phase)), moving=False)

    return pose


def crossing(
    sprite: Sprite, x0: float, x1: float, y: float, *, frames: int, share: tuple[float, float] = (0.0, 1.0)
) -> Callable[[int], Pose | None]:
    """From x0 to x1 at one speed during that share of the loop (which may run over its end); not there otherwise."""
    length = (share[1] - share[0]) * frames

    def pose(index: int) -> Pose | None:
        at = (index - share[0] * frames) % frames
        if at >= length:
            return None
        lift = 0.8 * sin(2 * pi * at / FPS / 2.6)
        return Pose(sprite, x0 + (x1 - x0) * at / length, y + lift, moving=True)

    return pose


def pacing(
    there: Sequence[Sprite],
    back: Sequence[Sprite],
    x: float,
    y: float,
    *,
    frames: int,
    px_per_m: float,
    speed: float,
    phase: float,
) -> Callable[[int], Pose]:
    """A person who walks, waits, comes back and waits; ``speed`` in m/s, negative to the left first."""
    walk, wait = 0.40 * frames, 0.10 * frames
    step_px = speed * px_per_m / FPS
    stride_px = 1.35 * px_per_m / STRIDE

    def pose(index: int) -> Pose:
        at = (index + phase * frames) % frames
        if at < walk:
            gone, sprites = at * step_px, there
        elif at < walk + wait:
            return Pose(there[-1], x + walk * step_px, y, moving=False)
        elif at < 2 * walk + wait:
            gone, sprites = (2 * walk + wait - at) * step_px, back
        else:
            return Pose(back[-1], x, y, moving=False)
        walked = abs(gone) if sprites is there else abs(walk * step_px - gone)
        return Pose(sprites[int(walked / stride_px) % STRIDE], x + gone, y, moving=True)

    return pose
