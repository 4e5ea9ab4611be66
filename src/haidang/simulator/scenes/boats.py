"""Wooden fishing boats of the central coast, seen from the side: blue hulls, eyes on the bow, the flag.

Drawn in metres from the stern at the waterline, y down; ``Boat.left`` turns the bow to the left without
mirroring what is written on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from haidang.simulator.scenes.brush import Array, Brush, Colour, Point, fractal, mix, smooth
from haidang.simulator.scenes.glow import Lamp, glow_over, with_reflection
from haidang.simulator.scenes.mood import Mood
from haidang.simulator.scenes.sprite import Sprite, sprite_of

__all__ = ["HULLS", "Boat", "basket_boat", "boat_sprite", "flag"]

HULLS: dict[str, tuple[Colour, Colour]] = {
    "blue": ((52, 120, 196), (24, 72, 138)),
    "deep": ((38, 84, 158), (18, 46, 98)),
    "teal": ((44, 142, 156), (20, 88, 104)),
    "green": ((52, 134, 104), (26, 82, 64)),
    "red": ((176, 62, 50), (112, 34, 30)),
}
_CABINS: tuple[tuple[Colour, Colour], ...] = (
    ((232, 236, 232), (40, 108, 172)),
    ((214, 228, 222), (168, 52, 44)),
    ((122, 184, 196), (236, 232, 220)),
    ((238, 224, 178), (44, 104, 150)),
)
_ABOVE_M, _BELOW_M, _ENDS_M = 9.2, 3.4, 1.6


@dataclass(frozen=True, slots=True)
class Boat:
    plate: str
    length_m: float = 16.0
    hull: str = "blue"
    #: squid: racks of lamps; trawler: gallows and nets; small: an open sampan with a roof.
    rig: Literal["squid", "trawler", "small"] = "trawler"
    left: bool = False
    cabin: int = 0


class _Pen:
    """A brush whose x axis may run either way, in units of a 16 m boat."""

    def __init__(self, boat: Boat, px_per_m: float, sharpness: int) -> None:
        self.unit = px_per_m * boat.length_m / 16
        width, height = round((16 + 2 * _ENDS_M + 0.8) * self.unit), round((_ABOVE_M + _BELOW_M) * self.unit)
        self.waterline = round(_ABOVE_M * self.unit)
        self.brush = Brush(
            width, height, unit_px=self.unit, origin=(_ENDS_M * self.unit, self.waterline), sharpness=sharpness
        )
        self._left = boat.left
        self.lamps: list[Point] = []

    def x(self, x: float) -> float:
        return 16.4 - x if self._left else x

    def points(self, points: Sequence[Point]) -> list[Point]:
        return [(self.x(x), y) for x, y in points]

    def polygon(self, points: Sequence[Point], fill: Colour) -> None:
        self.brush.polygon(self.points(points), fill)

    def shaded(self, points: Sequence[Point], top: Colour, bottom: Colour) -> None:
        self.brush.shaded(self.points(points), top, bottom)

    def box(self, x0: float, y0: float, x1: float, y1: float, top: Colour, *, bottom: Colour | None = None) -> None:
        self.shaded([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], top, bottom or mix(top, (0, 0, 0), 0.22))

    def line(self, points: Sequence[Point], fill: Colour, width: float) -> None:
        self.brush.line(self.points(points), fill, width)

    def disc(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        self.brush.ellipse(self.x(x), y, rx, ry, fill)


_SHEER: list[Point] = smooth(
    [(0, -1.95), (3, -1.62), (7, -1.42), (10.5, -1.62), (13.2, -2.25), (15.2, -3.1), (16.4, -3.95)]
)
_STEM: list[Point] = smooth([(16.4, -3.95), (15.7, -2.4), (14.9, -1.0), (14.0, 0.3)], 6)


def _hull(pen: _Pen, boat: Boat) -> None:
    top, bottom = HULLS[boat.hull]
    outline = [*_SHEER, *_STEM, (0.7, 0.3), (0.2, -0.7)]
    pen.shaded(outline, top, bottom)
    # Planking, then the tarred bottom, then the painted rails.
    for lift in (0.45, 0.8, 1.15):
        plank = [(x, y + lift + 0.02 * x) for x, y in _SHEER if x < 15.3 - lift * 0.55]
        pen.line(plank, mix(bottom, (0, 0, 0), 0.18), 0.035)
    pen.polygon([(0.45, -0.22), (14.25, -0.16), (14.0, 0.3), (0.7, 0.3)], (96, 40, 34))
    pen.line([(0.4, -0.24), (14.3, -0.18)], (226, 226, 216), 0.07)
    pen.line([(x, y + 0.30) for x, y in _SHEER if x < 15.6], (204, 54, 44), 0.13)
    pen.line([(x, y + 0.10) for x, y in _SHEER], (240, 202, 74), 0.16)
    pen.line([(x, y - 0.05) for x, y in _SHEER], (238, 236, 226), 0.12)
    pen.line(_STEM, mix(top, (255, 255, 255), 0.35), 0.12)
    for x in (2.2, 4.6, 7.0, 9.2):
        pen.disc(x, -0.95, 0.34, 0.40, (28, 28, 30))
        pen.disc(x, -0.95, 0.15, 0.19, (58, 58, 60))
    # The eye.
    pen.polygon(
        smooth([(13.35, -1.62), (13.95, -2.02), (14.65, -2.02), (14.3, -1.55), (13.8, -1.42), (13.35, -1.62)]),
        (196, 40, 36),
    )
    pen.disc(14.05, -1.73, 0.33, 0.24, (244, 244, 238))
    pen.disc(14.13, -1.73, 0.15, 0.17, (18, 18, 20))
    pen.brush.text(pen.x(11.6), -0.92, boat.plate, 0.66, (246, 246, 240))


def _cabin(pen: _Pen, boat: Boat) -> None:
    wall, trim = _CABINS[boat.cabin % len(_CABINS)]
    pen.box(1.2, -3.55, 6.1, -1.35, wall)
    pen.box(1.2, -2.0, 6.1, -1.35, trim)
    for x in (1.6, 2.65, 3.7, 4.75):
        pen.box(x, -3.2, x + 0.72, -2.42, (44, 58, 70), bottom=(72, 92, 104))
    pen.box(0.7, -3.72, 6.6, -3.5, mix(trim, (255, 255, 255), 0.15))
    pen.shaded([(3.0, -3.72), (3.15, -5.25), (5.85, -5.25), (6.2, -3.72)], wall, mix(wall, (0, 0, 0), 0.18))
    for x in (3.4, 4.25, 5.1):
        pen.box(x, -4.95, x + 0.62, -4.2, (38, 52, 66), bottom=(88, 110, 122))
    pen.box(2.7, -5.45, 6.4, -5.22, trim)
    pen.brush.text(pen.x(4.6), -3.96, boat.plate, 0.36, mix(trim, (0, 0, 0), 0.25))
    # Two basket boats on the roof, a tank, an aerial.
    pen.shaded(
        smooth([(0.75, -3.72), (0.9, -4.25), (1.7, -4.4), (2.5, -4.25), (2.65, -3.72)]), (150, 112, 70), (96, 66, 40)
    )
    pen.line([(0.8, -3.95), (2.6, -3.95)], (70, 48, 30), 0.06)
    pen.line([(5.9, -5.45), (5.9, -7.3)], (210, 210, 206), 0.05)
    pen.box(3.2, -5.85, 4.1, -5.45, (64, 116, 186))
    pen.lamps += [(6.3, -5.1), (2.2, -3.4), (4.6, -3.35)]


def _deck(pen: _Pen, boat: Boat) -> None:
    steel: Colour = (176, 150, 108)
    pen.line([(7.2, -1.5), (7.2, -8.2)], steel, 0.17)
    pen.line([(7.2, -3.2), (11.6, -5.4)], steel, 0.11)
    for far in ((0.4, -2.0), (15.9, -3.8), (11.6, -5.4)):
        pen.line([(7.2, -8.0), far], (70, 70, 74), 0.03)
    pen.line([(11.6, -5.4), (11.6, -2.4)], (80, 80, 84), 0.03)
    if boat.rig == "squid":
        for y in (-3.0, -3.62):
            pen.line([(7.4, y), (14.0, y - 0.25)], (150, 152, 156), 0.07)
        for x in np.arange(7.7, 14.0, 0.62):
            pen.line([(x, -1.6), (x, -3.8)], (150, 152, 156), 0.03)
            for y in (-2.72, -3.34):
                pen.disc(float(x), y, 0.17, 0.25, (248, 250, 240))
                pen.lamps.append((float(x), y))
    else:
        pen.line([(12.6, -2.0), (12.6, -4.4), (13.8, -4.6)], steel, 0.12)
        heap = smooth([(8.0, -1.4), (8.5, -2.35), (9.6, -2.6), (10.7, -2.2), (11.3, -1.55)])
        pen.shaded(heap, (62, 122, 96), (34, 70, 58))
        for x, colour in ((8.6, (238, 150, 60)), (9.3, (240, 240, 232)), (9.9, (238, 150, 60)), (10.4, (226, 70, 56))):
            pen.disc(x, -2.25 - 0.1 * (x % 0.7), 0.13, 0.13, colour)
        pen.lamps.append((12.7, -4.3))
    for x, colour in ((6.35, (52, 104, 178)), (11.7, (52, 104, 178)), (12.1, (226, 224, 214))):
        pen.box(x, -2.45 - 0.12 * (x - 6), x + 0.48, -1.6 - 0.12 * (x - 6), colour)
    pen.lamps.append((7.2, -7.8))


def _flag_on(pen: _Pen, x: float, y: float, size: float) -> None:
    flag(pen.brush, pen.x(x), y, size if not pen.points([(1, 0)])[0][0] > 8 else -size)


def flag(brush: Brush, x: float, y: float, size: float) -> None:
    """The national flag flying from (x, y) to the side that ``size`` points to."""
    wave = [(x, y), (x + size * 0.5, y - abs(size) * 0.06), (x + size, y + abs(size) * 0.05)]
    lower = [(px, py + abs(size) * 0.64) for px, py in reversed(wave)]
    brush.polygon([*smooth(wave, 5), *smooth(lower, 5)], (218, 37, 29))
    centre, ray = (x + size * 0.5, y + abs(size) * 0.30), abs(size) * 0.20
    star = []
    for corner in range(10):
        reach = ray if corner % 2 == 0 else ray * 0.40
        angle = np.pi * corner / 5 - np.pi / 2
        star.append((centre[0] + reach * float(np.cos(angle)), centre[1] + reach * float(np.sin(angle))))
    brush.polygon(star, (255, 222, 40))


def _small(pen: _Pen, boat: Boat) -> None:
    wall, trim = _CABINS[boat.cabin % len(_CABINS)]
    for x in (3.0, 7.4):
        pen.line([(x, -1.4), (x, -3.9)], (130, 110, 84), 0.14)
    pen.shaded(smooth([(2.4, -3.7), (3.2, -4.3), (7.2, -4.3), (8.0, -3.7)], 6), trim, mix(trim, (0, 0, 0), 0.25))
    pen.box(3.0, -2.5, 5.6, -1.4, wall)
    pen.shaded(smooth([(9.0, -1.5), (9.8, -2.3), (11.4, -2.2), (12.2, -1.8)]), (56, 116, 150), (30, 66, 92))
    pen.line([(12.8, -2.0), (12.8, -6.0)], (160, 140, 104), 0.12)
    pen.lamps += [(5.0, -3.5), (12.8, -5.8)]


def boat_sprite(
    boat: Boat,
    mood: Mood,
    *,
    px_per_m: float,
    distance_m: float,
    axis: Literal["x", "y"],
    seed: int,
    wake: bool = False,
) -> Sprite:
    """Anchored at the waterline amidships; ``wake``: under way, with foam at bow and stern."""
    pen = _Pen(boat, px_per_m, 4 if px_per_m < 30 else 3)
    if boat.rig != "small":
        _cabin(pen, boat)
    _deck(pen, boat) if boat.rig != "small" else _small(pen, boat)
    _hull(pen, boat)
    _flag_on(pen, 7.25 if boat.rig != "small" else 12.8, -8.2 if boat.rig != "small" else -6.0, 1.5)
    pen.brush.weathered(np.random.default_rng(seed), 0.10, (1.6, 0.5))
    pen.brush.glaze(pen.points([(0.2, -1.0), (14.6, -0.9), (14.0, 0.3), (0.7, 0.3)]), (10, 22, 40), 0.22, blur=0.25)
    lamps = [
        Lamp(
            (pen.x(x) + _ENDS_M) * pen.unit,
            pen.waterline + y * pen.unit,
            max(5.0, (2.0 if boat.rig == "squid" and x > 7.3 else 1.3) * pen.unit),
            (226, 255, 236) if boat.rig == "squid" and x > 7.3 else (255, 222, 160),
            0.75,
        )
        for x, y in pen.lamps
    ]

    def finish(rgba: Array) -> Array:
        lit = with_reflection(mood.light(rgba, distance_m), pen.waterline + max(1, round(0.28 * pen.unit)))
        if wake:
            _foam(lit, pen, boat, mood)
        return glow_over(lit, lamps, pen.waterline + round(0.3 * pen.unit)) if mood.night else lit

    return sprite_of(pen.brush, finish, anchor=(pen.brush.size[0] // 2, pen.waterline), axis=axis)


def _foam(rgba: Array, pen: _Pen, boat: Boat, mood: Mood) -> None:
    """White water along the hull, thrown up at the bow and trailing at the stern."""
    height, width = rgba.shape[:2]
    rng = np.random.default_rng(round(pen.unit * 1000))
    top = pen.waterline + round(0.02 * pen.unit)
    rows = (np.arange(height - top) / pen.unit).astype(np.float32)[:, None]
    along = (np.arange(width) / pen.unit - _ENDS_M).astype(np.float32)[None, :]
    along = 16.4 - along if boat.left else along
    reach = 0.22 + 0.35 * np.exp(-(((along - 13.6) / 1.2) ** 2)) + 0.05 * np.clip(9 - along, 0, 12)
    ends = np.clip((14.9 - along) / 0.8, 0, 1) * np.clip((along + 1.5) / 2.5, 0, 1)
    noise = fractal(rng, width, height - top, (1.1 * pen.unit, 0.16 * pen.unit), 4)
    share = np.clip((noise - 0.38 - 0.28 * rows / reach) * 3.2, 0, 0.9) * np.clip(1.25 - rows / reach, 0, 1) * ends
    part = rgba[top:]
    alpha = part[..., 3]
    total = alpha + share - alpha * share
    white = np.array([232, 240, 240], np.float32) * np.array(mood.tint, np.float32)
    ink = part[..., :3] * (alpha * (1 - share))[..., None] + white * share[..., None]
    part[..., :3] = ink / np.maximum(total, 1e-4)[..., None]
    part[..., 3] = total


def basket_boat(mood: Mood, *, px_per_m: float, distance_m: float, rower: bool, afloat: bool = True) -> Sprite:
    """A round woven boat, anchored at the middle of its foot."""
    width, above, below = round(3.4 * px_per_m), round(2.4 * px_per_m), round(1.2 * px_per_m)
    brush = Brush(width, above + below, unit_px=px_per_m, origin=(1.7 * px_per_m, above), sharpness=4)
    if rower:
        brush.line([(0.1, -0.4), (0.1, -1.0)], (60, 70, 96), 0.42)
        brush.line([(0.1, -0.95), (0.1, -1.45)], (196, 120, 60), 0.46)
        brush.line([(0.2, -1.35), (0.75, -1.0), (1.25, 0.0)], (190, 150, 104), 0.10)
        brush.line([(0.9, -1.2), (1.45, 0.3)], (120, 92, 60), 0.09)
        brush.ellipse(0.1, -1.66, 0.16, 0.18, (184, 138, 100))
        brush.polygon([(-0.42, -1.66), (0.1, -2.05), (0.62, -1.66)], (224, 202, 150))
    bowl = smooth([(-1.25, -0.55), (-1.1, -0.1), (-0.6, 0.18), (0, 0.24), (0.6, 0.18), (1.1, -0.1), (1.25, -0.55)])
    brush.shaded(bowl, (146, 108, 66), (78, 54, 34))
    for lift in (0.0, 0.22):
        brush.line([(-1.15 + lift, -0.32 + lift), (1.15 - lift, -0.32 + lift)], (98, 70, 42), 0.04)
    brush.ellipse(0, -0.55, 1.25, 0.20, (104, 74, 46))
    brush.ellipse(0, -0.52, 1.05, 0.14, (58, 42, 28))
    if rower:
        brush.line([(0.1, -0.5), (0.1, -0.85)], (60, 70, 96), 0.42)

    def finish(rgba: Array) -> Array:
        lit = mood.light(rgba, distance_m)
        return with_reflection(lit, above + round(0.14 * px_per_m), 0.4) if afloat else lit

    return sprite_of(brush, finish, anchor=(width // 2, above), axis="x")
