"""Who records what, and when a file ends: decided by hashes, so that no worker has to ask another.

Law 1: each camera has exactly one worker among ``workers`` (rendezvous hash: a change of the number of
workers moves only the cameras it must). Law 2: the rotations of a host's streams are spread evenly over
``rotate_s``, and a stream keeps its moment across restarts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from haidang.core.layout import Stream
from haidang.core.units import WallUs

__all__ = ["Rotation", "worker_of"]


def worker_of(camera: str, workers: int) -> int:
    """The worker, counted from 0, that records ``camera``."""
    return max(range(workers), key=lambda worker: hashlib.sha256(f"{worker}:{camera}".encode()).digest())


@dataclass(frozen=True, slots=True)
class Rotation:
    """When a stream's files end: once in every ``period_us``, at ``phase_us`` into it."""

    period_us: int
    phase_us: int

    @classmethod
    def of(cls, camera: str, stream: Stream, period_us: int) -> Rotation:
        digest = hashlib.sha256(f"{camera}/{stream}".encode()).digest()
        return cls(period_us, int.from_bytes(digest[:8], "big") % period_us)

    def is_due(self, opened_at: WallUs, now: WallUs) -> bool:
        """Whether the stream's moment has passed since its file was opened."""
        return (now - self.phase_us) // self.period_us > (opened_at - self.phase_us) // self.period_us
