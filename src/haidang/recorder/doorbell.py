"""Ringing at the tailers' doors: ``<camera>/<stream>`` as a datagram after each fragment (core/messages).

Law: a lost ring costs latency only, so every refusal of a bell (its process is gone, its queue is full, its
socket file is stale) is passed over in silence, and nothing here ever waits. Callable from any thread.

A socket address holds 107 bytes at most, a home directory may be longer: bells are rung through their open folder.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

__all__ = ["Doorbell"]


class Doorbell:
    """The bells in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder_fd = -1
        self._bells: tuple[str, ...] = ()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def look(self) -> None:
        """See which bells there are; called about once a second."""
        try:
            if self._folder_fd < 0:
                self._folder_fd = os.open(self._folder, os.O_PATH | os.O_DIRECTORY)
            names = [path.name for path in self._folder.glob("*.sock")]
            self._bells = tuple(f"/proc/self/fd/{self._folder_fd}/{name}" for name in names)
        except OSError:
            self._bells = ()  # no folder, no tailers

    def ring(self, message: bytes) -> None:
        for bell in self._bells:
            try:
                self._socket.sendto(message, bell)
            except OSError:
                continue  # a lost ring costs latency only

    def close(self) -> None:
        self._socket.close()
        if self._folder_fd >= 0:
            os.close(self._folder_fd)
