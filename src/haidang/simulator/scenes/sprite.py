"""A drawing ready to be laid into pictures, at quarter-pixel steps in one direction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from haidang.simulator.scenes.brush import Array, Brush
from haidang.simulator.scenes.planes import Plane, Planes, from_rgb

__all__ = ["Sprite", "sprite_from", "sprite_of"]

Weights = NDArray[np.uint16]
Finish = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class _Layer:
    """One plane: ``plane * keep / 256 + ink``."""

    ink: Weights
    keep: Weights

    def over(self, plane: Plane, x: int, y: int) -> None:
        height, width = self.ink.shape
        x0, y0 = max(0, x), max(0, y)
        x1, y1 = min(plane.shape[1], x + width), min(plane.shape[0], y + height)
        if x1 <= x0 or y1 <= y0:
            return
        part = (slice(y0 - y, y1 - y), slice(x0 - x, x1 - x))
        under = plane[y0:y1, x0:x1]
        blended = under * self.keep[part]
        blended >>= 8
        blended += self.ink[part]
        under[...] = blended


def _halved(plane: Array) -> Array:
    height, width = plane.shape[0] // 2, plane.shape[1] // 2
    return np.asarray(plane[: height * 2, : width * 2].reshape(height, 2, width, 2).mean(axis=(1, 3)), np.float32)


def _layers(rgba: Array) -> tuple[_Layer, _Layer, _Layer]:
    alpha = rgba[..., 3]
    luma, cb, cr = from_rgb(rgba[..., :3])
    half = _halved(alpha)
    made = []
    for plane, opaque in ((luma * alpha, alpha), (_halved(cb * alpha), half), (_halved(cr * alpha), half)):
        keep = np.rint((1 - opaque) * 256).astype(np.uint16)
        made.append(_Layer(np.rint(plane).clip(0, 255).astype(np.uint16), keep))
    return made[0], made[1], made[2]


@dataclass(frozen=True, slots=True)
class Sprite:
    """``body``: the box, relative to the sprite's corner, of what is an object (no reflection, no glow)."""

    steps: tuple[tuple[_Layer, _Layer, _Layer], ...]
    axis: Literal["x", "y"]
    body: tuple[int, int, int, int]
    #: Added to the place it is laid at, so that callers name the point where an object stands.
    anchor: tuple[int, int]

    def place(self, x: float, y: float) -> tuple[int, int, int]:
        """Corner and step for the anchor at (x, y)."""
        along = (x if self.axis == "x" else y) * len(self.steps)
        whole, step = divmod(round(along), len(self.steps))
        left, top = (whole, round(y)) if self.axis == "x" else (round(x), whole)
        return left - self.anchor[0], top - self.anchor[1], step

    def lay(self, planes: Planes, x: float, y: float) -> None:
        left, top, step = self.place(x, y)
        luma, cb, cr = self.steps[step]
        luma.over(planes.y, left, top)
        cb.over(planes.u, left // 2, top // 2)
        cr.over(planes.v, left // 2, top // 2)

    def box(self, x: float, y: float) -> tuple[int, int, int, int]:
        left, top, _ = self.place(x, y)
        x0, y0, x1, y1 = self.body
        return left + x0, top + y0, left + x1, top + y1


def _solid(alpha: Array) -> tuple[int, int, int, int]:
    """The box of what is at least half opaque."""
    rows, columns = np.flatnonzero((alpha > 0.5).any(axis=1)), np.flatnonzero((alpha > 0.5).any(axis=0))
    if not len(rows):
        return (0, 0, 0, 0)
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def sprite_from(
    rgba: Array, *, anchor: tuple[int, int] = (0, 0), body: tuple[int, int, int, int] | None = None
) -> Sprite:
    """A sprite at whole pixels."""
    return Sprite((_layers(rgba),), "x", body or _solid(rgba[..., 3]), anchor)


def sprite_of(
    brush: Brush, finish: Finish, *, anchor: tuple[int, int], axis: Literal["x", "y"], steps: int | None = None
) -> Sprite:
    """A sprite of a drawing; ``finish`` adds what is no part of the object (light, haze, reflection)."""
    count = brush.sharpness if steps is None else steps
    shifts = [(step / brush.sharpness, 0.0) if axis == "x" else (0.0, step / brush.sharpness) for step in range(count)]
    drawn = [brush.rgba(shift) for shift in shifts]
    return Sprite(tuple(_layers(finish(one)) for one in drawn), axis, _solid(drawn[0][..., 3]), anchor)
