"""A host directory with nothing but a recorder: cameras listed, workers started and killed, recordings looked at."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from haidang.core.camera_list import CameraList, ListedCamera, dump_camera_list
from haidang.core.host import CAMERA_LIST, CREDENTIALS_KEY, RECORDINGS, SETTINGS
from haidang.core.journal import Close, CloseReason, Fragment, GapClose, GapOpen, Record, Seal, read_records
from haidang.core.layout import RecordingName, Stream
from haidang.core.sealed import KEY_BYTES, NONCE_BYTES, seal
from haidang.core.timeline import Gap, recorded_gaps
from haidang.core.units import WallUs
from haidang.storage import RecordingIndex, load_index

SITE = "de-gi"


@contextmanager
def running(words: list[str], *, ready: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """A server process that says ``ready`` on stdout; ended by its own pid."""
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if ready in line:
                break
        else:
            pytest.fail(f"{words[0]} ended before it was ready")
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


class RecorderHost:
    def __init__(self, home: Path, *, settings: str = "") -> None:
        self.home = home
        self.key = os.urandom(KEY_BYTES)
        self.workers: dict[int, subprocess.Popen[bytes]] = {}
        for name in (CAMERA_LIST, CREDENTIALS_KEY):
            (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / CREDENTIALS_KEY).write_bytes(self.key)
        (home / SETTINGS).write_text(f"[recorder]\n{settings or 'workers = 1'}\n", encoding="utf-8")

    def sealed(self, camera: str, password: str) -> str:
        return seal(password, camera=camera, key=self.key, nonce=os.urandom(NONCE_BYTES))

    def publish(self, *cameras: ListedCamera) -> None:
        beside = self.home / f"{CAMERA_LIST}.new"
        beside.write_text(dump_camera_list(CameraList(WallUs(0), cameras)), encoding="utf-8")
        beside.replace(self.home / CAMERA_LIST)

    def start(self, worker: int = 0) -> "subprocess.Popen[bytes]":
        with (self.home / f"worker-{worker}.log").open("ab") as log:
            self.workers[worker] = subprocess.Popen(
                [sys.executable, "-m", "haidang.cli", "recorder", "--worker", str(worker)],
                env={**os.environ, "HAIDANG_DIR": str(self.home)},
                stderr=log,
            )
        return self.workers[worker]

    def stop(self, worker: int = 0) -> int:
        """In order; the exit status."""
        process = self.workers.pop(worker)
        process.terminate()
        return process.wait(15)

    def kill(self, worker: int = 0) -> None:
        process = self.workers.pop(worker)
        process.send_signal(signal.SIGKILL)
        process.wait(15)

    def end(self) -> None:
        for worker in tuple(self.workers):
            self.kill(worker)

    def log(self, worker: int = 0) -> list[dict[str, Any]]:
        text = (self.home / f"worker-{worker}.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def events(self, event: str, worker: int = 0) -> list[dict[str, Any]]:
        return [line for line in self.log(worker) if line["event"] == event]

    def status(self, worker: int = 0) -> dict[str, Any]:
        path = self.home / f"run/recorder-{worker}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"streams": {}}

    # What is on disk

    def check_unbroken(self, camera: str, stream: Stream = "main") -> None:
        """One recording from start to stop, through rotations if one fell into it, without a hole."""
        reasons = [index.close.reason if index.close else None for index in self.recordings(camera, stream)]
        assert reasons
        assert reasons == [CloseReason.ROTATED] * (len(reasons) - 1) + [CloseReason.STOPPED]
        check_without_hole(self.fragments(camera, stream))

    def recordings(self, camera: str, stream: Stream = "main") -> list[RecordingIndex]:
        root = self.home / RECORDINGS
        names = sorted(
            RecordingName.parse(str(path.relative_to(root))) for path in root.glob(f"*/{camera}/*/*Z-{stream}.journal")
        )
        return [load_index(root, name) for name in names]

    def fragments(self, camera: str, stream: Stream = "main") -> list[Fragment]:
        return [fragment for index in self.recordings(camera, stream) for fragment in index.fragments]

    def gap_records(self, camera: str, stream: Stream = "main") -> list[Record]:
        journals = sorted((self.home / RECORDINGS).glob(f"*/{camera}/*/gaps-{stream}.journal"))
        return [record for path in journals for record in read_records(path.read_bytes())]

    def gaps(self, camera: str, stream: Stream = "main") -> list[Gap]:
        return recorded_gaps(self.gap_records(camera, stream))

    def play(self, camera: str, stream: Stream = "main") -> int:
        """Decode every recording to its last picture; how many pictures there are. Fails on a decoding error."""
        return sum(self._play(index) for index in self.recordings(camera, stream))

    def _play(self, index: RecordingIndex) -> int:
        expected = sum(fragment.sample_count for fragment in index.fragments)
        if not index.fragments:
            return 0
        # What a full disk or a crash cut off behind the last whole fragment stays in the file and is never served.
        end = index.fragments[-1].offset_bytes + index.fragments[-1].size_bytes
        data = (self.home / RECORDINGS / index.name.media_path).read_bytes()[:end]
        pictures = 0
        with av.open(BytesIO(data), "r") as container:
            video = container.streams.video[0]
            video.thread_type = "NONE"
            for frame in container.decode(video):
                assert not frame.is_corrupt, f"{index.name.media_path}: picture {pictures}"
                assert (frame.width, frame.height) == (index.open.width_px, index.open.height_px)
                pictures += 1
        assert pictures == expected, f"{index.name.media_path}: {pictures} of {expected} pictures"
        return pictures


def check_gaps(records: list[Record]) -> None:
    """Gaps follow each other: each is closed before the next begins, and none overlap."""
    ended, opened = 0, None
    for record in records:
        if isinstance(record, GapOpen):
            assert opened in (None, record.started_at)  # opened again, the cause is better known
            assert record.started_at >= ended
            opened = record.started_at
        elif isinstance(record, GapClose):
            assert record.started_at == opened
            opened, ended = None, record.ended_at


def check_without_hole(fragments: list[Fragment], *, at_most_us: int = 500_000) -> None:
    """Pictures arrived without a break: the next fragment's first one is there when the one before ends."""
    for before, after in pairwise(fragments):
        hole_us = after.received_at - before.received_at - before.duration_90k * 100 // 9
        assert hole_us < at_most_us, f"{hole_us / 1e6:.2f} s without a picture"


def check_sealed(index: RecordingIndex) -> None:
    """A closed recording's seals tile it."""
    assert isinstance(index.close, Close)
    at = 0
    for seal_record in index.seals:
        assert isinstance(seal_record, Seal)
        assert seal_record.offset_bytes == at
        at += seal_record.size_bytes
    assert at == index.close.size_bytes
