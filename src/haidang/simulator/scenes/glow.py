"""Light that things give off and water gives back, added to a finished drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from haidang.simulator.scenes.brush import Array, Colour

__all__ = ["Lamp", "glow_over", "lit_by", "with_reflection"]


@dataclass(frozen=True, slots=True)
class Lamp:
    """Pixels of the drawing it belongs to."""

    x: float
    y: float
    radius: float
    colour: Colour = (255, 236, 190)
    strength: float = 1.0


def _over(rgba: Array, colour: Array, share: Array) -> None:
    """Lay light of that colour over the drawing, making clear parts of it shine too."""
    alpha = rgba[..., 3]
    total = alpha + share - alpha * share
    ink = rgba[..., :3] * (alpha * (1 - share))[..., None] + colour * share[..., None]
    rgba[..., :3] = ink / np.maximum(total, 1e-4)[..., None]
    rgba[..., 3] = total


def glow_over(rgba: Array, lamps: Sequence[Lamp], waterline: int | None = None) -> Array:
    """The drawing with its lamps on; below the waterline each draws a streak."""
    lit = rgba.copy()
    height, width = lit.shape[:2]
    rows, columns = np.ogrid[:height, :width]
    for lamp in lamps:
        away = np.sqrt((columns - lamp.x) ** 2 + (rows - lamp.y) ** 2) / lamp.radius
        halo = np.clip(np.exp(-away * 2.6) * 0.85 - 0.03, 0, 1) * lamp.strength
        core = np.clip(1.3 - away * 7, 0, 1)
        share = np.clip(np.maximum(halo, core), 0, 1).astype(np.float32)
        if waterline is not None:
            share[waterline:] = 0
            below = rows[waterline:] - waterline
            spread = lamp.radius * (0.10 + 0.0010 * below)
            streak = np.exp(-(((columns - lamp.x) / spread) ** 2)) * np.exp(-below / (lamp.radius * 2.2))
            broken = 0.62 + 0.38 * np.sin(below * 0.9 + np.sin(below * 0.37) * 2.3)
            share[waterline:] = np.clip(streak * broken * 0.62 * lamp.strength, 0, 1)
        _over(lit, np.array(lamp.colour, np.float32), share)
    return lit


def lit_by(picture: Array, lamps: Sequence[Lamp], strength: float = 0.5) -> None:
    """Light ``picture`` (RGB) around lamps: brightens what is there instead of veiling it."""
    rows, columns = np.ogrid[: picture.shape[0], : picture.shape[1]]
    for lamp in lamps:
        away = ((columns - lamp.x) / lamp.radius) ** 2 + ((rows - lamp.y) / (lamp.radius * 0.45)) ** 2
        pool = np.exp(-away * 1.4).astype(np.float32)[..., None] * strength * lamp.strength
        picture += picture * pool * 5 * np.array(lamp.colour, np.float32) / 255 + pool * np.array(lamp.colour) * 0.10


def with_reflection(rgba: Array, waterline: int, strength: float = 0.5) -> Array:
    """The drawing with what is above the waterline mirrored below it, shorter, blurred, fading."""
    height = rgba.shape[0]
    above = rgba[:waterline][::-1]
    squashed = above[: (height - waterline) * 3 // 2 : 1]
    room = min(height - waterline, int(len(squashed) / 1.5))
    if room < 2:
        return rgba
    premultiplied = squashed.copy()
    premultiplied[..., :3] *= squashed[..., 3:]
    image = [Image.fromarray(np.ascontiguousarray(premultiplied[..., part])) for part in range(4)]
    small = [np.asarray(one.resize((rgba.shape[1], room), Image.Resampling.BILINEAR), np.float32) for one in image]
    rows = np.arange(room, dtype=np.float32)
    fade = (strength * (1 - rows / room) ** 0.7)[:, None]
    # Ripples shift the mirror image sideways, more the nearer it comes.
    mirror = np.stack(small, -1)
    for row in range(room):
        sway = round(np.sin(row * 0.55) * (0.6 + row / room * 3.2) + np.sin(row * 0.21) * 1.5)
        mirror[row] = np.roll(mirror[row], sway, axis=0)
    alpha = mirror[..., 3] * fade
    finished = rgba.copy()
    part = finished[waterline : waterline + room]
    own = part[..., 3]
    total = own + alpha * (1 - own)
    colour = mirror[..., :3] / np.maximum(mirror[..., 3:], 1e-3) * 0.62
    ink = part[..., :3] * own[..., None] + colour * (alpha * (1 - own))[..., None]
    part[..., :3] = ink / np.maximum(total, 1e-4)[..., None]
    part[..., 3] = total
    return finished
