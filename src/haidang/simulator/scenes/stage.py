"""Where a scene is put together: a plate that does not change, then water, boats, people and rain over it.

Perspective: the camera stands ``camera_m`` above the ground and looks level, so a thing that stands at row y is
(y - horizon) / camera_m pixels per metre large and _FOCAL_PX / that many metres away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from haidang.simulator.scenes.actors import Actor, Pose, bobbing, crossing, pacing, standing
from haidang.simulator.scenes.boats import Boat, basket_boat, boat_sprite
from haidang.simulator.scenes.brush import Array, Brush, Colour, Point, fractal
from haidang.simulator.scenes.glow import Lamp, glow_over, lit_by
from haidang.simulator.scenes.mood import Mood
from haidang.simulator.scenes.people import Look, person_sprites
from haidang.simulator.scenes.planes import HEIGHT, WIDTH, Planes, from_rgb
from haidang.simulator.scenes.scene import Scene
from haidang.simulator.scenes.seen import ObjectKind
from haidang.simulator.scenes.shore import towers
from haidang.simulator.scenes.sky import hills, sky
from haidang.simulator.scenes.sprite import Sprite, sprite_from
from haidang.simulator.scenes.water import Water, sun_path
from haidang.simulator.scenes.weather import Rain

__all__ = ["Stage"]

_FOCAL_PX = 1500.0


def _planes(rgb: Array) -> Planes:
    luma, cb, cr = from_rgb(np.clip(rgb, 0, 255))
    halves = [part.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean(axis=(1, 3)) for part in (cb, cr)]
    y, u, v = (np.rint(part).astype(np.uint8) for part in (luma, *halves))
    return Planes(y, u, v)


class Stage:
    def __init__(
        self, key: str, label: str, mood: Mood, frames: int, *, horizon: int = 330, camera_m: float = 14
    ) -> None:
        self.mood = mood
        self.frames = frames
        self.horizon = horizon
        self.rng = np.random.default_rng(crc32(key.encode()))
        self.plate: Array = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        self.plate[:horizon] = sky(mood, horizon, self.rng)
        self.plate[horizon:] = self.plate[horizon - 1]
        self._key, self._label, self._camera_m = key, label, camera_m
        self._water: Water | None = None
        self._actors: list[Actor] = []

    # Perspective.

    def scale(self, y: float) -> float:
        """Pixels per metre of what stands at row ``y``."""
        return (y - self.horizon) / self._camera_m

    def away(self, y: float) -> float:
        return _FOCAL_PX / max(0.5, self.scale(y))

    # The plate.

    def hills(self, height: float, distance_m: float, colour: Colour, span: Point = (-0.1, 1.1), lift: int = 5) -> None:
        hills(
            self.plate,
            self.mood,
            self.rng,
            base=self.horizon + lift,
            height=height,
            distance_m=distance_m,
            colour=colour,
            span=span,
        )

    def sea(self, *, top: int | None = None, bottom: int = HEIGHT, glitter: float = 0.8) -> None:
        """Water from row ``top`` (the horizon) to ``bottom``, mirroring the far shore."""
        mood = self.mood
        first = self.horizon + 4 if top is None else top
        depth = ((np.arange(first, HEIGHT) - first) / (HEIGHT - first)).astype(np.float32)[:, None, None] ** 0.55
        water = np.array(mood.water_far, np.float32) * (1 - depth) + np.array(mood.water_near, np.float32) * depth
        water = np.broadcast_to(water, (HEIGHT - first, WIDTH, 3)).copy()
        water *= 0.94 + 0.12 * fractal(self.rng, WIDTH, HEIGHT - first, (900, 120), 3)[..., None]
        reach = min(210, bottom - first - 4)
        mirror = self.plate[first - 1 - np.arange(reach) * min(first - 120, reach) // reach]
        fade = (0.62 * (1 - np.arange(reach) / reach) ** 1.3).astype(np.float32)[:, None, None]
        water[:reach] += (mirror - water[:reach]) * fade
        self.plate[first:] = water
        path = None
        if mood.sun_at is not None and glitter:
            path = sun_path((bottom - first, WIDTH), mood.sun_at * WIDTH, 250) * glitter * (0.35 if mood.night else 1)
        self._water = Water(
            self.rng,
            horizon=self.horizon,
            top=first,
            bottom=bottom,
            frames=self.frames,
            ripple=mood.ripple,
            glitter=path,
        )

    def paint(self, draw: Callable[[Brush], object], *, distance_m: float = 0, grain: float = 0.06) -> None:
        """Draw into the plate."""
        rgba = self.mood.light(self._drawn(draw, grain), distance_m)
        self.plate += (rgba[..., :3] - self.plate) * rgba[..., 3:]

    def _drawn(self, draw: Callable[[Brush], object], grain: float) -> Array:
        brush = Brush(WIDTH, HEIGHT, sharpness=2)
        draw(brush)
        rgba = brush.rgba()
        if grain:
            rgba[..., :3] *= (1 - grain + 2 * grain * fractal(self.rng, WIDTH, HEIGHT, (40, 14), 5))[..., None]
        return rgba

    def town(self, x0: float, x1: float, px_per_m: float, distance_m: float) -> None:
        """Houses and towers on the far shore; some windows are lit when the sun is low."""
        windows: list[tuple[float, float, float, float]] = []
        shore = self.horizon + 6

        def draw(brush: Brush) -> None:
            windows.extend(towers(brush, (x0, x1), shore, px_per_m, self.rng))

        self.paint(draw, distance_m=distance_m, grain=0)
        if not self.mood.lamps_on:
            return
        lit = Brush(WIDTH, HEIGHT, sharpness=2)
        for window in windows:
            if self.rng.random() < 0.38:
                lit.rect(*window, (255, 214, 140))
        light = lit.rgba()
        self.plate += (light[..., :3] - self.plate) * light[..., 3:] * 0.8

    def lamps(self, lamps: Sequence[Lamp], *, pools: Sequence[Lamp] = ()) -> None:
        """At night: light pools on the ground and the lamps themselves, in the plate."""
        if not self.mood.night:
            return
        lit_by(self.plate, pools)
        opaque = np.concatenate([self.plate, np.ones((HEIGHT, WIDTH, 1), np.float32)], -1)
        self.plate = glow_over(opaque, lamps)[..., :3]

    # What is laid over it.

    def front(
        self,
        draw: Callable[[Brush], object],
        depth: float,
        *,
        distance_m: float = 0,
        lamps: Sequence[Lamp] = (),
        pools: Sequence[Lamp] = (),
        grain: float = 0.06,
    ) -> None:
        """Scenery that stands before the water and before what is further off than ``depth``."""
        rgba = self.mood.light(self._drawn(draw, grain), distance_m)
        if self.mood.night:
            lit_by(rgba[..., :3], pools)
            rgba = glow_over(rgba, lamps) if lamps else rgba
        rows, columns = (np.flatnonzero((rgba[..., 3] > 0.004).any(axis=axis)) for axis in (1, 0))
        x0, y0 = int(columns[0]) // 2 * 2, int(rows[0]) // 2 * 2
        part = rgba[y0 : int(rows[-1]) + 1, x0 : int(columns[-1]) + 1]
        self._actors.append(Actor(depth, standing(_even(part), x0, y0)))

    def moored(self, boat: Boat, x: float, y: float, *, hull_y: float | None = None) -> None:
        """A boat at anchor or along the quay; ``hull_y``: where it stands, when its scale is of another row."""
        rng, scale = self.rng, self.scale(y)
        sprite = boat_sprite(
            boat, self.mood, px_per_m=scale, distance_m=self.away(y), axis="y", seed=int(rng.integers(1 << 30))
        )
        pose = bobbing(
            sprite,
            x,
            hull_y or y,
            frames=self.frames,
            swing_px=min(3.5, 0.09 * scale),
            period_s=rng.uniform(2.8, 4.6),
            phase=rng.random(),
        )
        self._add(y, pose, "boat", boat.plate)

    def passing(self, boat: Boat, y: float, *, share: Point = (0.0, 1.0)) -> None:
        """A boat that crosses the whole picture, with a wake."""
        scale = self.scale(y)
        sprite = boat_sprite(
            boat,
            self.mood,
            px_per_m=scale,
            distance_m=self.away(y),
            axis="x",
            seed=int(self.rng.integers(1 << 30)),
            wake=True,
        )
        out = boat.length_m * scale * 0.75 + 40
        ends = (WIDTH + out, -out) if boat.left else (-out, WIDTH + out)
        self._add(y, crossing(sprite, *ends, y, frames=self.frames, share=share), "boat", boat.plate)

    def basket(
        self, x: float, y: float, *, to: float | None = None, share: Point = (0.0, 1.0), rower: bool = True
    ) -> None:
        """A basket boat: rowed from x to ``to``, or lying on the beach."""
        sprite = basket_boat(
            self.mood, px_per_m=self.scale(y), distance_m=self.away(y), rower=rower, afloat=to is not None
        )
        pose = standing(sprite, x, y) if to is None else crossing(sprite, x, to, y, frames=self.frames, share=share)
        self._add(y, pose, "basket_boat", "")

    def walker(
        self, look: Look, x: float, y: float, *, speed: float = 1.25, phase: float = 0.0, back: Look | None = None
    ) -> None:
        """Walks from x one way and back; ``speed`` negative begins to the left."""
        scale = self.scale(y)
        there = person_sprites(look, self.mood, px_per_m=scale, left=speed < 0)
        home = person_sprites(back or look, self.mood, px_per_m=scale, left=speed >= 0)
        pose = pacing(there, home, x, y, frames=self.frames, px_per_m=scale, speed=speed, phase=phase)
        self._add(y, pose, "person", "")

    def bystander(self, look: Look, x: float, y: float, *, left: bool = False) -> None:
        sprites = person_sprites(look, self.mood, px_per_m=self.scale(y), left=left)
        self._add(y, standing(sprites[-1], x, y), "person", "")

    def driving(
        self,
        draw: Callable[[Brush, float, float, float], None],
        y: float,
        *,
        plate: str,
        share: Point,
        left: bool = False,
    ) -> None:
        """A vehicle 8 m long that crosses; ``draw(brush, x, y, pixels per metre)``."""
        scale = self.scale(y)
        width, height = round(9 * scale) // 2 * 2, round(4 * scale) // 2 * 2
        brush = Brush(width, height, sharpness=3)
        draw(brush, width / 2, height - 0.3 * scale, scale)
        sprite = sprite_from(self.mood.light(brush.rgba()), anchor=(width // 2, height - round(0.3 * scale)))
        ends = (WIDTH + width, -width) if left else (-width, WIDTH + width)
        self._add(y, crossing(sprite, ends[0], ends[1], y, frames=self.frames, share=share), "vehicle", plate)

    def parked(self, draw: Callable[[Brush, float, float, float], None], x: float, y: float, *, plate: str) -> None:
        scale = self.scale(y)
        width, height = round(9 * scale) // 2 * 2, round(4 * scale) // 2 * 2
        brush = Brush(width, height, sharpness=3)
        draw(brush, width / 2, height - 0.3 * scale, scale)
        sprite = sprite_from(self.mood.light(brush.rgba()), anchor=(width // 2, height - round(0.3 * scale)))
        self._add(y, standing(sprite, x, y), "vehicle", plate)

    def flashing(self, at: Point, depth: float, radius: float, *, every_s: float = 4.0) -> None:
        """A light that turns: seen for half a second, a whole number of times in a loop."""
        times = max(1, round(self.frames / 25 / every_s))
        size = round(radius * 4) // 2 * 2
        dark: NDArray[np.float32] = np.zeros((size, size, 4), np.float32)
        sprite = sprite_from(
            glow_over(dark, [Lamp(size / 2, size / 2, radius, (255, 244, 214))]), anchor=(size // 2, size // 2)
        )

        def pose(index: int) -> Pose | None:
            return Pose(sprite, *at, moving=False) if (index * times / self.frames) % 1 < 0.13 else None

        self._actors.append(Actor(depth, pose))

    def _add(self, y: float, pose: Callable[[int], Pose | None], kind: ObjectKind, plate: str) -> None:
        self._actors.append(Actor(y, pose, kind, plate))

    def done(self) -> Scene:
        mood = self.mood
        rain = None
        if mood.weather == "rain":
            rain = Rain(self.rng, ground=self.horizon + 60, brightness=26 if mood.night else 36)
        actors = tuple(sorted(self._actors, key=lambda actor: actor.depth))
        return Scene(
            self._key,
            self._label,
            self.frames,
            mood.night,
            mood.weather,
            _planes(self.plate),
            self._water,
            actors,
            rain,
        )


def _even(rgba: Array) -> Sprite:
    """A sprite of even size, for the half-size chroma planes."""
    height, width = rgba.shape[:2]
    return sprite_from(np.pad(rgba, ((0, height % 2), (0, width % 2), (0, 0))))
