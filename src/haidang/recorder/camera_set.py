"""The cameras of one worker: made to match the list, each changed without touching the others.

Laws: a camera's streams run only while its lock is held. A stream whose address, credentials or ingest change is
stopped, its files closed, and only then started anew: two writers never share a stream. A stream that crashed
(a programmer's error) is told and started again after a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from haidang.core.camera_list import ListedCamera
from haidang.core.journal import CloseReason, GapReason
from haidang.core.layout import STREAMS, Stream
from haidang.recorder.gaps import Cause
from haidang.recorder.listing import CameraLock
from haidang.recorder.stream import CameraStream

__all__ = ["CameraSet", "MakeStream"]

_log = structlog.get_logger()

MakeStream = Callable[[ListedCamera, Stream], CameraStream]

_CRASH_WAIT_S = 5.0


@dataclass(slots=True)
class _Running:
    wanted: ListedCamera
    stream: CameraStream
    task: asyncio.Task[None]


class CameraSet:
    """``tend`` twice a second does what ``want`` asks for."""

    def __init__(self, make_stream: MakeStream, lock_folder: Path) -> None:
        self._make_stream, self._lock_folder = make_stream, lock_folder
        self._kept: dict[str, _KeptCamera] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def streams(self) -> Iterator[CameraStream]:
        for kept in self._kept.values():
            yield from kept.streams()

    def want(self, cameras: dict[str, ListedCamera]) -> None:
        for camera in cameras:
            if camera not in self._kept:
                self._kept[camera] = _KeptCamera(self._make_stream, CameraLock(self._lock_folder, camera))
        for camera, kept in self._kept.items():
            kept.wanted = cameras.get(camera)

    def tend(self) -> None:
        for camera, kept in tuple(self._kept.items()):
            if kept.is_gone:
                del self._kept[camera]
            else:
                kept.tend()

    async def stop(self, *, within_s: float) -> None:
        """The orderly end of the worker: every file closed, every gap opened, as far as the disk goes along."""
        cause = Cause(GapReason.RECORDER_STOPPED)
        stops = [kept.stop_all(CloseReason.STOPPED, cause, within_s) for kept in self._kept.values()]
        await asyncio.gather(*stops)


class _KeptCamera:
    """One camera: what is wanted of it, and what runs."""

    def __init__(self, make_stream: MakeStream, lock: CameraLock) -> None:
        self.wanted: ListedCamera | None = None
        self._make_stream, self._lock = make_stream, lock
        self._has_lock = self._told_locked = False
        self._running: dict[Stream, _Running] = {}
        self._changing: asyncio.Task[None] | None = None

    @property
    def is_gone(self) -> bool:
        return self.wanted is None and not self._running and self._changing is None

    def streams(self) -> Iterator[CameraStream]:
        for running in self._running.values():
            yield running.stream

    def tend(self) -> None:
        if self._changing is not None:
            if not self._changing.done():
                return
            if (error := self._changing.exception()) is not None:
                _log.error("camera_change_failed", exc_info=error)
            self._changing = None
        if any(self._differs(stream) for stream in STREAMS) or self._crashed():
            self._changing = asyncio.create_task(self._change())

    async def stop_all(self, reason: CloseReason, cause: Cause, within_s: float) -> None:
        self.wanted = None
        if self._changing is not None:
            self._changing.cancel()
            await asyncio.wait([self._changing])
        try:
            async with asyncio.timeout(within_s):
                await asyncio.gather(*(self._stop(stream, reason, cause) for stream in tuple(self._running)))
        except TimeoutError:
            _log.error("stopped_with_unwritten_pictures")
            return  # the disk may still take them: the lock goes with the process
        self._lock.release()

    def _wanted_of(self, stream: Stream) -> ListedCamera | None:
        """What is wanted of one stream: the other's address is none of its business."""
        if self.wanted is None:
            return None
        url = self.wanted.main_url if stream == "main" else self.wanted.sub_url
        return None if url is None else replace(self.wanted, main_url=url, sub_url=None)

    def _differs(self, stream: Stream) -> bool:
        running = self._running.get(stream)
        return self._wanted_of(stream) != (None if running is None else running.wanted)

    def _crashed(self) -> list[Stream]:
        return [stream for stream, running in self._running.items() if running.task.done()]

    async def _change(self) -> None:
        crashed = self._crashed()
        for stream in crashed:
            _log.error("stream_crashed", stream=stream, exc_info=self._running[stream].task.exception())
        for stream in STREAMS:
            if stream in self._running and (stream in crashed or self._differs(stream)):
                detail = "settings changed" if self._wanted_of(stream) is not None else "taken off the list"
                cause = Cause(GapReason.RECORDER_STOPPED if stream in crashed else GapReason.MAINTENANCE, detail)
                await self._stop(stream, CloseReason.REASSIGNED, cause)
        if crashed:
            await asyncio.sleep(_CRASH_WAIT_S)
        if self.wanted is None:
            self._lock.release()
            self._has_lock = False
            return
        if self._lock_is_held(self.wanted.camera):
            for stream in STREAMS:
                self._start(stream)

    def _lock_is_held(self, camera: str) -> bool:
        if not self._has_lock:
            try:
                self._has_lock = self._lock.acquire()
            except OSError as error:
                _log.error("camera_lock_failed", camera=camera, errno=error.errno)
            if not self._has_lock and not self._told_locked:
                _log.warning("camera_recorded_by_another_worker", camera=camera)
            self._told_locked = not self._has_lock
        return self._has_lock

    def _start(self, stream: Stream) -> None:
        wanted = self._wanted_of(stream)
        if wanted is not None and stream not in self._running:
            made = self._make_stream(wanted, stream)
            self._running[stream] = _Running(wanted, made, asyncio.create_task(made.run()))

    async def _stop(self, stream: Stream, reason: CloseReason, cause: Cause) -> None:
        running = self._running[stream]
        running.task.cancel()
        await asyncio.wait([running.task])
        running.stream.stop(reason, cause)
        await running.stream.files.drained()
        del self._running[stream]
        running.stream.retire()
