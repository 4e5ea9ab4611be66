"""What is in a picture, in words and pixels.

Boxes are in pixels of the main stream (1920×1080); ``SceneTruth.scaled(3)`` gives those of the sub stream.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["Box", "ObjectKind", "SceneTruth", "Seen", "Weather"]

ObjectKind = Literal["boat", "basket_boat", "person", "vehicle"]
Weather = Literal["clear", "cloudy", "rain", "fog"]


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels: x0 ≤ x < x1, y0 ≤ y < y1, already cut to the visible picture."""

    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True)
class Seen:
    kind: ObjectKind
    box: Box
    #: Registration such as ``BĐ-97991-TS`` for boats and vehicles that show one; else "".
    plate: str
    moving: bool


@dataclass(frozen=True, slots=True)
class SceneTruth:
    frame: int
    night: bool
    weather: Weather
    objects: tuple[Seen, ...]

    def scaled(self, divisor: int) -> SceneTruth:
        """The same for a picture ``divisor`` times smaller."""
        return replace(self, objects=tuple(replace(seen, box=_shrunk(seen.box, divisor)) for seen in self.objects))


def _shrunk(box: Box, divisor: int) -> Box:
    return Box(box.x0 // divisor, box.y0 // divisor, -(-box.x1 // divisor), -(-box.y1 // divisor))
