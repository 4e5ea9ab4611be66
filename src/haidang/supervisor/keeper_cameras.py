"""The camera list on disk follows the cameras in the database, so that recorders need no database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from haidang.cameras.queries import camera_list
from haidang.core.camera_list import ListedCamera, dump_camera_list, parse_camera_list
from haidang.core.errors import InvalidInput
from haidang.core.host import CAMERA_LIST
from haidang.core.units import WallUs
from haidang.host.files import replace_file

__all__ = ["CameraPublisher", "publish_camera_list"]

log = structlog.get_logger("keeper.cameras")


@dataclass(slots=True)
class CameraPublisher:
    """Publishes when something changed, compared with what this process knows to be on disk."""

    home: Path
    _published: tuple[ListedCamera, ...] | None = None

    def run_once(self, now: WallUs) -> int:
        """One look; 1 if a new list was published. Raises OSError (disk) and the database's errors."""
        current = camera_list(now=now)
        path = self.home / CAMERA_LIST
        if self._published is None:
            self._published = _on_disk(path)
        if current.cameras == self._published and path.exists():
            return 0
        publish_camera_list(path, dump_camera_list(current))
        self._published = current.cameras
        log.info("camera list published", cameras=len(current.cameras))
        return 1


def publish_camera_list(path: Path, text: str) -> None:
    """A crash leaves the old list or the new one, never half."""
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    replace_file(path, text.encode(), mode=0o640, durable=True)


def _on_disk(path: Path) -> tuple[ListedCamera, ...] | None:
    try:
        return parse_camera_list(path.read_text(encoding="utf-8")).cameras
    except FileNotFoundError:
        return None
    except (InvalidInput, UnicodeDecodeError):
        log.warning("camera list on disk is unreadable and will be replaced")
        return None
