"""Following ``state/cameras.json``: which cameras are this worker's, re-read when the file changes.

Laws: a list that is missing or broken changes nothing that runs, and is told once; a camera is recorded by whoever
holds the lock ``run/recorder-camera-<id>.lock``, so that no two workers ever record the same one, whatever their
numbers. The kernel frees the lock with the process.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import structlog

from haidang.core.camera_list import ListedCamera, parse_camera_list
from haidang.core.errors import InvalidInput
from haidang.recorder.shares import worker_of

__all__ = ["CameraLock", "ListFollower"]

_log = structlog.get_logger()


class ListFollower:
    """Reads the list for one worker."""

    def __init__(self, path: Path, *, worker: int, workers: int) -> None:
        self._path, self._worker, self._workers = path, worker, workers
        self._seen: tuple[int, ...] | None = None
        self._told = ""

    def read_changed(self) -> dict[str, ListedCamera] | None:
        """The worker's cameras by id if the file has changed since the last call; None: go on with what there is."""
        try:
            stat = self._path.stat()
            mark = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if mark == self._seen:
                return None
            cameras = parse_camera_list(self._path.read_text(encoding="utf-8")).cameras
        except (OSError, InvalidInput, UnicodeDecodeError) as error:
            self._tell(type(error).__name__ if isinstance(error, OSError | UnicodeDecodeError) else error.code)
            return None
        self._seen, self._told = mark, ""
        return {camera.camera: camera for camera in cameras if worker_of(camera.camera, self._workers) == self._worker}

    def _tell(self, problem: str) -> None:
        if problem != self._told:
            _log.warning("camera_list_unreadable", problem=problem)
            self._told = problem


class CameraLock:
    """The right to record one camera on this host."""

    def __init__(self, folder: Path, camera: str) -> None:
        self._path = folder / f"recorder-camera-{camera}.lock"
        self._fd: int | None = None

    def acquire(self) -> bool:
        """False while another process has it. Raises OSError."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._fd = fd
        return True

    def release(self) -> None:
        """The file stays: removing it would let two processes lock two files of one name."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
