"""The simulated cameras' RTSP server: ``rtsp://host:port/<camera>/main|sub``.

``serve`` prepares what is missing in the cache, listens, and gives a handle that ends everything on exit;
``run`` does the same for the command line and blocks.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from haidang.core.layout import Stream
from haidang.core.units import Clock, WallUs
from haidang.simulator.faults import Fault
from haidang.simulator.options import Options, Progress

__all__ = ["SimulatorServer", "run", "serve"]


def system_clock() -> WallUs:
    return WallUs(time.time_ns() // 1000)


class SimulatorServer:
    """A running server."""

    port: int

    def url(self, camera_id: str, stream: Stream = "main", *, fault: Fault | None = None) -> str:
        """The address of a stream, without credentials; ``fault`` hits only whoever opens this address."""
        raise NotImplementedError

    def fault(self, camera_id: str, fault: Fault, stream: Stream | None = None) -> None:
        """Make ``fault`` happen to the camera (both streams when ``stream`` is None)."""
        raise NotImplementedError

    def clear(self, camera_id: str, stream: Stream | None = None) -> None:
        """End every fault of the camera."""
        raise NotImplementedError


@asynccontextmanager
async def serve(
    options: Options, *, clock: Clock = system_clock, progress: Progress | None = None
) -> AsyncIterator[SimulatorServer]:
    """``async with serve(Options(port=0)) as server: …``."""
    raise NotImplementedError
    yield


def run(options: Options, *, progress: Progress | None = None) -> None:
    """Serve until SIGINT or SIGTERM."""
    raise NotImplementedError
