"""What stands on land: quay and its goods, sheds, lamps, cranes, trucks; drawn in place, in pixels, into a brush.

Sizes are in metres times ``m`` (pixels per metre where the thing stands).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from haidang.simulator.scenes.brush import Brush, Colour, Point, mix, smooth

__all__ = [
    "bollard",
    "crane",
    "crates",
    "gate",
    "house_row",
    "lamp_post",
    "lighthouse",
    "net_heap",
    "palm",
    "rocks",
    "shed",
    "towers",
    "truck",
    "umbrella",
]

_CRATES: tuple[Colour, ...] = ((44, 104, 178), (58, 128, 196), (206, 66, 52), (236, 236, 230), (66, 142, 92))
_WALLS: tuple[Colour, ...] = ((236, 228, 210), (214, 220, 224), (226, 196, 150), (170, 204, 212), (240, 240, 236))
_ROOFS: tuple[Colour, ...] = ((168, 78, 58), (120, 64, 54), (86, 110, 132), (154, 96, 70))


def bollard(brush: Brush, x: float, y: float, m: float) -> None:
    brush.ellipse(x, y, 0.34 * m, 0.12 * m, (44, 44, 46))
    brush.shaded(
        [(x - 0.2 * m, y), (x - 0.17 * m, y - 0.5 * m), (x + 0.17 * m, y - 0.5 * m), (x + 0.2 * m, y)],
        (92, 94, 98),
        (48, 48, 52),
    )
    brush.ellipse(x, y - 0.52 * m, 0.27 * m, 0.11 * m, (112, 114, 118))


def crates(brush: Brush, x: float, y: float, m: float, rng: np.random.Generator, *, wide: int, high: int) -> None:
    """A stack of fish crates; the foot at (x, y) is its left front corner."""
    width, height, depth = 0.78 * m, 0.36 * m, 0.22 * m
    brush.polygon(
        [
            (x - 0.1 * m, y + 0.05 * m),
            (x + wide * width + 0.6 * m, y + 0.05 * m),
            (x + wide * width + 0.2 * m, y - 0.25 * m),
            (x, y - 0.25 * m),
        ],
        (78, 80, 80),
    )
    for column in range(wide):
        for level in range(max(1, high - int(rng.integers(0, 2)))):
            colour = _CRATES[int(rng.integers(len(_CRATES)))]
            left, foot = x + column * width, y - level * height
            top = foot - height * 0.94
            brush.shaded(
                [(left, top), (left + width * 0.95, top), (left + width * 0.95, foot), (left, foot)],
                colour,
                mix(colour, (0, 0, 0), 0.3),
            )
            brush.polygon(
                [
                    (left, top),
                    (left + depth * 0.6, top - depth * 0.6),
                    (left + width * 0.95 + depth * 0.6, top - depth * 0.6),
                    (left + width * 0.95, top),
                ],
                mix(colour, (255, 255, 255), 0.28),
            )
            brush.rect(
                left + 0.1 * width,
                top + 0.3 * height,
                left + 0.85 * width,
                top + 0.42 * height,
                mix(colour, (0, 0, 0), 0.35),
            )


def net_heap(brush: Brush, x: float, y: float, m: float, colour: Colour = (58, 118, 92)) -> None:
    heap = smooth(
        [(x - 1.6 * m, y), (x - 1.1 * m, y - 0.6 * m), (x, y - 0.95 * m), (x + 1.2 * m, y - 0.5 * m), (x + 1.7 * m, y)]
    )
    brush.shaded(heap, colour, mix(colour, (0, 0, 0), 0.5))
    for step in range(9):
        at = x + (step - 4) * 0.3 * m
        brush.ellipse(
            at,
            y - (0.75 - 0.045 * (step - 4) ** 2) * m,
            0.09 * m,
            0.09 * m,
            ((238, 148, 58), (240, 238, 230), (222, 70, 56))[step % 3],
        )


def lamp_post(brush: Brush, x: float, y: float, m: float, *, arm: float = 1.6, high: float = 7.5) -> Point:
    """Gives the place of the lamp."""
    brush.line([(x, y), (x, y - high * m)], (126, 130, 134), 0.16 * m)
    tip = (x + arm * m, y - (high + 0.35) * m)
    brush.line(smooth([(x, y - high * m), (x + arm * 0.4 * m, y - (high + 0.32) * m), tip]), (126, 130, 134), 0.11 * m)
    brush.rect(tip[0] - 0.35 * m, tip[1] - 0.05 * m, tip[0] + 0.35 * m, tip[1] + 0.12 * m, (206, 208, 204))
    return (tip[0], tip[1] + 0.15 * m)


def shed(brush: Brush, x: float, y: float, m: float, *, long_m: float, high_m: float, sign: str, wall: Colour) -> None:
    """An open hall of the port: columns, roof, a sign; the foot's left end at (x, y)."""
    right, top = x + long_m * m, y - high_m * m
    brush.shaded([(x, top), (right, top), (right, y), (x, y)], (58, 64, 68), (92, 96, 96))
    brush.shaded(
        [(x, top), (right, top), (right, top + 0.32 * high_m * m), (x, top + 0.32 * high_m * m)],
        wall,
        mix(wall, (0, 0, 0), 0.15),
    )
    for column in np.linspace(x, right, max(3, round(long_m / 4.5))):
        brush.rect(column - 0.18 * m, top, column + 0.18 * m, y, (206, 204, 196))
    brush.shaded(
        [(x - 0.8 * m, top), (x + 0.6 * m, top - 1.5 * m), (right - 0.6 * m, top - 1.5 * m), (right + 0.8 * m, top)],
        (196, 86, 66),
        (150, 60, 48),
    )
    for rib in np.arange(x, right, 0.8 * m):
        brush.line([(rib, top), (rib + 0.04 * m, top - 1.45 * m)], (160, 66, 52), 0.05 * m)
    if sign:
        brush.text((x + right) / 2, top + 0.17 * high_m * m, sign, 0.19 * high_m * m, (178, 32, 28))


def truck(brush: Brush, x: float, y: float, m: float, *, body: Colour, plate: str, left: bool = False) -> None:
    """A refrigerated truck of 7 m; the middle of its foot at (x, y)."""

    def at(px: float) -> float:
        return x + (-px if left else px) * m

    def quad(x0: float, y0: float, x1: float, y1: float) -> list[Point]:
        return [(at(x0), y - y0 * m), (at(x1), y - y0 * m), (at(x1), y - y1 * m), (at(x0), y - y1 * m)]

    brush.polygon(quad(-3.9, 0.12, 3.9, -0.2), (70, 70, 68))
    brush.shaded(quad(-3.6, 3.25, 1.4, 0.85), body, mix(body, (0, 0, 0), 0.2))
    brush.polygon(quad(-3.6, 1.25, 1.4, 1.05), (40, 96, 168))
    brush.text(at(-1.1), y - 2.25 * m, "HẢI SẢN ĐÔNG LẠNH", 0.42 * m, (40, 96, 168))
    cab = [
        (at(1.5), y - 2.75 * m),
        (at(2.85), y - 2.75 * m),
        (at(3.5), y - 1.75 * m),
        (at(3.6), y - 0.6 * m),
        (at(1.5), y - 0.6 * m),
    ]
    brush.shaded(cab, (226, 228, 230), (168, 172, 176))
    brush.polygon(
        [(at(2.0), y - 2.55 * m), (at(2.8), y - 2.55 * m), (at(3.3), y - 1.75 * m), (at(2.0), y - 1.75 * m)],
        (48, 66, 80),
    )
    brush.polygon(quad(-3.6, 0.85, 3.6, 0.6), (54, 56, 58))
    brush.text(at(2.75), y - 1.15 * m, plate, 0.26 * m, (20, 20, 20))
    for wheel in (-2.5, -1.55, 2.45):
        brush.ellipse(at(wheel), y - 0.48 * m, 0.48 * m, 0.48 * m, (26, 26, 28))
        brush.ellipse(at(wheel), y - 0.48 * m, 0.22 * m, 0.22 * m, (120, 122, 126))


def crane(brush: Brush, x: float, y: float, m: float, colour: Colour = (216, 120, 48)) -> None:
    """A ship-to-shore gantry, its boom over the water to the right."""
    shade = mix(colour, (0, 0, 0), 0.25)
    for leg in (-5, 5):
        brush.line([(x + leg * m, y), (x + leg * 0.8 * m, y - 22 * m)], colour, 1.0 * m)
    brush.line([(x - 5 * m, y - 8 * m), (x + 5 * m, y - 8 * m)], shade, 0.8 * m)
    brush.line([(x - 12 * m, y - 22 * m), (x + 30 * m, y - 22 * m)], colour, 1.3 * m)
    brush.line([(x, y - 22 * m), (x + 1 * m, y - 34 * m)], colour, 0.9 * m)
    for far in (-11, 16, 28):
        brush.line([(x + 1 * m, y - 34 * m), (x + far * m, y - 22 * m)], shade, 0.4 * m)
    brush.rect(x + 7 * m, y - 21.4 * m, x + 9.5 * m, y - 19 * m, (230, 230, 226))


def towers(
    brush: Brush, span: tuple[float, float], y: float, m: float, rng: np.random.Generator
) -> list[tuple[float, float, float, float]]:
    """A town: houses and blocks of flats; gives its windows."""
    x, end = span
    windows = []
    heights, odds = [7, 10, 14, 18, 26, 40], [0.3, 0.25, 0.2, 0.12, 0.09, 0.04]
    while x < end:
        wide, high = rng.uniform(8, 22) * m, float(rng.choice(heights, p=odds)) * m
        wall = mix(_WALLS[int(rng.integers(len(_WALLS)))], (150, 160, 168), 0.25)
        brush.shaded([(x, y - high), (x + wide, y - high), (x + wide, y), (x, y)], wall, mix(wall, (90, 96, 100), 0.35))
        if high < 11 * m:
            roof = _ROOFS[int(rng.integers(len(_ROOFS)))]
            brush.polygon(
                [(x - 0.6 * m, y - high), (x + wide / 2, y - high - 2.6 * m), (x + wide + 0.6 * m, y - high)], roof
            )
        for row in np.arange(y - high + 1.6 * m, y - 1.5 * m, 3.0 * m):
            for column in np.arange(x + 1.2 * m, x + wide - 1.2 * m, 2.6 * m):
                windows.append((float(column), float(row), float(column) + 1.2 * m, float(row) + 1.5 * m))
                brush.rect(*windows[-1], (92, 112, 128))
        x += wide + rng.uniform(-1, 5) * m
    return windows


def house_row(brush: Brush, span: tuple[float, float], y: float, m: float, rng: np.random.Generator) -> None:
    """Low houses and trees of a fishing village."""
    x, end = span
    while x < end:
        if rng.random() < 0.45:
            size = rng.uniform(2.2, 4.6) * m
            green: Colour = (52 + rng.uniform(-12, 16), 98 + rng.uniform(-16, 20), 54)
            for _ in range(5):
                brush.ellipse(
                    x + rng.uniform(-0.6, 0.6) * size,
                    y - rng.uniform(0.4, 1.1) * size,
                    size * 0.55,
                    size * 0.45,
                    mix(green, (0, 0, 0), rng.uniform(0, 0.3)),
                )
            x += size
            continue
        wide, high = rng.uniform(5, 11) * m, rng.uniform(3.2, 7) * m
        wall = _WALLS[int(rng.integers(len(_WALLS)))]
        brush.shaded([(x, y - high), (x + wide, y - high), (x + wide, y), (x, y)], wall, mix(wall, (0, 0, 0), 0.2))
        roof = _ROOFS[int(rng.integers(len(_ROOFS)))]
        brush.polygon(
            [
                (x - 0.7 * m, y - high),
                (x + wide * 0.2, y - high - 2 * m),
                (x + wide * 0.8, y - high - 2 * m),
                (x + wide + 0.7 * m, y - high),
            ],
            roof,
        )
        for pane in np.arange(x + 0.8 * m, x + wide - 1.2 * m, 2.4 * m):
            brush.rect(pane, y - high * 0.72, pane + 1.1 * m, y - high * 0.36, (66, 84, 98))
        x += wide + rng.uniform(0, 4) * m


def lighthouse(brush: Brush, x: float, y: float, m: float) -> Point:
    """Gives the place of the light."""

    def ring(low: float, high: float, colour: Colour) -> None:
        def half(level: float) -> float:
            return (1.7 - 0.055 * level) * m

        brush.shaded(
            [
                (x - half(high), y - high * m),
                (x + half(high), y - high * m),
                (x + half(low), y - low * m),
                (x - half(low), y - low * m),
            ],
            mix(colour, (255, 255, 255), 0.1),
            mix(colour, (0, 0, 0), 0.12),
        )

    for band in range(5):
        ring(band * 2.4, band * 2.4 + 2.4, (214, 50, 42) if band % 2 == 0 else (240, 240, 236))
    brush.rect(x - 1.6 * m, y - 12.4 * m, x + 1.6 * m, y - 12 * m, (70, 72, 76))
    brush.rect(x - 0.85 * m, y - 14.2 * m, x + 0.85 * m, y - 12.4 * m, (196, 214, 214))
    brush.polygon([(x - 1.2 * m, y - 14.2 * m), (x, y - 15.8 * m), (x + 1.2 * m, y - 14.2 * m)], (190, 44, 38))
    return (x, y - 13.3 * m)


def rocks(brush: Brush, points: list[Point], m: float, rng: np.random.Generator, *, high_m: float = 2.4) -> None:
    """A mole of stones and tetrapods along the line ``points`` (its foot)."""
    for (xa, ya), (xb, yb) in pairwise(points):
        count = max(3, round(abs(xb - xa) / (0.75 * m)))
        for level in range(4):
            for step in range(count):
                share = (step + rng.uniform(0, 1)) / count
                x, y = (
                    xa + (xb - xa) * share,
                    ya + (yb - ya) * share - level * 0.27 * high_m * m + rng.uniform(-0.2, 0.2) * m,
                )
                size = rng.uniform(0.6, 1.15) * m * (1 - 0.1 * level)
                grey = rng.uniform(84, 138) + 12 * level
                stone = [
                    (
                        x + size * rng.uniform(0.75, 1.1) * np.cos(a),
                        y + size * 0.72 * rng.uniform(0.75, 1.1) * np.sin(a),
                    )
                    for a in np.linspace(0, 2 * np.pi, 7)[:-1]
                ]
                brush.shaded(stone, (grey * 1.18, grey * 1.15, grey * 1.06), (grey * 0.5, grey * 0.52, grey * 0.52))


def palm(brush: Brush, x: float, y: float, m: float, rng: np.random.Generator, *, lean: float) -> None:
    """A coconut palm of 11 m."""
    top = (x + lean * m, y - 11 * m)
    trunk = smooth([(x, y), (x + lean * 0.25 * m, y - 4.5 * m), (x + lean * 0.62 * m, y - 8.5 * m), top])
    brush.line(trunk, (116, 98, 76), 0.42 * m)
    for step in range(0, len(trunk), 3):
        brush.line(
            [(trunk[step][0] - 0.2 * m, trunk[step][1]), (trunk[step][0] + 0.2 * m, trunk[step][1])],
            (86, 72, 56),
            0.07 * m,
        )
    for angle in np.linspace(-2.9, -0.25, 9) + rng.uniform(-0.12, 0.12, 9):
        green: Colour = (58 + rng.uniform(-14, 22), 112 + rng.uniform(-22, 26), 52)
        reach, sag = rng.uniform(3.2, 4.3) * m, 2.6 * m
        spine = [
            (top[0] + np.cos(angle) * reach * t, top[1] + np.sin(angle) * reach * t * 0.8 + sag * t * t)
            for t in np.linspace(0, 1, 12)
        ]
        brush.line(spine, mix(green, (0, 0, 0), 0.25), 0.1 * m)
        for step, (px, py) in enumerate(spine[1:]):
            leaf = (1.15 - 0.07 * step) * m
            for side in (-0.35, 0.35):
                brush.line(
                    [(px, py), (px + side * leaf, py + leaf * 0.85)],
                    mix(green, (255, 255, 180), 0.07 * (side > 0)),
                    0.13 * m,
                )
    for nut in (-0.35, 0.0, 0.35):
        brush.ellipse(top[0] + nut * m, top[1] + 0.45 * m, 0.22 * m, 0.26 * m, (96, 112, 50))


def umbrella(brush: Brush, x: float, y: float, m: float, colour: Colour) -> None:
    """A market umbrella, its foot at (x, y)."""
    brush.line([(x, y), (x, y - 2.7 * m)], (130, 130, 132), 0.08 * m)
    for part in range(4):
        left, right = x + (part - 2) * 0.75 * m, x + (part - 1) * 0.75 * m
        tone = colour if part % 2 == 0 else (240, 238, 228)
        brush.shaded([(x, y - 3.3 * m), (right, y - 2.35 * m), (left, y - 2.35 * m)], tone, mix(tone, (0, 0, 0), 0.18))


def gate(brush: Brush, x: float, y: float, m: float, sign: str) -> None:
    """The port's gate: two pillars, a beam with the name, a guard's hut; the road passes between."""
    for side in (-5.2, 5.2):
        brush.shaded(
            [
                (x + (side - 0.6) * m, y - 6.2 * m),
                (x + (side + 0.6) * m, y - 6.2 * m),
                (x + (side + 0.6) * m, y),
                (x + (side - 0.6) * m, y),
            ],
            (226, 214, 188),
            (168, 156, 134),
        )
        brush.rect(x + (side - 0.75) * m, y - 6.5 * m, x + (side + 0.75) * m, y - 6.15 * m, (150, 62, 48))
    brush.shaded(
        [
            (x - 6.4 * m, y - 7.7 * m),
            (x + 6.4 * m, y - 7.7 * m),
            (x + 6.4 * m, y - 6.4 * m),
            (x - 6.4 * m, y - 6.4 * m),
        ],
        (34, 92, 170),
        (22, 66, 130),
    )
    brush.text(x, y - 7.05 * m, sign, 0.78 * m, (252, 240, 200))
    hut = x + 7.1 * m
    brush.shaded(
        [(hut, y - 2.9 * m), (hut + 3.2 * m, y - 2.9 * m), (hut + 3.2 * m, y), (hut, y)],
        (238, 232, 214),
        (196, 188, 168),
    )
    brush.rect(hut + 0.4 * m, y - 2.2 * m, hut + 2.8 * m, y - 1.1 * m, (62, 92, 112))
    brush.polygon(
        [(hut - 0.5 * m, y - 2.9 * m), (hut + 1.6 * m, y - 4.0 * m), (hut + 3.7 * m, y - 2.9 * m)], (168, 70, 54)
    )
