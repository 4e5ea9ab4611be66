"""A recorder worker: pictures in, recordings on disk, and nothing that one camera suffers reaches another.

One event loop holds every camera of the worker; disks are touched in lanes (``lanes``), cameras read on a beat
(``sweep``), and a pulse four times a second looks after what is overdue. The worker needs its home directory and
nothing else: no database, no network but the cameras'.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog
import uvloop

from haidang.core.camera_list import ListedCamera
from haidang.core.host import CAMERA_LIST, CREDENTIALS_KEY, DOORBELLS, RECORDINGS, RUN
from haidang.core.layout import Stream
from haidang.core.settings import Settings
from haidang.recorder.backoff import Backoff
from haidang.recorder.camera_set import CameraSet
from haidang.recorder.credentials import password_of
from haidang.recorder.doorbell import Doorbell
from haidang.recorder.files import DiskReport, LaneFiles, Place, StreamFiles
from haidang.recorder.host_clock import CHECK_EVERY_S, HostClock
from haidang.recorder.lanes import LanePool
from haidang.recorder.listing import ListFollower
from haidang.recorder.rtsp_source import open_rtsp
from haidang.recorder.shares import Rotation
from haidang.recorder.sources import Address, Sink, Source
from haidang.recorder.status import status_path, stream_status, write_status
from haidang.recorder.stream import CameraStream
from haidang.recorder.sweep import Sweeper
from haidang.storage import RealFileOps

__all__ = ["run"]

_log = structlog.get_logger()

_LIST_EVERY_S = 0.5
_STATUS_EVERY_S = 2.0
#: Longer than a slow disk takes, shorter than a supervisor waits.
_STOP_WITHIN_S = 5.0
#: Threads do not wait 5 ms for one another (the interpreter's default) where pictures pass through.
_SWITCH_INTERVAL_S = 1e-4


def run(settings: Settings, home: Path, *, worker: int, workers: int) -> None:
    """Record this worker's share of the cameras in ``home`` until SIGTERM; returns when everything is closed.

    ``worker`` counts from 0. Blocking; takes over the process (event loop, signal handlers).
    """
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_Worker(settings, home, worker, workers).run())


class _Worker:
    """The parts of one worker, wired."""

    def __init__(self, settings: Settings, home: Path, worker: int, workers: int) -> None:
        self._settings, self._home = settings.recorder, home
        self._root = Path(self._settings.root) if self._settings.root else home / RECORDINGS
        self._number, self._count = worker, workers
        self._clock = HostClock(time.time_ns, time.monotonic_ns)
        self._ops = RealFileOps()
        self._pool = LanePool("disk", time.monotonic, _on_lane_crash)
        self._sync_pool = LanePool("sync", time.monotonic, _on_lane_crash)
        # The home directory may lie on a disk that hangs: it is read and written off the loop, like the others.
        self._chores = self._sync_pool.lane()
        self._bell = Doorbell(home / DOORBELLS)
        self._sweeper = Sweeper(before=self._pool.hold, after=self._pool.hand_over)
        self._follower = ListFollower(home / CAMERA_LIST, worker=worker, workers=workers)
        self._cameras = CameraSet(self._make_stream, home / RUN)
        self._sync_at: dict[CameraStream, float] = {}

    async def run(self) -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        for folder in (self._root, self._home / RUN, self._home / DOORBELLS):
            folder.mkdir(parents=True, exist_ok=True)
        self._pool.start()
        self._sync_pool.start()
        self._sweeper.start()
        _log.info("started", workers=self._count, root=str(self._root))
        loops = [
            asyncio.create_task(_every(CHECK_EVERY_S, self._pulse)),
            asyncio.create_task(_every(_LIST_EVERY_S, self._follow_list)),
            asyncio.create_task(_every(_STATUS_EVERY_S, self._write_status)),
        ]
        await stopping.wait()
        for task in loops:
            task.cancel()
        await asyncio.wait(loops)
        await self._cameras.stop(within_s=_STOP_WITHIN_S)
        self._sweeper.stop()
        self._pool.stop()
        self._sync_pool.stop()
        self._bell.close()
        _log.info("stopped")

    # Loops

    async def _pulse(self) -> None:
        now_s = time.monotonic()
        step_us = self._clock.check()
        if step_us:
            _log.warning("clock_set", step_s=step_us / 1e6)
        streams = list(self._cameras.streams())
        for stream in streams:
            stream.pulse(now_s, clock_step_us=step_us)
        self._sync_due(streams, now_s)
        self._cameras.tend()
        if stuck := self._pool.tend() + self._sync_pool.tend():
            _log.warning("disk_stuck", threads=stuck, waiting_bytes=self._pool.waiting_bytes)

    def _sync_due(self, streams: list[CameraStream], now_s: float) -> None:
        """Each stream once in ``sync_s``, at its own moment, less the pulse it may come late."""
        period_s = max(CHECK_EVERY_S, self._settings.sync_s - CHECK_EVERY_S)
        due = self._sync_at
        self._sync_at = {stream: due.get(stream) or _first_sync(stream, now_s, period_s) for stream in streams}
        for stream, due_s in self._sync_at.items():
            if now_s >= due_s:
                self._sync_at[stream] = now_s + period_s
                stream.files.sync()

    async def _follow_list(self) -> None:
        cameras = await self._chores.ask(self._follower.read_changed)
        if cameras is not None:
            _log.info("camera_list", cameras=len(cameras))
            self._cameras.want(cameras)
        await self._chores.ask(self._bell.look)

    async def _write_status(self) -> None:
        about: dict[str, Any] = {
            "worker": self._number,
            "workers": self._count,
            "pid": os.getpid(),
            "at": self._clock.now(),
            "cameras": len(self._cameras),
            "loop_lag_ms": round(self._sweeper.take_lag_s() * 1000, 1),
            "disk_threads": self._pool.threads,
            "waiting_bytes": self._pool.waiting_bytes,
        }
        streams = [
            (f"{stream.camera.camera}/{stream.stream}", stream_status(stream)) for stream in self._cameras.streams()
        ]
        path = status_path(self._home, RUN, self._number)
        await self._chores.ask(partial(write_status, path, about, streams))

    # Making streams

    def _make_stream(self, camera: ListedCamera, stream: Stream) -> CameraStream:
        return CameraStream(
            camera,
            stream,
            clock=self._clock,
            settings=self._settings,
            make_files=partial(self._make_files, Place(self._root, camera.site, camera.camera, stream)),
            backoff=Backoff(random.random),
            open_source=self._open_source,
        )

    def _make_files(self, place: Place, report: DiskReport) -> LaneFiles:
        files = StreamFiles(
            place,
            ops=self._ops,
            free_bytes=_free_bytes,
            ring=self._bell.ring,
            report=report,
            seal_s=self._settings.seal_s,
            clock=self._clock.now,
        )
        return LaneFiles(files, self._pool.lane(), self._sync_pool.lane())

    async def _open_source(self, camera: ListedCamera, sink: Sink) -> Source:
        password = await self._chores.ask(partial(password_of, camera, self._home / CREDENTIALS_KEY))
        address = Address(camera.main_url, camera.username, password, camera.tls_sha256)
        if camera.ingest == "libav":
            # Loaded when first asked for: workers without such cameras need not hold libav in memory.
            libav = import_module("haidang.recorder.libav_source")
            source: Source = await libav.open_libav(
                address, sink, connect_s=self._settings.connect_s, stall_s=self._settings.stall_s
            )
            return source
        return await open_rtsp(
            address, sink, self._sweeper, connect_s=self._settings.connect_s, cnonce=lambda: secrets.token_hex(8)
        )


async def _every(period_s: float, job: Callable[[], Awaitable[None]]) -> None:
    """Run ``job`` again and again; an error is told, and the next time is another try."""
    while True:
        try:
            await job()
        except Exception:  # noqa: BLE001 - the door of a loop of the worker: recording goes on
            _log.exception("worker_loop_failed", job=getattr(job, "__name__", ""))
        await asyncio.sleep(period_s)


def _first_sync(stream: CameraStream, now_s: float, period_s: float) -> float:
    phase_us = Rotation.of(stream.camera.camera, stream.stream, int(period_s * 1_000_000)).phase_us
    return now_s + phase_us / 1_000_000


def _on_lane_crash(error: Exception) -> None:
    _log.error("lane_crashed", exc_info=error)


def _free_bytes(root: Path) -> int:
    stat = os.statvfs(root)
    return stat.f_bavail * stat.f_frsize
