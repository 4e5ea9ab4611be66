"""Sky and the land far off: gradients, clouds, sun or moon, stars, hills."""

from __future__ import annotations

import numpy as np

from haidang.simulator.scenes.brush import Array, Colour, fractal
from haidang.simulator.scenes.mood import Mood
from haidang.simulator.scenes.planes import WIDTH

__all__ = ["hills", "sky"]


def _ramp(stops: tuple[Colour, ...], share: Array) -> Array:
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(share, at, [stop[part] for stop in stops]) for part in range(3)], -1).astype(np.float32)


def sky(mood: Mood, horizon: int, rng: np.random.Generator) -> Array:
    """RGB from the top down to the horizon."""
    rows = np.linspace(0, 1, horizon, dtype=np.float32)
    picture = np.broadcast_to(_ramp(mood.sky, rows**0.8)[:, None, :], (horizon, WIDTH, 3)).copy()
    if mood.night and mood.weather == "clear":
        _stars(picture, rng)
    if mood.sun_at is not None:
        _sun(picture, mood, horizon)
    # Clouds flatten towards the horizon: sample one noise ever more densely further down.
    noise = fractal(rng, WIDTH, 512, (700, 190), 6)
    depth = (1 / (1.12 - rows) - 1 / 1.12) / (1 / 0.12 - 1 / 1.12)
    flat = noise[np.clip((depth**0.6 * 511), 0, 511).astype(int)]
    cover = np.clip((flat - (1 - mood.clouds)) * 3.2, 0, 1) * np.clip(1.25 - rows, 0.15, 1)[:, None]
    shade = np.clip(1.06 - 0.28 * flat, 0.6, 1.1)[..., None]
    return np.asarray(picture + (np.array(mood.cloud) * shade - picture) * (cover * 0.85)[..., None], np.float32)


def _sun(picture: Array, mood: Mood, horizon: int) -> None:
    assert mood.sun_at is not None, "asked for only where it is seen"
    x, y = mood.sun_at * WIDTH, horizon * (0.34 if mood.night else 0.62)
    rows, columns = np.ogrid[:horizon, :WIDTH]
    away = np.sqrt((columns - x) ** 2 + (rows - y) ** 2)
    disc = 22 if mood.night else 34
    glow = np.exp(-away / (60 if mood.night else 210)) * (0.35 if mood.night else 0.75)
    light = np.maximum(np.clip(disc - away, 0, 2) / 2, glow)[..., None]
    picture += (np.array(mood.sun, np.float32) - picture) * light


def _stars(picture: Array, rng: np.random.Generator) -> None:
    horizon = picture.shape[0]
    for _ in range(190):
        row, column = int(rng.integers(40, horizon - 30)), int(rng.integers(1, WIDTH - 1))
        glow = rng.uniform(20, 150) * (1 - row / horizon)
        picture[row, column] += glow
        picture[row - 1 : row + 2, column - 1 : column + 2] += glow * 0.25


def hills(
    picture: Array,
    mood: Mood,
    rng: np.random.Generator,
    *,
    base: int,
    height: float,
    distance_m: float,
    colour: Colour,
    span: tuple[float, float] = (-0.1, 1.1),
    cell: float = 700,
) -> None:
    """A ridge of that height over the row ``base``, between two shares of the width, drawn into ``picture``."""
    columns = np.arange(WIDTH, dtype=np.float32)
    ridge = fractal(rng, WIDTH, 8, (cell, 8), 6)[4]
    left, right = span[0] * WIDTH, span[1] * WIDTH
    middle, reach = (left + right) / 2, (right - left) / 2
    shape = np.clip(1 - ((columns - middle) / reach) ** 2, 0, 1) ** 0.7
    tops = base - height * shape * (0.45 + 0.55 * ridge)
    top = int(tops.min())
    rows = np.arange(top, base, dtype=np.float32)[:, None]
    cover = np.clip(rows - tops[None, :] + 0.5, 0, 1)[..., None]
    relief = fractal(rng, WIDTH, base - top, (90, 40), 5)
    down = (rows - top) / max(1, base - top)
    tone = (0.72 + 0.5 * relief) * (1.08 - 0.22 * down)
    rgba = np.concatenate([np.array(colour, np.float32) * tone[..., None], cover], -1).astype(np.float32)
    lit = mood.light(rgba, distance_m)[..., :3]
    # Mist lies at the foot.
    mist = (np.clip(down - 0.55, 0, 1) * 0.5)[..., None]
    lit += (np.array(mood.haze, np.float32) - lit) * mist
    part = picture[top:base]
    part += (lit - part) * cover
