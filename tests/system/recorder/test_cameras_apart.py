"""What one camera suffers never reaches another; what the recorder suffers loses nothing written."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from haidang.core.camera_list import ListedCamera
from haidang.core.host import CAMERA_LIST, RECORDINGS
from haidang.core.journal import CloseReason, GapReason
from system.recorder.recorder_host import SITE, RecorderHost, check_gaps
from system.recorder.recorder_host import running as running_server
from system.waiting import eventually

pytestmark = pytest.mark.system

BAD_CAMERAS = Path(__file__).with_name("bad_cameras.py")
GOOD, HANGS, SILENT, REFUSES, GARBAGE, SPOILS, NOBODY = range(7)
_bases = count(21250, 10)


@dataclass
class Cameras:
    port: int
    process: "subprocess.Popen[str]"

    def listed(self, name: str, behaviour: int = GOOD) -> ListedCamera:
        return ListedCamera(name, SITE, f"rtsp://127.0.0.1:{self.port + behaviour}/{name}", None)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.h264"
    words = ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-t", "4",
             "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "0", str(path)]  # fmt: skip
    subprocess.run(words, check=True)
    return path


@pytest.fixture
def cameras(clip: Path) -> Iterator[Cameras]:
    port = next(_bases)
    with running_server([sys.executable, str(BAD_CAMERAS), str(port), str(clip)], ready="ready") as process:
        yield Cameras(port, process)


def records(host: RecorderHost, *names: str) -> None:
    for name in names:
        eventually(lambda name=name: host.fragments(name), f"{name} records")  # type: ignore[misc]  # mypy cannot infer the default


def test_hung_refusing_garbage_and_absent_cameras_leave_the_others_without_a_hole(
    host: RecorderHost, cameras: Cameras
) -> None:
    bad = {"hangs": HANGS, "silent": SILENT, "refuses": REFUSES, "garbage": GARBAGE, "spoils": SPOILS, "nobody": NOBODY}
    host.publish(
        cameras.listed("first"), *(cameras.listed(name, behaviour) for name, behaviour in bad.items()),
        cameras.listed("last"),
    )  # fmt: skip
    host.start()
    records(host, "first", "last", "hangs", "spoils")
    time.sleep(12)
    assert host.stop() == 0
    for name in ("first", "last"):
        host.check_unbroken(name)
        assert host.play(name) >= 12 * 25
    reasons = {name: {gap.reason for gap in host.gaps(name)} - {GapReason.RECORDER_STOPPED} for name in bad}
    assert reasons["hangs"] == {GapReason.NETWORK}
    assert GapReason.NETWORK in reasons["silent"]
    assert reasons["refuses"] == {GapReason.CAMERA_REFUSED}
    assert GapReason.BAD_STREAM in reasons["garbage"]
    assert GapReason.BAD_STREAM in reasons["spoils"]
    assert reasons["nobody"] == {GapReason.CAMERA_UNREACHABLE}
    for name in bad:
        check_gaps(host.gap_records(name))
        host.play(name)


def test_a_camera_that_hangs_is_noticed_within_ten_seconds_and_recorded_again_when_it_wakes(
    host: RecorderHost, cameras: Cameras
) -> None:
    host.publish(cameras.listed("hangs"))
    host.start()
    records(host, "hangs")
    time.sleep(2)
    os.kill(cameras.process.pid, signal.SIGSTOP)
    hung_at = time.monotonic()
    try:
        eventually(lambda: host.events("no_pictures"), "noticed", 12)
        assert time.monotonic() - hung_at <= 10
    finally:
        os.kill(cameras.process.pid, signal.SIGCONT)
    eventually(lambda: len(host.recordings("hangs")) == 2, "recorded again")
    eventually(lambda: [gap for gap in host.gaps("hangs") if gap.ended_at], "the gap is closed")
    check_gaps(host.gap_records("hangs"))
    assert host.play("hangs") > 25


def test_a_killed_worker_leaves_everything_playable_and_comes_back_with_its_gap_explained(
    host: RecorderHost, cameras: Cameras
) -> None:
    host.publish(cameras.listed("first"))
    host.start()
    records(host, "first")
    time.sleep(3.3)
    host.kill()
    before = host.fragments("first")
    assert len(before) >= 14
    assert host.recordings("first")[0].close is None
    time.sleep(1)
    host.start()
    eventually(lambda: len(host.recordings("first")) == 2 and host.recordings("first")[1].fragments, "recording again")
    eventually(lambda: all(gap.ended_at for gap in host.gaps("first")), "the gap is closed")
    first, second = host.recordings("first")
    assert first.close is not None
    assert first.close.reason is CloseReason.ADOPTED
    assert second.open.sequence == first.open.sequence + 1
    assert list(first.fragments)[: len(before)] == before
    (gap,) = [gap for gap in host.gaps("first") if gap.reason is GapReason.RECORDER_STOPPED]
    last = first.fragments[-1]
    assert gap.started_at == last.received_at + last.duration_90k * 100 // 9
    assert gap.ended_at == second.fragments[0].received_at
    assert host.stop() == 0
    assert host.play("first") >= 3 * 25
    check_gaps(host.gap_records("first"))


def test_an_orderly_stop_leaves_one_open_gap_that_the_next_start_closes(host: RecorderHost, cameras: Cameras) -> None:
    host.publish(cameras.listed("first"))
    for run in range(3):
        host.start()
        eventually(lambda run=run: len(host.recordings("first")) == run + 1, "records")  # type: ignore[misc]  # mypy cannot infer the default
        time.sleep(1)
        assert host.stop() == 0
        assert [gap.reason for gap in host.gaps("first") if gap.ended_at is None] == [GapReason.RECORDER_STOPPED]
    check_gaps(host.gap_records("first"))
    assert [index.close.reason for index in host.recordings("first") if index.close] == [CloseReason.STOPPED] * 3


def test_cameras_are_added_changed_and_taken_off_without_touching_the_others(
    host: RecorderHost, cameras: Cameras
) -> None:
    host.start()  # there is no list yet
    time.sleep(0.5)
    host.publish(cameras.listed("first"))
    records(host, "first")
    host.publish(cameras.listed("first"), cameras.listed("second"))
    records(host, "second")
    (host.home / CAMERA_LIST).write_text("{broken", encoding="utf-8")
    time.sleep(1.5)
    moved = ListedCamera("second", SITE, f"rtsp://127.0.0.1:{cameras.port}/elsewhere", None)
    host.publish(cameras.listed("first"), moved)
    eventually(lambda: len(host.recordings("second")) == 2, "the changed camera has a new file", 5)
    (host.home / CAMERA_LIST).unlink()
    time.sleep(1.5)
    host.publish(cameras.listed("first"))
    eventually(lambda: host.recordings("second")[-1].close, "the camera taken off is closed", 5)
    time.sleep(1)
    assert host.stop() == 0
    host.check_unbroken("first")
    assert {index.close.reason for index in host.recordings("second") if index.close} == {CloseReason.REASSIGNED}
    assert [gap.reason for gap in host.gaps("second")][-1] is GapReason.MAINTENANCE
    told = [line["problem"] for line in host.events("camera_list_unreadable")]
    assert told == ["FileNotFoundError", "camera_list", "FileNotFoundError"]


def test_two_workers_of_one_number_never_record_the_same_camera(host: RecorderHost, cameras: Cameras) -> None:
    host.publish(cameras.listed("first"))
    first = host.start()
    records(host, "first")
    second = host.start()
    try:
        eventually(lambda: host.events("camera_recorded_by_another_worker"), "the second one waits")
        time.sleep(1)
        assert len(host.recordings("first")) == 1
        first.terminate()
        assert first.wait(15) == 0
        eventually(lambda: len(host.recordings("first")) == 2, "the second one takes over")
    finally:
        first.kill()
        second.kill()
        first.wait()
        second.wait()
    check_gaps(host.gap_records("first"))


def test_cameras_are_shared_between_workers(host: RecorderHost, cameras: Cameras) -> None:
    (host.home / "haidang.toml").write_text("[recorder]\nworkers = 2\n", encoding="utf-8")
    names = [f"camera-{number}" for number in range(8)]
    host.publish(*map(cameras.listed, names))
    host.start(0)
    host.start(1)
    records(host, *names)
    eventually(lambda: sum(len(host.status(worker)["streams"]) for worker in (0, 1)) == 8, "eight streams", 5)
    assert all(host.status(worker)["streams"] for worker in (0, 1))
    assert host.stop(0) == host.stop(1) == 0
    for name in names:
        host.check_unbroken(name)


def fill(path: Path) -> None:
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(65536)):
            pass


def test_a_full_disk_of_one_site_stops_that_site_alone_and_nothing_is_deleted(
    host: RecorderHost, cameras: Cameras
) -> None:
    """A small file system stands for the disk of one site."""
    small = host.home / RECORDINGS / "small-site"
    small.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=36m", "tmpfs", str(small)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip(reason="this user may not mount a small file system")
    try:
        url = cameras.listed("full").main_url
        host.publish(cameras.listed("first"), ListedCamera("full", "small-site", url, None))
        host.start()
        records(host, "first", "full")
        filler = small / "filler"
        fill(filler)
        eventually(lambda: host.events("write_failed"), "the full disk is noticed")
        time.sleep(4)
        kept = sorted(small.rglob("*Z-main.mp4"))
        filler.unlink()
        eventually(lambda: len(host.recordings("full")) == 2 and host.fragments("full")[-1], "recording again", 30)
        eventually(lambda: all(gap.ended_at for gap in host.gaps("full")), "the gap is closed")
        assert host.stop() == 0
        assert set(kept) <= set(small.rglob("*Z-main.mp4"))
        assert GapReason.DISK_FULL in {gap.reason for gap in host.gaps("full")}
        check_gaps(host.gap_records("full"))
        assert host.play("full") > 0
        host.check_unbroken("first")
    finally:
        host.end()
        subprocess.run(["umount", str(small)], check=True)
