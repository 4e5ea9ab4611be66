"""Rain: streaks in the air and splashes below, a second of them in turn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from haidang.simulator.looptime import FPS
from haidang.simulator.scenes.planes import HEIGHT, WIDTH, Planes

__all__ = ["Rain"]

#: Streaks fade in below the strip, so that nothing there seems to come from behind it.
_CLEAR_ROWS = 110


class Rain:
    def __init__(self, rng: np.random.Generator, *, ground: int, streaks: int = 150, brightness: int = 34) -> None:
        self._drops = [self._one(rng, ground, streaks, brightness) for _ in range(FPS)]

    @staticmethod
    def _one(
        rng: np.random.Generator, ground: int, streaks: int, brightness: int
    ) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
        picture = Image.new("L", (WIDTH, HEIGHT))
        draw = ImageDraw.Draw(picture)
        for _ in range(streaks):
            x, y = rng.uniform(-40, WIDTH), rng.uniform(_CLEAR_ROWS, HEIGHT)
            length, light = rng.uniform(26, 90), rng.uniform(0.35, 1.0)
            draw.line(
                [(x, y), (x + length * 0.16, y + length)], fill=round(brightness * light), width=1 + (light > 0.8)
            )
        for _ in range(streaks):
            y = ground + (HEIGHT - ground) * rng.random() ** 0.7
            x, wide = rng.uniform(0, WIDTH), 2 + 14 * (y - ground) / (HEIGHT - ground)
            draw.ellipse([(x - wide, y - wide * 0.3), (x + wide, y + wide * 0.3)], outline=round(brightness * 0.8))
        lights = np.asarray(picture).reshape(-1)
        at = np.flatnonzero(lights)
        return at, lights[at]

    def lay(self, planes: Planes, index: int) -> None:
        at, lights = self._drops[index % FPS]
        luma = planes.y.reshape(-1)
        luma[at] = np.minimum(luma[at] + lights, 235)
