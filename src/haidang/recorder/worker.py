"""A recorder worker: pictures in, recordings on disk, and nothing that one camera suffers reaches another."""

from __future__ import annotations

from pathlib import Path

from haidang.core.settings import Settings

__all__ = ["run"]


def run(settings: Settings, home: Path, *, worker: int, workers: int) -> None:
    """Record this worker's share of the cameras in ``home`` until SIGTERM; returns when everything is closed.

    ``worker`` counts from 0. Blocking; takes over the process (event loop, signal handlers, logging).
    """
    raise SystemExit(f"recorder {worker} of {workers} at {home} with {settings.recorder}")
