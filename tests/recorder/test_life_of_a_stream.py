"""One stream through connections, failures and recoveries, with a camera, a clock and files in memory."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from haidang.core.camera_list import ListedCamera
from haidang.core.journal import CloseReason, GapClose, GapOpen, GapReason
from haidang.core.rtsp import RtspRefused
from haidang.core.settings import RecorderSettings
from haidang.core.units import Pts90k, WallUs
from haidang.core.video import VideoFormat
from haidang.recorder.backoff import Backoff
from haidang.recorder.cutting import CutFragment
from haidang.recorder.failures import CameraEnded
from haidang.recorder.files import DiskReport, LaneFiles, Place, Recovered, StreamFiles
from haidang.recorder.gaps import Cause
from haidang.recorder.host_clock import HostClock
from haidang.recorder.lanes import LanePool
from haidang.recorder.sources import Sink
from haidang.recorder.stream import CameraStream
from recorder.pictures import BEGAN, FRAME_US, LARGE, SMALL, unit, units
from storage.faulty_file_ops import NoWaitOps

CAMERA = ListedCamera("cau-cang", "de-gi", "rtsp://127.0.0.1/main", None)
S = 1_000_000


class FakeSource:
    """A connection that the test holds."""

    def __init__(self) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.kept_alive = 0
        self.closed = self.moved = False

    def fail(self, error: Exception) -> None:
        if not self.ended.done():
            self.ended.set_exception(error)

    def keep_alive(self, now_s: float) -> None:
        self.kept_alive += 1

    def moves(self) -> bool:
        moved, self.moved = self.moved, False
        return moved

    def close(self) -> None:
        self.closed = True


class MemoryLane(LaneFiles):
    """``LaneFiles`` whose jobs happen at once, on nothing but lists."""

    def __init__(self, report: DiskReport) -> None:
        pool = LanePool("none", lambda: 0.0, lambda _: None)
        files = StreamFiles(
            Place(Path("/nowhere"), "de-gi", "cau-cang", "main"), ops=NoWaitOps(), free_bytes=lambda _: 1 << 40,
            ring=lambda _: None, report=report, seal_s=10, clock=lambda: BEGAN,
        )  # fmt: skip
        super().__init__(files, pool.lane(), pool.lane())
        self.report = report
        self.recovered: list[Recovered | Exception] = [Recovered([], None, None, None)]
        self.generation = 0
        self.begun = 0
        self.ended: list[CloseReason] = []
        self.gaps: list[GapOpen | GapClose] = []

    async def recover(self, now: WallUs) -> Recovered:
        result = self.recovered.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    def begin(self, generation: int, video: VideoFormat, position_90k: Pts90k, now: WallUs) -> None:
        self.generation, self.begun, self._first = generation, self.begun + 1, True

    def append(self, fragment: CutFragment) -> bool:
        if self._first:
            self._first = False
            self.report.written(self.generation, fragment.received_at)
        return True

    def end(self, reason: CloseReason, now: WallUs) -> None:
        self.ended.append(reason)

    def record(self, gaps: Sequence[GapOpen | GapClose]) -> None:
        self.gaps += gaps


class Stage:
    """A stream, its camera and the time."""

    def __init__(self) -> None:
        self.ns = 0
        self.answers: list[FakeSource | Exception] = []
        self.opened = 0
        self.waits: list[float] = []
        self.lane: MemoryLane
        self.sink: Sink
        self.stream = CameraStream(
            CAMERA,
            "main",
            clock=HostClock(lambda: BEGAN * 1000 + self.ns, lambda: self.ns),
            settings=RecorderSettings(),
            make_files=self._make_files,
            backoff=Backoff(lambda: 0.0),
            open_source=self._open,
            sleep=self._sleep,
        )
        self.task: asyncio.Task[None]

    async def start(self) -> None:
        self.task = asyncio.create_task(self.stream.run())
        await self.settle()

    def _make_files(self, report: DiskReport) -> LaneFiles:
        self.lane = MemoryLane(report)
        return self.lane

    async def _open(self, camera: ListedCamera, sink: Sink) -> FakeSource:
        self.sink = sink
        self.opened += 1
        answer = self.answers.pop(0) if self.answers else FakeSource()
        if isinstance(answer, Exception):
            raise answer
        self.source = answer
        return answer

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def play(self, start: int, end: int) -> None:
        self.sink.format_changed(SMALL)
        for each in units(start, end):
            self.sink.picture(each)
            self.ns += FRAME_US * 1000
        await self.settle()

    def at(self, number: int) -> WallUs:
        return WallUs(BEGAN + number * FRAME_US)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    yield made
    made.task.cancel()
    await asyncio.wait([made.task])


async def test_pictures_are_recorded_and_a_broken_connection_is_tried_again(stage: Stage) -> None:
    stage.answers = [FakeSource()]
    await stage.start()
    await stage.play(0, 50)
    first = stage.source
    first.fail(CameraEnded("connection closed"))
    await stage.settle()
    assert first.closed
    assert stage.opened == 2
    assert stage.lane.ended == [CloseReason.DISCONNECTED]
    assert stage.lane.gaps == [GapOpen(GapReason.NETWORK, stage.at(49), "connection closed")]
    await stage.play(50, 75)
    assert stage.lane.gaps[1:] == [GapClose(GapReason.NETWORK, stage.at(49), stage.at(50), "connection closed")]
    assert stage.lane.begun == 2


async def test_a_silent_camera_is_given_up_after_the_stall_time(stage: Stage) -> None:
    await stage.start()
    await stage.play(0, 30)
    source = stage.source
    stage.ns += 7_900_000_000
    stage.stream.pulse(0.0)
    assert not source.ended.done()
    assert source.kept_alive == 1
    stage.ns += 200_000_000
    stage.stream.pulse(0.0)
    await stage.settle()
    assert source.closed
    assert stage.opened == 2


async def test_a_camera_whose_video_comes_without_a_usable_picture_is_not_given_up(stage: Stage) -> None:
    await stage.start()
    for _ in range(5):
        stage.ns += 5_000_000_000
        stage.source.moved = True
        stage.stream.pulse(0.0)
    assert not stage.source.ended.done()


async def test_video_that_never_becomes_a_picture_is_a_bad_stream(stage: Stage) -> None:
    await stage.start()
    await stage.play(0, 60)
    source = stage.source
    for _ in range(36):  # nine seconds: the stall time and one group of pictures
        stage.ns += 250_000_000
        source.moved = True
        stage.stream.pulse(0.0)
    await stage.settle()
    assert stage.opened == 2
    assert stage.lane.gaps == [
        GapOpen(GapReason.NETWORK, stage.at(59), "no pictures"),
        GapOpen(GapReason.BAD_STREAM, stage.at(59), "no_pictures"),
    ]


async def test_nothing_is_recorded_until_what_a_crash_left_is_known(stage: Stage) -> None:
    last = WallUs(BEGAN - 9 * S)
    stage.lane.recovered = [OSError("disk"), OSError("disk"), Recovered([], last, None, None)]
    await stage.start()
    assert stage.opened == 1
    assert stage.lane.gaps == [GapOpen(GapReason.RECORDER_STOPPED, last)]
    await stage.play(0, 25)
    assert stage.lane.gaps[1:] == [GapClose(GapReason.RECORDER_STOPPED, last, stage.at(0))]


async def test_whatever_a_connection_raises_stays_with_its_stream(stage: Stage) -> None:
    stage.answers = [RtspRefused("no", status=401), KeyError("bug"), ConnectionRefusedError(), FakeSource()]
    await stage.start()
    assert stage.opened == 4
    assert not stage.task.done()
    assert stage.waits[0] >= 7.5  # credentials were refused
    assert stage.lane.gaps[0].reason == GapReason.CAMERA_REFUSED
    assert len({gap.started_at for gap in stage.lane.gaps}) == 1, "one gap, whatever is learnt of its cause"


async def test_a_pulse_that_fails_ends_the_connection_of_its_own_stream_alone(stage: Stage) -> None:
    class Broken(FakeSource):
        def keep_alive(self, now_s: float) -> None:
            raise KeyError("bug")

    stage.answers = [Broken(), FakeSource()]
    await stage.start()
    stage.stream.pulse(0.0)
    await stage.settle()
    assert stage.opened == 2
    assert not stage.task.done()


async def test_stopping_says_farewell_closes_the_file_and_opens_the_gap(stage: Stage) -> None:
    await stage.start()
    await stage.play(0, 30)
    stage.task.cancel()
    await asyncio.wait([stage.task])
    stage.stream.stop(CloseReason.STOPPED, Cause(GapReason.RECORDER_STOPPED))
    assert stage.source.closed
    assert stage.lane.ended == [CloseReason.STOPPED]
    assert stage.lane.gaps == [GapOpen(GapReason.RECORDER_STOPPED, stage.at(29))]


async def test_a_camera_with_a_new_format_for_every_picture_is_left_alone(stage: Stage) -> None:
    await stage.start()
    first = stage.source
    await stage.play(0, 200)
    assert not first.ended.done()
    for number in range(200, 300):
        stage.sink.format_changed(LARGE if number % 2 else SMALL)
        stage.sink.picture(unit(number, gop=1))
    await stage.settle()
    assert first.closed
    assert stage.waits[0] >= 7.5
    assert stage.lane.begun < 30
