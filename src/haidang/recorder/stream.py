"""One stream of one camera, for as long as it is listed: connect, record, fail, wait, again.

Law: nothing that happens to a stream leaves it. Every failure ends in a cause for the gap and a wait; only
cancelling ends the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog

from haidang.core.camera_list import ListedCamera
from haidang.core.errors import HaidangError
from haidang.core.journal import CloseReason, GapReason
from haidang.core.layout import Stream
from haidang.core.rtsp import RtspProtocolError
from haidang.core.settings import RecorderSettings
from haidang.core.units import WallUs
from haidang.core.video import AccessUnit, VideoFormat
from haidang.recorder.backoff import Backoff
from haidang.recorder.excess import Excess, TooMuch
from haidang.recorder.failures import CameraEnded, Failure, Silent, failure_of
from haidang.recorder.files import DiskReport, LaneFiles
from haidang.recorder.gaps import Cause, GapKeeper
from haidang.recorder.host_clock import HostClock
from haidang.recorder.pipeline import Pipeline
from haidang.recorder.shares import Rotation
from haidang.recorder.sources import Sink, Source

__all__ = ["CameraStream", "Life", "OpenSource"]

_log = structlog.get_logger()

#: A connection that gave pictures for this long was a working one: the next wait is short.
_WORKED_US = 5_000_000
#: The longest wait for a camera's first keyframe.
_FIRST_KEYFRAME_US = 30_000_000
_RECOVER_AGAIN_S = 3.0
#: Gap records that the disk did not take are tried again each this many pulses.
_RETRY_PULSES = 12


class OpenSource(Protocol):
    async def __call__(self, camera: ListedCamera, sink: Sink) -> Source:
        """A connection to ``camera.main_url`` that stands; raises what ``failure_of`` knows."""


@dataclass(slots=True)
class Life:
    """What the status file tells of a stream's connections."""

    state: str = "starting"
    connections: int = 0
    failures: int = 0
    #: The last failure, as a gap's reason and detail.
    cause: Cause | None = None


class CameraStream:
    """Also the ``Sink`` of its connections and the ``DiskReport`` of its files."""

    def __init__(
        self,
        camera: ListedCamera,
        stream: Stream,
        *,
        clock: HostClock,
        settings: RecorderSettings,
        make_files: Callable[[DiskReport], LaneFiles],
        backoff: Backoff,
        open_source: OpenSource,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.camera, self.stream = camera, stream
        self.life = Life()
        self._clock, self._settings, self._backoff, self._open_source = clock, settings, backoff, open_source
        self._sleep = sleep
        self.files = make_files(self)
        self._gaps = GapKeeper(clock.now())
        rotation = Rotation.of(camera.camera, stream, settings.rotate_s * 1_000_000)
        self.pipeline = Pipeline(self.files, self._gaps, settings, rotation)
        self._log = _log.bind(camera=camera.camera, stream=stream)
        self._loop = asyncio.get_running_loop()
        self._source: Source | None = None
        #: Monotonic: the connection, the newest video, picture and keyframe, and the longest group of pictures.
        self._connected_us = self._progress_us = self._picture_us = self._keyframe_us = self._group_us = 0
        self._has_pictures = False
        self._excess = Excess()
        self._pulses = 0

    async def run(self) -> None:
        """Until cancelled."""
        try:
            await self._resume()
            while True:
                failure = await self._attempt()
                self.pipeline.disconnected(failure.cause, self._clock.now())
                wait_s = self._backoff.next_s(ask_rarely=failure.ask_rarely)
                self._tell(failure, wait_s)
                await self._sleep(wait_s)
        finally:
            self._leave()

    def stop(self, reason: CloseReason, cause: Cause) -> None:
        """After ``run`` has ended: close the file, say why no more pictures come."""
        self.pipeline.stop(reason, cause, self._clock.now())

    def retire(self) -> None:
        """Nothing more will be asked of the files."""
        self.files.retire()

    def pulse(self, now_s: float, *, clock_step_us: int = 0) -> None:
        """About four times a second: overdue pictures, hung cameras, keep-alive; a clock that was set. Never raises."""
        try:
            self._look_after(now_s, clock_step_us)
        except Exception as error:  # noqa: BLE001 - the door of a stream: the other cameras' pulse must go on
            self._log.exception("pulse_failed")
            if self._source is not None:
                self._source.fail(error)

    def _look_after(self, now_s: float, clock_step_us: int) -> None:
        if clock_step_us:
            self.pipeline.clock_set(clock_step_us, self._clock.now())
        source = self._source
        if source is not None:
            self._watch(source, self._clock.monotonic_us())
            source.keep_alive(now_s)
        if self.life.state != "starting":
            self.pipeline.pulse(self._clock.now(), connected=source is not None)
        self._pulses += 1
        if self._pulses % _RETRY_PULSES == 0:
            self.files.retry()

    # Sink

    def format_changed(self, video: VideoFormat) -> None:
        try:
            self._excess.format_changed(self._clock.monotonic_us())
        except TooMuch as error:
            self._give_up(error)
            return
        self._log.info("format", codec=video.codec_string, width=video.width_px, height=video.height_px)
        self.pipeline.format_changed(video)

    def picture(self, unit: AccessUnit) -> None:
        arrived_us = self._clock.monotonic_us()
        try:
            self._excess.picture(len(unit.data), arrived_us)
        except TooMuch as error:
            self._give_up(error)
            return
        if unit.keyframe:
            if self._has_pictures:
                self._group_us = max(self._group_us, arrived_us - self._keyframe_us)
            self._keyframe_us = arrived_us
        self._progress_us = self._picture_us = arrived_us
        if not self._has_pictures:
            self._has_pictures = True
            self.life.state = "playing"
        self.pipeline.accept(unit, self._clock.now(), arrived_us)

    # DiskReport, in the lane's thread

    def written(self, generation: int, received_at: WallUs) -> None:
        self._on_loop(partial(self.pipeline.written, generation, received_at))

    def write_failed(self, generation: int, cause: Cause, since: WallUs | None) -> None:
        self._on_loop(partial(self._write_failed, generation, cause, since))

    # Inside

    async def _resume(self) -> None:
        """Take over what the run before left. Without it nothing is recorded: a gap must not be forgotten."""
        while True:
            try:
                recovered = await self.files.recover(self._clock.now())
                break
            except (OSError, HaidangError) as error:
                self._log.warning("recovery_failed", error=type(error).__name__)
                self.life.cause = Cause(GapReason.WRITE_FAILED, "recovery")
                await self._sleep(_RECOVER_AGAIN_S)
        for adopted in recovered.adopted:
            self._log.info("adopted", name=adopted.name.media_path, indexed=adopted.indexed_fragments,
                           dropped=adopted.dropped_records, unindexed_bytes=adopted.unindexed_bytes,
                           problem=adopted.problem)  # fmt: skip
        records = self._gaps.resume(
            last_picture_at=recovered.last_picture_at,
            open_gap=recovered.open_gap,
            gap_ended_at=recovered.gap_ended_at,
        )
        if records:
            self.files.record(records)
        self.life.state = "connecting"

    async def _attempt(self) -> Failure:
        """One connection, from the first packet to its end. Raises only CancelledError."""
        self.life.state, self._has_pictures, self._excess = "connecting", False, Excess()
        connected = False
        try:
            source = await self._open_source(self.camera, self)
            connected = True
            self._connected_us = self._progress_us = self._picture_us = self._clock.monotonic_us()
            self._group_us = 0
            self._source = source
            self.life.connections += 1
            self._log.info("connected")
            await source.ended
        except Exception as error:  # noqa: BLE001 - the door of a connection: any failure is this stream's alone
            failure = failure_of(error, connected=connected)
            if not failure.foreseen:
                self._log.exception("connection_crashed")
            return failure
        finally:
            self._leave()
        return failure_of(CameraEnded("ended"), connected=True)

    def _watch(self, source: Source, now_us: int) -> None:
        """Give up a camera that is silent, or that sends and sends without a picture one could use.

        The latter is what a camera looks like that changes its codec under a running session.
        """
        stall_us = int(self._settings.stall_s * 1_000_000)
        if source.moves():
            self._progress_us = now_us
        if now_us - self._progress_us > stall_us:
            source.fail(Silent())
        elif now_us - self._picture_us > (stall_us + self._group_us if self._has_pictures else _FIRST_KEYFRAME_US):
            source.fail(RtspProtocolError("couldn't use the camera's video: no picture in it", code="no_pictures"))

    def _give_up(self, error: TooMuch) -> None:
        """Once; what the connection still delivers is left out."""
        if self._source is not None:
            self._source.fail(error)

    def _leave(self) -> None:
        source, self._source = self._source, None
        if source is None:
            return
        source.close()
        lasted = self._clock.monotonic_us() - self._connected_us > _WORKED_US
        if self._has_pictures and lasted and not self._excess.found:
            self._backoff.worked()

    def _tell(self, failure: Failure, wait_s: float) -> None:
        self.life.state = "waiting"
        self.life.failures += 1
        told = self._log.info if failure.cause == self.life.cause else self._log.warning
        self.life.cause = failure.cause
        told("no_pictures", reason=failure.cause.reason.name, detail=failure.cause.detail, retry_s=round(wait_s, 1))

    def _write_failed(self, generation: int, cause: Cause, since: WallUs | None) -> None:
        self._log.error("write_failed", reason=cause.reason.name, detail=cause.detail)
        self.pipeline.write_failed(generation, cause, since, self._clock.now())

    def _on_loop(self, call: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)
