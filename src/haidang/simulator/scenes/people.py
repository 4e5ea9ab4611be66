"""People at work: walking, standing, carrying; conical hats, baskets, shoulder poles."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np

from haidang.simulator.scenes.brush import Array, Brush, Colour, Point
from haidang.simulator.scenes.mood import Mood
from haidang.simulator.scenes.sprite import Sprite, sprite_from

__all__ = ["STRIDE", "Look", "person_sprites"]

#: Pictures of one double step.
STRIDE = 12


@dataclass(frozen=True, slots=True)
class Look:
    shirt: Colour = (206, 84, 60)
    trousers: Colour = (52, 60, 84)
    hat: bool = True
    #: What is carried: "", basket (on the shoulder), pole (two baskets).
    load: str = ""


_SKIN: Colour = (178, 128, 92)


def _limb(brush: Brush, start: Point, upper: float, lower: float, size: tuple[float, float, Colour]) -> Point:
    """Two joined parts swinging by these angles; gives the end."""
    length, width, colour = size
    knee = (start[0] + sin(upper) * length, start[1] + cos(upper) * length)
    foot = (knee[0] + sin(lower) * length, knee[1] + cos(lower) * length)
    brush.line([start, knee, foot], colour, width)
    return foot


def _draw(brush: Brush, look: Look, swing: float | None) -> None:
    """``swing``: where in the double step, 0…2π; None stands."""
    lift = 0.0 if swing is None else 0.03 * abs(sin(swing))
    stride = 0.0 if swing is None else 0.48
    hip, neck = (0.0, -0.86 - lift), (0.03, -1.42 - lift)
    at = swing or 0.0
    darker: Colour = (look.trousers[0] * 0.75, look.trousers[1] * 0.75, look.trousers[2] * 0.75)
    for phase, colour in ((pi, darker), (0.0, look.trousers)):
        upper = stride * sin(at + phase)
        bend = 0.55 * max(0.0, cos(at + phase)) * (swing is not None)
        foot = _limb(brush, hip, upper, upper - bend, (0.43, 0.17, colour))
        brush.line([foot, (foot[0] + 0.14, foot[1])], (40, 36, 34), 0.08)
    raised = look.load == "basket"
    back_arm = -stride * 0.8 * sin(at + pi)
    _limb(brush, (0.0, neck[1] + 0.06), back_arm, back_arm + 0.3, (0.29, 0.10, _SKIN))
    brush.line([hip, (0.02, -1.1 - lift), neck], look.shirt, 0.33)
    if raised:
        brush.line([(0.04, neck[1] + 0.06), (0.30, -1.5 - lift), (0.16, -1.86 - lift)], _SKIN, 0.10)
    else:
        _limb(brush, (0.04, neck[1] + 0.06), -stride * 0.8 * sin(at), 0.3 - stride * 0.8 * sin(at), (0.29, 0.11, _SKIN))
    head = (0.06, -1.58 - lift)
    brush.ellipse(head[0], head[1], 0.12, 0.15, _SKIN)
    if look.hat:
        brush.polygon([(-0.27, head[1] - 0.03), (0.06, head[1] - 0.30), (0.39, head[1] - 0.03)], (230, 210, 160))
    else:
        brush.ellipse(head[0] - 0.01, head[1] - 0.06, 0.13, 0.11, (30, 26, 26))
    _draw_load(brush, look, lift)


def _draw_load(brush: Brush, look: Look, lift: float) -> None:
    if look.load == "basket":
        y = -1.92 - lift
        brush.polygon([(-0.22, y - 0.26), (0.42, y - 0.26), (0.34, y), (-0.14, y)], (58, 128, 190))
        brush.ellipse(0.10, y - 0.26, 0.32, 0.09, (196, 206, 214))
    if look.load == "pole":
        brush.line([(-0.85, -1.30 - lift), (0.05, -1.46 - lift), (0.95, -1.30 - lift)], (150, 112, 66), 0.06)
        for x in (-0.82, 0.92):
            for side in (-0.2, 0.2):
                brush.line([(x, -1.3 - lift), (x + side, -0.62 - lift)], (110, 90, 60), 0.03)
            brush.polygon(
                [
                    (x - 0.27, -0.62 - lift),
                    (x + 0.27, -0.62 - lift),
                    (x + 0.18, -0.38 - lift),
                    (x - 0.18, -0.38 - lift),
                ],
                (168, 126, 78),
            )
            brush.ellipse(x, -0.62 - lift, 0.27, 0.08, (196, 204, 210))


def person_sprites(look: Look, mood: Mood, *, px_per_m: float, left: bool, distance_m: float = 0) -> list[Sprite]:
    """``STRIDE`` steps of walking and one of standing, anchored between the feet."""
    half, above, below = round(1.35 * px_per_m), round(2.3 * px_per_m), round(0.2 * px_per_m) + 2
    sprites = []
    for step in (*range(STRIDE), None):
        brush = Brush(2 * half, above + below, unit_px=px_per_m, origin=(half, above), sharpness=5)
        _draw(brush, look, None if step is None else 2 * pi * step / STRIDE)
        rgba = brush.rgba()
        lit = mood.light(rgba[:, ::-1] if left else rgba, distance_m)
        _shadow(lit, half, above, px_per_m)
        sprites.append(sprite_from(lit, anchor=(half, above)))
    return sprites


def _shadow(rgba: Array, x: float, y: float, px_per_m: float) -> None:
    """On the ground under the feet."""
    rows, columns = np.ogrid[: rgba.shape[0], : rgba.shape[1]]
    away = ((columns - x - 0.15 * px_per_m) / (0.55 * px_per_m)) ** 2 + ((rows - y) / (0.13 * px_per_m)) ** 2
    share = (np.clip(1.15 - away, 0, 1) * 0.36).astype(np.float32) * (1 - rgba[..., 3])
    total = rgba[..., 3] + share
    rgba[..., :3] *= (rgba[..., 3] / np.maximum(total, 1e-4))[..., None]
    rgba[..., 3] = total
