"""A picture as three planes, 8-bit 4:2:0, limited range BT.709: what the encoder takes, so nothing is converted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["HEIGHT", "WIDTH", "Plane", "Planes", "from_rgb"]

Plane = NDArray[np.uint8]
WIDTH, HEIGHT = 1920, 1080


@dataclass(frozen=True, slots=True)
class Planes:
    y: Plane
    u: Plane
    v: Plane

    def copy(self) -> Planes:
        return Planes(self.y.copy(), self.u.copy(), self.v.copy())

    def below(self, rows: int) -> Planes:
        """Without the top ``rows`` (even); views, not copies."""
        return Planes(self.y[rows:], self.u[rows // 2 :], self.v[rows // 2 :])

    def packed(self) -> Plane:
        """One array of height·3/2 rows, as PyAV takes it."""
        height, width = self.y.shape
        packed = np.empty(width * height * 3 // 2, np.uint8)
        size = width * height
        packed[:size] = self.y.reshape(-1)
        packed[size : size * 5 // 4] = self.u.reshape(-1)
        packed[size * 5 // 4 :] = self.v.reshape(-1)
        return packed.reshape(height * 3 // 2, width)

    @staticmethod
    def unpacked(packed: Plane) -> Planes:
        rows, width = packed.shape
        height = rows * 2 // 3
        size = width * height
        flat = packed.reshape(-1)
        half = (height // 2, width // 2)
        return Planes(
            flat[:size].reshape(height, width),
            flat[size : size * 5 // 4].reshape(half),
            flat[size * 5 // 4 :].reshape(half),
        )


def from_rgb(rgb: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """BT.709 limited range Y, Cb, Cr (all full size, float) of 0…255 RGB (…, 3)."""
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return (
        16 + luma * (219 / 255),
        128 + (b - luma) * (112 / 255 / (1 - 0.0722)),
        128 + (r - luma) * (112 / 255 / (1 - 0.2126)),
    )
