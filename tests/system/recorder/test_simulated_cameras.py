"""The project's own simulated cameras, with the faults that real ones have."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from haidang.core.camera_list import ListedCamera
from haidang.core.journal import CloseReason, FragmentFlag, GapReason
from haidang.core.layout import STREAMS
from haidang.simulator.catalogue import SimulatedCamera
from haidang.simulator.catalogue import cameras as simulated_cameras
from haidang.simulator.control import SOCKET, clear_faults, send_fault
from haidang.simulator.faults import make_fault
from system.recorder.recorder_host import RecorderHost, check_gaps, check_sealed, check_without_hole
from system.waiting import eventually

#: The first start on a machine draws and encodes the scenes.
pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]

PORT = 21380
TWELVE = simulated_cameras(12)
FIRST, SECOND = TWELVE[0].id, TWELVE[1].id


class Simulator:
    def __init__(self, home: Path) -> None:
        self._socket = home / SOCKET

    def fail(self, camera: str, kind: str, value: str = "", *, for_s: float | None = None) -> None:
        send_fault(self._socket, camera, make_fault(kind, value, for_s=for_s), "main")

    def clear(self, camera: str) -> None:
        clear_faults(self._socket, camera, "main")


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    home = tmp_path_factory.mktemp("simulator")
    words = [sys.executable, "-m", "haidang.cli", "camera", "simulate", "--port", str(PORT), "--cameras", "12"]
    process = subprocess.Popen(words, env={**os.environ, "HAIDANG_DIR": str(home)}, stderr=subprocess.DEVNULL)
    try:
        eventually((home / SOCKET).exists, "the simulated cameras are drawn", 600)
        yield Simulator(home)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(autouse=True)
def _cleared(simulator: Simulator) -> Iterator[None]:
    yield
    simulator.clear(FIRST)


def listed(camera: SimulatedCamera, *, sub: bool = False) -> ListedCamera:
    url = f"rtsp://127.0.0.1:{PORT}/{camera.id}"
    return ListedCamera(camera.id, camera.site, f"{url}/main", f"{url}/sub" if sub else None)


def start(host: RecorderHost, *cameras: SimulatedCamera) -> None:
    host.publish(*map(listed, cameras))
    host.start()
    for camera in cameras:
        eventually(lambda camera=camera: host.fragments(camera.id), f"{camera.id} records")  # type: ignore[misc]  # mypy cannot infer the default
    time.sleep(2)


def reasons(host: RecorderHost) -> list[CloseReason]:
    """How the recordings of the camera with a fault ended."""
    return [index.close.reason for index in host.recordings(FIRST) if index.close]


def finish(host: RecorderHost) -> None:
    """Stop, and hold the camera without a fault against every promise."""
    assert host.stop() == 0
    check_gaps(host.gap_records(FIRST))
    host.play(FIRST)
    for recording in host.recordings(FIRST):
        check_sealed(recording)
    host.check_unbroken(SECOND)


def test_twelve_cameras_with_two_streams_are_recorded_to_the_last_picture(
    host: RecorderHost, simulator: Simulator
) -> None:
    host.publish(*(listed(camera, sub=True) for camera in TWELVE))
    host.start()
    for camera in TWELVE:
        eventually(lambda camera=camera: host.fragments(camera.id, "sub"), f"{camera.id} records")  # type: ignore[misc]  # mypy cannot infer the default
    time.sleep(8)
    assert host.stop() == 0
    for camera in TWELVE:
        for stream in STREAMS:
            host.check_unbroken(camera.id, stream)
            fragments = host.fragments(camera.id, stream)
            assert sum(fragment.sample_count for fragment in fragments) >= 7 * 25
            for recording in host.recordings(camera.id, stream):
                for before, after in pairwise(recording.fragments):
                    assert after.dts_90k == before.dts_90k + before.duration_90k
            assert not any(fragment.lost_packets for fragment in fragments)
            assert all(fragment.captured_at for fragment in fragments[5:])
        assert host.play(camera.id, "sub") > 0
    assert host.play(FIRST) > 0


def test_lost_packets_are_marked_and_what_is_written_decodes(host: RecorderHost, simulator: Simulator) -> None:
    start(host, *TWELVE[:2])
    simulator.fail(FIRST, "drop", "0.01", for_s=6)
    time.sleep(8)
    deadline = time.monotonic() + 10  # the status is written every two seconds, and later on a busy machine
    while not host.status()["streams"][f"{FIRST}/main"]["lost_packets"] and time.monotonic() < deadline:
        time.sleep(0.2)
    finish(host)
    marked = [fragment for fragment in host.fragments(FIRST) if fragment.flags & FragmentFlag.LOSS_BEFORE]
    assert marked
    assert all(fragment.lost_packets and fragment.keyframe for fragment in marked)
    assert host.status()["streams"][f"{FIRST}/main"]["lost_packets"] > 0


@pytest.mark.parametrize("seconds", ["3600", "-3600"])
def test_a_jump_of_the_cameras_time_begins_a_file_and_loses_nothing(
    host: RecorderHost, simulator: Simulator, seconds: str
) -> None:
    start(host, *TWELVE[:2])
    simulator.fail(FIRST, "rtp-jump", seconds)
    eventually(lambda: CloseReason.TIME_JUMPED in reasons(host), "a new file")
    time.sleep(2)
    finish(host)
    check_without_hole(host.fragments(FIRST))


def test_another_resolution_begins_a_file_and_loses_nothing(host: RecorderHost, simulator: Simulator) -> None:
    start(host, *TWELVE[:2])
    simulator.fail(FIRST, "resolution")
    eventually(lambda: CloseReason.FORMAT_CHANGED in reasons(host), "a new file", 180)
    time.sleep(2)
    finish(host)
    recordings = host.recordings(FIRST)
    first, second = recordings[0], recordings[-1]
    assert (first.open.width_px, first.open.height_px) != (second.open.width_px, second.open.height_px)
    check_without_hole(host.fragments(FIRST))


@pytest.mark.parametrize("manner", ["reconnect", "in-stream"])
def test_another_codec_begins_a_file_whichever_way_it_comes(
    host: RecorderHost, simulator: Simulator, manner: str
) -> None:
    start(host, *TWELVE[:2])
    simulator.fail(FIRST, "h265", manner)
    eventually(lambda: host.recordings(FIRST)[-1].open.codec == "hvc1", "H.265 is recorded", 180)
    time.sleep(2)
    finish(host)
    codecs = [index.open.codec for index in host.recordings(FIRST)]
    assert codecs == sorted(codecs)


def test_a_hung_camera_has_a_gap_of_its_length(host: RecorderHost, simulator: Simulator) -> None:
    start(host, *TWELVE[:2])
    simulator.fail(FIRST, "hang", for_s=12)
    eventually(lambda: host.events("no_pictures"), "noticed", 12)
    eventually(lambda: host.status()["streams"][f"{FIRST}/main"]["connections"] == 2, "connected again", 30)
    eventually(lambda: all(gap.ended_at for gap in host.gaps(FIRST)), "the gap is closed")
    finish(host)
    (gap,) = [gap for gap in host.gaps(FIRST) if gap.reason is not GapReason.RECORDER_STOPPED and gap.ended_at]
    assert gap.reason in (GapReason.NETWORK, GapReason.CAMERA_UNREACHABLE)
    assert gap.ended_at is not None
    assert 11 <= (gap.ended_at - gap.started_at) / 1e6 <= 30


def test_a_camera_whose_clock_is_wrong_is_recorded_at_our_time(host: RecorderHost, simulator: Simulator) -> None:
    start(host, *TWELVE[:2])
    simulator.fail(FIRST, "ntp-jump", "3600")
    time.sleep(8)
    finish(host)
    host.check_unbroken(FIRST)
