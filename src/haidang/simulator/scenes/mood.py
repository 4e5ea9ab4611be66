"""Hour and weather of a scene: the light on everything, the sky's and the water's colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from haidang.simulator.scenes.brush import Array, Colour
from haidang.simulator.scenes.seen import Weather

__all__ = ["DAWN", "DUSK", "MORNING", "NIGHT", "NOON", "OVERCAST", "RAIN", "RAINY_NIGHT", "Mood"]


@dataclass(frozen=True, slots=True)
class Mood:
    #: From zenith to horizon.
    sky: tuple[Colour, Colour, Colour]
    cloud: Colour
    #: Share of the sky that is covered.
    clouds: float
    #: Multiplies the colours of things.
    tint: Colour
    haze: Colour
    #: Metres at which two thirds of a thing's colour is gone.
    sight_m: float
    water_far: Colour
    water_near: Colour
    #: Luma swing of the ripples.
    ripple: float
    #: Where the sun or the moon stands over the horizon (share of the width), None when it is hidden.
    sun_at: float | None = None
    sun: Colour = (255, 250, 235)
    night: bool = False
    #: Windows and lamps are lit.
    lamps_on: bool = False
    weather: Weather = "clear"

    def light(self, rgba: Array, distance_m: float = 0) -> Array:
        """Things as they look in this light, from that far away."""
        lit = rgba.copy()
        share = float(1 - np.exp(-distance_m / self.sight_m))
        lit[..., :3] = lit[..., :3] * np.array(self.tint, np.float32) * (1 - share)
        lit[..., :3] += np.array(self.haze, np.float32) * share
        return lit


MORNING = Mood(
    sky=((74, 132, 196), (138, 184, 224), (214, 230, 238)), cloud=(250, 250, 252), clouds=0.42,
    tint=(1.02, 1.0, 0.96), haze=(190, 212, 226), sight_m=2600,
    water_far=(142, 176, 190), water_near=(38, 92, 104), ripple=26, sun_at=0.78,
)  # fmt: skip
NOON = Mood(
    sky=((52, 114, 190), (104, 164, 220), (196, 222, 238)), cloud=(255, 255, 255), clouds=0.30,
    tint=(1.06, 1.04, 1.0), haze=(186, 212, 232), sight_m=3200,
    water_far=(120, 176, 196), water_near=(22, 96, 112), ripple=30,
)  # fmt: skip
DAWN = Mood(
    sky=((72, 86, 132), (206, 142, 132), (255, 208, 150)), cloud=(255, 196, 160), clouds=0.50,
    tint=(0.92, 0.76, 0.70), haze=(240, 190, 150), sight_m=1900,
    water_far=(232, 178, 146), water_near=(58, 66, 92), ripple=30, sun_at=0.34, sun=(255, 236, 190),
)  # fmt: skip
DUSK = Mood(
    sky=((38, 44, 92), (134, 84, 118), (250, 148, 88)), cloud=(232, 120, 96), clouds=0.55,
    tint=(0.66, 0.52, 0.54), haze=(206, 122, 96), sight_m=1900,
    water_far=(212, 126, 96), water_near=(40, 38, 66), ripple=30, sun_at=0.64, sun=(255, 206, 140), lamps_on=True,
)  # fmt: skip
OVERCAST = Mood(
    sky=((134, 148, 160), (168, 180, 188), (206, 212, 214)), cloud=(218, 222, 224), clouds=0.85,
    tint=(0.90, 0.92, 0.94), haze=(196, 204, 208), sight_m=1500,
    water_far=(168, 180, 184), water_near=(62, 88, 92), ripple=22, weather="cloudy",
)  # fmt: skip
RAIN = Mood(
    sky=((88, 100, 112), (118, 130, 140), (158, 168, 174)), cloud=(146, 156, 164), clouds=0.95,
    tint=(0.66, 0.70, 0.74), haze=(150, 160, 166), sight_m=620,
    water_far=(136, 148, 154), water_near=(60, 78, 84), ripple=24, weather="rain",
)  # fmt: skip
NIGHT = Mood(
    sky=((8, 12, 28), (14, 20, 42), (30, 36, 58)), cloud=(34, 40, 60), clouds=0.35,
    tint=(0.25, 0.28, 0.38), haze=(26, 32, 52), sight_m=1700,
    water_far=(24, 30, 48), water_near=(8, 13, 24), ripple=12, sun_at=0.22, sun=(226, 230, 240),
    night=True, lamps_on=True,
)  # fmt: skip
RAINY_NIGHT = Mood(
    sky=((10, 12, 20), (16, 20, 30), (34, 36, 46)), cloud=(28, 32, 42), clouds=0.95,
    tint=(0.27, 0.28, 0.33), haze=(40, 42, 52), sight_m=700,
    water_far=(30, 34, 44), water_near=(12, 15, 22), ripple=12, night=True, lamps_on=True, weather="rain",
)  # fmt: skip
