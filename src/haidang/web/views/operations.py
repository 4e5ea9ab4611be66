"""The operator's page: every camera, whether it records, since when not and why."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from haidang.cameras.models import Camera
from haidang.cameras.queries import all_cameras
from haidang.core.camera_list import parse_camera_list
from haidang.core.errors import InvalidInput
from haidang.core.host import CAMERA_LIST, RECORDINGS
from haidang.core.units import to_datetime
from haidang.footage.queries import StreamState, states
from haidang.host.clock import wall_clock
from haidang.web.allowed import require
from haidang.web.disk_words import disk_warnings
from haidang.web.log_words import log_warnings
from haidang.web.present import CameraCard, State, camera_card, state_of
from haidang.web.session import host_settings

__all__ = ["operations"]


@dataclass(frozen=True, slots=True)
class OperationsRow:
    camera: CameraCard
    main: State
    sub: State | None
    address: str
    last_recorded_at: datetime | None
    listed: bool


@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    now = wall_clock()
    require(request, "view_operations", now=now)
    cameras = all_cameras()
    known = states([camera.slug for camera in cameras], now=now)
    listed = _listed(settings.HAIDANG_HOME / CAMERA_LIST)
    rows = [_row(camera, known, listed) for camera in cameras]
    kinds = [row.main.kind for row in rows]
    context = {
        "cameras": rows,
        "stats": {
            "cameras": len(rows),
            "recording": kinds.count("recording"),
            "down": kinds.count("gap"),
            "unknown": kinds.count("unknown"),
        },
        "free_percent": _free_percent(),
        "disk_warnings": disk_warnings(settings.HAIDANG_HOME, now=now),
        "log_warnings": log_warnings(settings.HAIDANG_HOME, now=now),
    }
    return render(request, "web/operations.html", context)


def _row(camera: Camera, known: dict[tuple[str, str], StreamState], listed: Iterable[str]) -> OperationsRow:
    main = known.get((camera.slug, "main"))
    last = main.last_recorded_at if main is not None else None
    return OperationsRow(
        camera=camera_card(camera, known),
        main=state_of(main),
        sub=state_of(known.get((camera.slug, "sub"))) if camera.sub_url else None,
        address=_address(camera.main_url),
        last_recorded_at=None if last is None else to_datetime(last),
        listed=camera.slug in listed,
    )


def _address(url: str) -> str:
    """Host and port: the path may tell an attacker the model, and is of no use here."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (322 if parts.scheme == 'rtsps' else 554)}"


def _listed(path: Path) -> set[str]:
    try:
        return {camera.camera for camera in parse_camera_list(path.read_text(encoding="utf-8")).cameras}
    except (OSError, InvalidInput, UnicodeDecodeError):
        return set()  # recorders are told nothing, and the page says so


def _free_percent() -> int | None:
    root = host_settings().recorder.root
    try:
        usage = shutil.disk_usage(Path(root) if root else settings.HAIDANG_HOME / RECORDINGS)
    except OSError:
        return None
    return usage.free * 100 // usage.total
