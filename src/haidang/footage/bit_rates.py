"""How many bits a second a camera's stream takes, from what was recorded of it: what a line must carry."""

from __future__ import annotations

from haidang.core.layout import Stream
from haidang.core.units import WallUs
from haidang.footage.models import RecordingFile

__all__ = ["bit_rate_kbps"]

_LATELY_US = 3600 * 1_000_000
#: A shorter file is mostly its first keyframe.
_LEAST_US = 10 * 1_000_000


def bit_rate_kbps(camera: str, stream: Stream, *, now: WallUs) -> int | None:
    """Of the newest file of the last hour that is long enough; None where there is none."""
    files = RecordingFile.objects.filter(camera=camera, stream=stream, ended_at__gt=now - _LATELY_US)
    for file in files.order_by("-started_at")[:5]:
        length_us = file.ended_at - file.started_at
        if length_us >= _LEAST_US:
            return round(file.size_bytes * 8 * 1000 / length_us)
    return None
