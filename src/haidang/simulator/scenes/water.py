"""Moving water: two layers of ripples sliding against each other, row by row, finer and slower further off.

Each row's pattern repeats after a whole number of pixels, and slides by a whole number of repeats in a loop, so
the loop has no seam. Where the light stands, crests glitter.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from haidang.simulator.scenes.brush import Array
from haidang.simulator.scenes.planes import WIDTH, Planes

__all__ = ["Water", "sun_path"]

_NOISE_U = 512


class Water:
    """Ripples over the rows ``top`` … ``bottom`` of a plate. ``glitter``: 0…1 for every pixel of those rows."""

    def __init__(
        self,
        rng: np.random.Generator,
        *,
        horizon: int,
        top: int,
        bottom: int,
        frames: int,
        ripple: float,
        glitter: Array | None = None,
    ) -> None:
        self._rows = slice(top, bottom)
        self._frames = frames
        depth = np.arange(top, bottom) - horizon + 6.0
        self._layers = [
            _SlidingRows(rng, depth, frames, period=1.5, sign=1),
            _SlidingRows(rng, depth, frames, period=1.1, sign=-1),
        ]
        swing = ripple * np.clip(0.30 + depth / 420, 0.3, 1.0)
        self._swing = (swing * 256 / 110).astype(np.int16)[:, None]
        self._glitter = None if glitter is None else (glitter * 255).astype(np.int16)
        self._sum = np.empty((bottom - top, WIDTH), np.int16)

    def lay(self, planes: Planes, index: int) -> None:
        """Ripple the luma; the chroma of water hardly changes with its slope."""
        first, second = (layer.at(index) for layer in self._layers)
        waves = np.add(first, second, out=self._sum, dtype=np.int16)
        rippled = waves * self._swing
        rippled >>= 8
        if self._glitter is not None:
            crests = np.maximum(waves, 34)
            crests -= 34
            crests *= 6
            crests = np.minimum(crests, 255)
            crests *= self._glitter >> 1
            crests >>= 7
            rippled += crests
        part = planes.y[self._rows]
        rippled += part
        part[...] = rippled.clip(16, 235)


class _SlidingRows:
    """Rows of noise that repeat after ``period`` times their depth and slide by one repeat in 16 s."""

    def __init__(
        self, rng: np.random.Generator, depth: NDArray[np.floating[Any]], frames: int, *, period: float, sign: int
    ) -> None:
        periods = np.rint(depth * period + 60).astype(int)
        repeats = max(1, round(frames / 400))
        self._periods = periods.tolist()
        self._steps = (sign * repeats * periods / frames).tolist()
        noise = _periodic_noise(rng)
        # Ripples are as high as a small share of their depth, so rows of noise follow its logarithm.
        down = np.log(depth / depth[0]) * (len(noise) - 2) / np.log(depth[-1] / depth[0])
        at = np.append(np.arange(_NOISE_U), _NOISE_U)
        self._rows = []
        for row, period_px in enumerate(self._periods):
            # Counted from the middle of the picture, where the view converges.
            u = ((np.arange(WIDTH + period_px) - WIDTH / 2) * (_NOISE_U / period_px)) % _NOISE_U
            low, share = int(down[row]), float(down[row] % 1)
            line = noise[low] * (1 - share) + noise[low + 1] * share
            self._rows.append(np.interp(u, at, np.append(line, line[0])).astype(np.int8))
        self._out = np.empty((len(periods), WIDTH), np.int8)

    def at(self, index: int) -> NDArray[np.int8]:
        out = self._out
        for row, (line, period, step) in enumerate(zip(self._rows, self._periods, self._steps, strict=True)):
            start = round(index * step) % period
            out[row] = line[start : start + WIDTH]
        return out


def _periodic_noise(rng: np.random.Generator) -> Array:
    """Rows × _NOISE_U of about -55…55, smooth, repeating across; every row differs from its neighbours a little."""
    height = 510
    noise = np.zeros((height, _NOISE_U), np.float32)
    for waves, weight in ((5, 1.0), (11, 0.9), (23, 0.6), (41, 0.35)):
        grid = rng.standard_normal((height // 3, waves)).astype(np.float32)
        spectrum = np.fft.rfft(grid, axis=1)
        wide = np.fft.irfft(spectrum, _NOISE_U, axis=1) * (_NOISE_U / waves)
        rows = np.linspace(0, height // 3 - 1, height)
        low = rows.astype(int)
        share = (rows - low)[:, None]
        noise += weight * (wide[low] * (1 - share) + wide[np.minimum(low + 1, height // 3 - 1)] * share)
    return np.asarray(np.clip(noise / noise.std() * 26, -58, 58), np.float32)


def sun_path(shape: tuple[int, int], x: float, spread: float) -> Array:
    """Glitter under a light that stands at column ``x``: a path that widens towards us."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    width = spread * (0.35 + 1.4 * rows / shape[0])
    fade = 1 - 0.7 * (rows / shape[0]) ** 1.5
    return np.asarray(np.exp(-(((columns - x) / width) ** 2)) * fade, np.float32)
