"""The concrete quay in the foreground and what lies about on it."""

from __future__ import annotations

import numpy as np

from haidang.simulator.scenes.brush import Brush, Colour, Point, mix
from haidang.simulator.scenes.planes import HEIGHT, WIDTH
from haidang.simulator.scenes.shore import bollard

__all__ = ["deck", "edge_at", "fittings", "puddles"]

_CONCRETE: Colour = (172, 168, 158)


def edge_at(edge: tuple[float, float], x: float) -> float:
    """The row of the quay's edge at column ``x``; ``edge`` gives it at the left and the right of the picture."""
    return edge[0] + (edge[1] - edge[0]) * x / WIDTH


def deck(brush: Brush, edge: tuple[float, float], face: float, colour: Colour = _CONCRETE) -> None:
    """The deck from its edge to the bottom of the picture, its joints and its striped kerb.

    ``face``: how far the wall below the kerb overhangs what lies behind, in pixels.
    """
    left, right = edge
    top = [(0.0, left), (float(WIDTH), right)]
    brush.shaded(
        [(0, left - 2), (WIDTH, right - 2), (WIDTH, right + face), (0, left + face)], (206, 202, 190), (150, 146, 136)
    )
    brush.shaded(
        [(0, left + face), (WIDTH, right + face), (WIDTH, HEIGHT), (0, HEIGHT)],
        mix(colour, (255, 255, 255), 0.06),
        mix(colour, (60, 60, 60), 0.22),
    )
    # Joints run towards the vanishing point and along the edge.
    for x in np.linspace(-1600, WIDTH + 1600, 22):
        start = WIDTH / 2 + (x - WIDTH / 2) * 0.46
        y = edge_at(edge, min(max(start, 0), WIDTH)) + face
        brush.line([(start, y), (WIDTH / 2 + (x - WIDTH / 2) * 1.35, HEIGHT + 40)], mix(colour, (0, 0, 0), 0.22), 2.2)
    for share in (0.10, 0.24, 0.44, 0.72):
        rows = [y + face + (HEIGHT - y) * share for _, y in top]
        brush.line([(0, rows[0]), (WIDTH, rows[1])], mix(colour, (0, 0, 0), 0.20), 2.2)
    for x in range(0, WIDTH, 60):
        first, second = edge_at(edge, x), edge_at(edge, x + 60)
        tone: Colour = (228, 186, 44) if x // 60 % 2 == 0 else (48, 48, 46)
        brush.polygon(
            [
                (x, first + face * 0.25),
                (x + 60, second + face * 0.25),
                (x + 60, second + face * 0.62),
                (x, first + face * 0.62),
            ],
            tone,
        )


def fittings(brush: Brush, edge: tuple[float, float], scale: float, columns: tuple[float, ...]) -> None:
    """Bollards along the edge, each with its rope over the side."""
    for x in columns:
        y = edge_at(edge, x) + 0.7 * scale
        over = edge_at(edge, x + 1.3 * scale)
        rope: list[Point] = [(x, y - 0.3 * scale), (x + 0.7 * scale, over + 0.1 * scale), (x + 1.3 * scale, over - 2)]
        brush.line(rope, (206, 190, 140), 0.09 * scale)
        bollard(brush, x, y, scale)


def puddles(brush: Brush, rng: np.random.Generator, edge: tuple[float, float], colour: Colour, count: int = 9) -> None:
    """Wet concrete."""
    for _ in range(count):
        x = rng.uniform(0, WIDTH)
        y = rng.uniform(edge_at(edge, x) + 70, HEIGHT - 20)
        wide = rng.uniform(60, 190) * (y / HEIGHT) ** 2
        points = [
            (x + wide * rng.uniform(0.75, 1.1) * np.cos(a), y + wide * 0.16 * rng.uniform(0.75, 1.1) * np.sin(a))
            for a in np.linspace(0, 2 * np.pi, 12)[:-1]
        ]
        brush.polygon([(float(px), float(py)) for px, py in points], colour)
