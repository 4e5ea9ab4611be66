"""Anti-aliased drawing: Pillow at several times the size, reduced at the end.

Coordinates are in units of the caller's choice (pixels, metres); ``unit_px`` and ``origin`` map them. Colours are
RGB tuples of 0…255. Drawings end as float RGBA arrays, alpha 0…1, colours not premultiplied.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from haidang.simulator.lettering import font

__all__ = ["Array", "Brush", "Colour", "Point", "fractal", "mix", "smooth"]

Colour = tuple[float, float, float]
Point = tuple[float, float]
Array = NDArray[np.float32]


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """``a`` with ``share`` of ``b``."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def _ints(colour: Colour, alpha: int = 255) -> tuple[int, int, int, int]:
    r, g, b = (max(0, min(255, round(part))) for part in colour)
    return (r, g, b, alpha)


def smooth(points: Sequence[Point], steps: int = 10) -> list[Point]:
    """A Catmull-Rom curve through ``points``."""
    padded = [points[0], *points, points[-1]]
    curve: list[Point] = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3)
            x = sum(w * p[0] for w, p in zip(weights, (p0, p1, p2, p3), strict=True)) / 2
            y = sum(w * p[1] for w, p in zip(weights, (p0, p1, p2, p3), strict=True)) / 2
            curve.append((x, y))
    return [*curve, points[-1]]


def fractal(rng: np.random.Generator, width: int, height: int, cell: tuple[float, float], octaves: int = 4) -> Array:
    """Smooth noise of 0…1 whose largest features are ``cell`` pixels wide and high."""
    total = np.zeros((height, width), np.float32)
    weight = 1.0
    for octave in range(octaves):
        across = max(2, round(width * 2**octave / cell[0]) + 2)
        down = max(2, round(height * 2**octave / cell[1]) + 2)
        grid = Image.fromarray(rng.random((down, across), np.float32))
        total += weight * np.asarray(grid.resize((width, height), Image.Resampling.BICUBIC))
        weight /= 2
    low, high = total.min(), total.max()
    return np.asarray((total - low) / (high - low), np.float32)


class Brush:
    def __init__(
        self, width: int, height: int, *, unit_px: float = 1.0, origin: Point = (0, 0), sharpness: int = 3
    ) -> None:
        self.size = (width, height)
        self.sharpness = sharpness
        self._unit = unit_px * sharpness
        self._origin = (origin[0] * sharpness, origin[1] * sharpness)
        self._image = Image.new("RGBA", (width * sharpness, height * sharpness))
        self._draw = ImageDraw.Draw(self._image)

    def _at(self, points: Sequence[Point]) -> list[Point]:
        ox, oy = self._origin
        return [(x * self._unit + ox, y * self._unit + oy) for x, y in points]

    def polygon(self, points: Sequence[Point], fill: Colour) -> None:
        self._draw.polygon(self._at(points), fill=_ints(fill))

    def rect(self, x0: float, y0: float, x1: float, y1: float, fill: Colour) -> None:
        self.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], fill)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        self._draw.ellipse(self._at([(x - rx, y - ry), (x + rx, y + ry)]), fill=_ints(fill))

    def line(self, points: Sequence[Point], fill: Colour, width: float) -> None:
        self._draw.line(self._at(points), fill=_ints(fill), width=max(1, round(width * self._unit)), joint="curve")

    def text(self, x: float, y: float, text: str, size: float, fill: Colour, *, weight: str = "Bold") -> None:
        """Centred on (x, y), ``size`` units high."""
        face = font(max(4, round(size * self._unit)), weight)
        self._draw.text(self._at([(x, y)])[0], text, fill=_ints(fill), font=face, anchor="mm")

    def shaded(self, points: Sequence[Point], top: Colour, bottom: Colour) -> None:
        """A polygon with a vertical gradient."""
        mask, box = self._mask(points)
        if mask is None:
            return
        height = box[3] - box[1]
        share = np.linspace(0, 1, max(1, height), dtype=np.float32)[:, None, None]
        colours = np.array(top, np.float32) * (1 - share) + np.array(bottom, np.float32) * share
        column = np.clip(colours, 0, 255).astype(np.uint8).repeat(box[2] - box[0], axis=1)
        self._image.paste(Image.fromarray(column, "RGB"), box, mask)

    def glaze(self, points: Sequence[Point], colour: Colour, alpha: float, *, blur: float = 0) -> None:
        """A translucent polygon, for shadows and light; only over what is there already."""
        mask = Image.new("L", self._image.size)
        ImageDraw.Draw(mask).polygon(self._at(points), fill=round(255 * alpha))
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * self._unit))
        present = self._image.getchannel("A")
        self._image.paste(_ints(colour)[:3], (0, 0), ImageChops.multiply(mask, present))
        self._image.putalpha(present)
        self._draw = ImageDraw.Draw(self._image)

    def weathered(self, rng: np.random.Generator, amount: float, cell: Point) -> None:
        """Uneven the colours of everything drawn, as paint, rock and concrete are."""
        pixels = np.asarray(self._image).astype(np.float32)
        width, height = self._image.size
        grain = fractal(rng, width, height, (cell[0] * self._unit, cell[1] * self._unit), 5)
        pixels[..., :3] *= (1 - amount + 2 * amount * grain)[..., None]
        self._image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGBA")
        self._draw = ImageDraw.Draw(self._image)

    def _mask(self, points: Sequence[Point]) -> tuple[Image.Image | None, tuple[int, int, int, int]]:
        at = self._at(points)
        width, height = self._image.size
        x0, y0 = max(0, int(min(p[0] for p in at))), max(0, int(min(p[1] for p in at)))
        x1, y1 = min(width, int(max(p[0] for p in at)) + 1), min(height, int(max(p[1] for p in at)) + 1)
        if x1 <= x0 or y1 <= y0:
            return None, (0, 0, 0, 0)
        mask = Image.new("L", (x1 - x0, y1 - y0))
        ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in at], fill=255)
        return mask, (x0, y0, x1, y1)

    def rgba(self, shift: Point = (0, 0)) -> Array:
        """The drawing at its size, moved by ``shift`` (in steps of 1/sharpness px); colours not premultiplied."""
        image = self._image
        moved = (round(shift[0] * self.sharpness), round(shift[1] * self.sharpness))
        if moved != (0, 0):
            shifted = Image.new("RGBA", image.size)
            shifted.paste(image, moved)
            image = shifted
        premultiplied = image.convert("RGBa").reduce(self.sharpness)
        pixels = np.asarray(premultiplied).astype(np.float32)
        alpha = pixels[..., 3:] / 255
        pixels[..., :3] /= np.maximum(alpha, 1 / 255)
        pixels[..., 3] = alpha[..., 0]
        return pixels
