"""A scene: a loop of pictures and what is in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from haidang.simulator.scenes.actors import Actor
from haidang.simulator.scenes.planes import HEIGHT, WIDTH, Planes
from haidang.simulator.scenes.seen import Box, Seen, Weather

__all__ = ["Over", "Scene"]

#: Nothing above is ever seen: the main stream's strip and the guard below it (encoding.py).
_FIRST_ROW = 36
_SMALLEST_PX = 4


class Over(Protocol):
    """Something laid over a picture of the loop: water, rain."""

    def lay(self, planes: Planes, index: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Scene:
    key: str
    #: The name of the camera that it was made for.
    label: str
    frames: int
    night: bool
    weather: Weather
    plate: Planes
    water: Over | None
    actors: tuple[Actor, ...]
    rain: Over | None

    def picture(self, index: int) -> Planes:
        planes = self.plate.copy()
        if self.water:
            self.water.lay(planes, index)
        for actor in self.actors:
            pose = actor.pose(index)
            if pose:
                pose.sprite.lay(planes, pose.x, pose.y)
        if self.rain:
            self.rain.lay(planes, index)
        return planes

    def seen(self, index: int) -> tuple[Seen, ...]:
        """The objects in that picture, furthest first; boxes are whole, whatever stands before them."""
        found = []
        for actor in self.actors:
            pose = actor.pose(index)
            if pose is None or actor.kind is None:
                continue
            x0, y0, x1, y1 = pose.sprite.box(pose.x, pose.y)
            box = Box(max(0, x0), max(_FIRST_ROW, y0), min(WIDTH, x1), min(HEIGHT, y1))
            if box.x1 - box.x0 < _SMALLEST_PX or box.y1 - box.y0 < _SMALLEST_PX:
                continue
            found.append(Seen(actor.kind, box, actor.plate, pose.moving))
        return tuple(found)
