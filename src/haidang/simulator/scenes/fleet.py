"""Boats with registrations to fill a harbour: the same seed gives the same fleet."""

from __future__ import annotations

import numpy as np

from haidang.simulator.scenes.boats import HULLS, Boat

__all__ = ["Fleet"]


class Fleet:
    """Draws boats; most are the province's, some from its neighbours."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def boat(self, *, left: bool | None = None, rig: str = "") -> Boat:
        rng = self._rng
        hull = str(rng.choice(list(HULLS), p=[0.46, 0.22, 0.14, 0.10, 0.08]))
        chosen = rig or str(rng.choice(["squid", "trawler", "small"], p=[0.4, 0.45, 0.15]))
        length = rng.uniform(9, 12) if chosen == "small" else rng.uniform(14.5, 19)
        return Boat(
            plate=self._plate(),
            length_m=float(length),
            hull=hull,
            rig="squid" if chosen == "squid" else "small" if chosen == "small" else "trawler",
            left=bool(rng.random() < 0.5) if left is None else left,
            cabin=int(rng.integers(4)),
        )

    def _plate(self) -> str:
        province = str(self._rng.choice(["BĐ", "QNg", "PY", "ĐNa"], p=[0.86, 0.07, 0.05, 0.02]))
        plate = f"{province}-{int(self._rng.integers(90_001, 99_999)):05d}-TS"
        if plate in self._taken:
            return self._plate()
        self._taken.add(plate)
        return plate
