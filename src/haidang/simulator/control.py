"""Faults from outside: a Unix socket (mode 0600) that takes JSON lines, ``<home>/run/simulator.sock`` by default.

Request ``{"camera", "stream"?, "kind", "value"?, "at_s"?, "for_s"?}`` or ``{"camera", "stream"?, "clear": true}``;
answer ``{"ok": true}`` or ``{"ok": false, "code", "message"}``. One line each way, then the socket is closed.
"""

from __future__ import annotations

from pathlib import Path

from haidang.core.layout import Stream
from haidang.simulator.faults import Fault

__all__ = ["SOCKET", "clear_faults", "send_fault"]

#: Below HAIDANG_DIR.
SOCKET = "run/simulator.sock"


def send_fault(socket_path: Path, camera_id: str, fault: Fault, stream: Stream | None = None) -> None:
    """Ask the running simulator for a fault; raises Unavailable (``simulator``), NotFound (``camera``)."""
    raise NotImplementedError


def clear_faults(socket_path: Path, camera_id: str, stream: Stream | None = None) -> None:
    """End every fault of the camera; raises as ``send_fault``."""
    raise NotImplementedError
