"""A scene: a loop of pictures and what is in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from haidang.simulator.scenes.planes import HEIGHT, WIDTH, Planes

__all__ = ["Scene", "scene"]


@dataclass(frozen=True, slots=True)
class Scene:
    key: str
    frames: int

    @property
    def label(self) -> str:
        return self.key

    def picture(self, index: int) -> Planes:
        y = np.zeros((HEIGHT, WIDTH), np.uint8)
        y[:] = np.linspace(60, 200, HEIGHT, dtype=np.uint8)[:, None]
        x = WIDTH * index // self.frames
        y[600:700, x : x + 100] = 220
        u = np.full((HEIGHT // 2, WIDTH // 2), 140, np.uint8)
        return Planes(y, u, np.full_like(u, 110))


def scene(key: str, frames: int) -> Scene:
    return Scene(key, frames)
