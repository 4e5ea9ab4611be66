"""How the people of a scene are dressed."""

from __future__ import annotations

from haidang.simulator.scenes.people import Look

__all__ = ["BUYER", "CARRIER", "CREW", "EMPTY", "GUARD", "POLE", "WOMAN"]

CARRIER = Look(shirt=(60, 116, 176), trousers=(46, 50, 62), load="basket")
EMPTY = Look(shirt=(60, 116, 176), trousers=(46, 50, 62))
POLE = Look(shirt=(204, 84, 104), trousers=(44, 42, 56), load="pole")
WOMAN = Look(shirt=(150, 92, 166), trousers=(40, 40, 52))
CREW = Look(shirt=(222, 150, 58), trousers=(60, 66, 60), hat=False)
BUYER = Look(shirt=(236, 236, 230), trousers=(66, 62, 58), hat=False)
GUARD = Look(shirt=(64, 96, 70), trousers=(54, 74, 58), hat=False)
