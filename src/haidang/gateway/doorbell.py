"""The doorbell: recorders say ``<camera>/<stream>`` after each fragment; a lost ring costs latency only.

uvloop has no Unix datagram transport, so the socket is read when the loop says it is readable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from haidang.gateway.sockets import bind_doorbell

__all__ = ["Doorbell"]

_MAX_RING_BYTES = 128
#: Rings taken in one go, so that a flood of them cannot hold the loop.
_AT_ONCE = 512


class Doorbell:
    """Calls ``on_ring(camera, stream)`` on the event loop."""

    def __init__(self, folder: Path, on_ring: Callable[[str, str], None]) -> None:
        self._folder = folder
        self._on_ring = on_ring

    def open(self) -> None:
        self._bound = bind_doorbell(self._folder, "gateway")
        asyncio.get_running_loop().add_reader(self._bound.socket, self._read)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._bound.socket)
        self._bound.close()

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                ring = self._bound.socket.recv(_MAX_RING_BYTES)
            except BlockingIOError:
                return
            camera, _, stream = ring.decode("ascii", "replace").partition("/")
            self._on_ring(camera, stream)
