"""``run/recorder-<n>.json``: what a worker does, for metrics and the operator's page; replaced every few seconds.

It is a snapshot for people and gauges, never a source of truth: recordings and journals are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from haidang.host.files import replace_file
from haidang.recorder.stream import CameraStream

__all__ = ["status_path", "stream_status", "write_status"]


def status_path(home: Path, run: str, worker: int) -> Path:
    return home / run / f"recorder-{worker}.json"


def stream_status(stream: CameraStream) -> dict[str, Any]:
    """One stream, as values that JSON knows."""
    life, counters, files = stream.life, stream.pipeline.counters, stream.files
    gap = stream.pipeline.open_gap
    return {
        "state": life.state,
        "connections": life.connections,
        "failures": life.failures,
        "cause": None if life.cause is None else life.cause.reason.name,
        "pictures": counters.pictures,
        "skipped_pictures": counters.skipped_pictures,
        "lost_packets": counters.lost_packets,
        "last_picture_at": stream.pipeline.last_picture_at,
        "gap": None if gap is None else {"reason": gap.reason.name, "since": gap.started_at},
        "fragments": files.files.fragments,
        "bytes": files.files.size_bytes,
        "files": files.files.files,
        "waiting_bytes": files.waiting_bytes,
    }


def write_status(path: Path, worker: dict[str, Any], streams: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Replace the file in one step. Raises OSError."""
    content = json.dumps({**worker, "streams": dict(streams)}, ensure_ascii=False)
    replace_file(path, content.encode(), mode=0o644, durable=False)
