"""The cameras of a worker: changed one by one, never recorded by two."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from haidang.core.camera_list import ListedCamera
from haidang.core.journal import CloseReason, GapReason
from haidang.core.layout import Stream
from haidang.recorder.camera_set import CameraSet
from haidang.recorder.gaps import Cause
from haidang.recorder.listing import CameraLock
from haidang.recorder.stream import CameraStream

CAMERA = ListedCamera("cau-cang", "de-gi", "rtsp://127.0.0.1/main", "rtsp://127.0.0.1/sub")


@dataclass
class Files:
    hung: bool = False

    async def drained(self) -> None:
        if self.hung:
            await asyncio.Event().wait()


@dataclass
class FakeStream:
    """Runs until it is cancelled."""

    camera: ListedCamera
    stream: Stream
    files: Files = field(default_factory=Files)
    ended: tuple[CloseReason, GapReason] | None = None
    bug: bool = False

    async def run(self) -> None:
        if self.bug:
            raise KeyError("bug")
        await asyncio.Event().wait()

    def stop(self, reason: CloseReason, cause: Cause) -> None:
        self.ended = reason, cause.reason

    def retire(self) -> None:
        """Nothing to let go of."""


class Worker:
    """A ``CameraSet`` and every stream it ever made."""

    def __init__(self, folder: Path) -> None:
        self.made: list[FakeStream] = []
        self.cameras = CameraSet(self._make, folder)

    def _make(self, camera: ListedCamera, stream: Stream) -> CameraStream:
        self.made.append(FakeStream(camera, stream))
        return cast("CameraStream", self.made[-1])

    async def want(self, *cameras: ListedCamera) -> None:
        self.cameras.want({camera.camera: camera for camera in cameras})
        for _ in range(4):
            self.cameras.tend()
            for _ in range(5):
                await asyncio.sleep(0)

    @property
    def running(self) -> list[str]:
        return [made.camera.main_url for made in self.made if made.ended is None]


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[Worker]:
    made = Worker(tmp_path)
    yield made
    await made.cameras.stop(within_s=0.1)


async def test_both_streams_of_a_listed_camera_run_and_end_when_it_is_taken_off(worker: Worker) -> None:
    await worker.want(CAMERA)
    assert [made.stream for made in worker.made] == ["main", "sub"]
    await worker.want()
    assert {made.ended for made in worker.made} == {(CloseReason.REASSIGNED, GapReason.MAINTENANCE)}
    assert len(worker.cameras) == 0


async def test_a_changed_address_restarts_its_own_stream_alone(worker: Worker) -> None:
    await worker.want(CAMERA)
    await worker.want(replace(CAMERA, sub_url="rtsp://127.0.0.1/other"))
    assert [made.ended is None for made in worker.made] == [True, False, True]
    assert worker.made[2].stream == "sub"


async def test_a_camera_whose_disk_hangs_keeps_no_other_from_changing(worker: Worker) -> None:
    other = replace(CAMERA, camera="luong-vao")
    await worker.want(CAMERA, other)
    worker.made[0].files.hung = True
    await worker.want(replace(CAMERA, main_url="rtsp://127.0.0.1/new"), replace(other, main_url="rtsp://127.0.0.1/new"))
    assert [made.camera.camera for made in worker.made[4:]] == ["luong-vao"]


async def test_a_camera_that_another_process_records_is_left_to_it(worker: Worker, tmp_path: Path) -> None:
    elsewhere = CameraLock(tmp_path, CAMERA.camera)
    assert elsewhere.acquire()
    await worker.want(CAMERA)
    assert worker.made == []
    elsewhere.release()
    await worker.want(CAMERA)
    assert len(worker.made) == 2


async def test_a_stop_frees_the_camera_unless_the_disk_still_has_its_pictures(tmp_path: Path) -> None:
    for hung in (False, True):
        worker = Worker(tmp_path)
        await worker.want(CAMERA)
        worker.made[0].files.hung = hung
        await worker.cameras.stop(within_s=0.05)
        lock = CameraLock(tmp_path, CAMERA.camera)
        assert lock.acquire() is not hung
        lock.release()
