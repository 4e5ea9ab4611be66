"""The keeper as a process, on SQLite and on PostgreSQL: killed at any moment, it catches up to the same rows."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from haidang.core.camera_list import parse_camera_list
from haidang.core.host import CAMERA_LIST, RECORDINGS
from haidang.core.journal import CloseReason, GapReason
from haidang.core.layout import Stream
from keeper.journals_on_disk import (
    append,
    at,
    closed,
    fragments,
    gap_closed,
    gap_opened,
    gaps_path,
    name_at,
    opened,
)
from system.waiting import eventually
from system.web.own_host import POSTGRES, OwnHost, kill, own_postgres_database

pytestmark = pytest.mark.system
STREAMS: tuple[Stream, ...] = ("main", "sub")
CAMERAS = [f"de-gi-{number}" for number in range(1, 9)]
ROWS = """
from haidang.config import ready
from haidang.footage.models import Gap, JournalPosition, RecordingFile, Span
print(json.dumps({
    "files": sorted(RecordingFile.objects.values_list("path", "ended_at", "size_bytes", "fragments", "close_reason")),
    "spans": sorted(Span.objects.values_list("camera", "stream", "started_at", "ended_at")),
    "gaps": sorted(Gap.objects.values_list("camera", "stream", "started_at", "ended_at", "reason")),
    "open": JournalPosition.objects.filter(finished=False).count(),
}))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OwnHost]:
    if request.param == "sqlite":
        own = OwnHost(tmp_path / "home")
        yield own
        own.stop()
        return
    if POSTGRES == "skip":
        pytest.skip(reason="HAIDANG_TEST_POSTGRES=skip: this machine has no PostgreSQL")
    with own_postgres_database("haidang_keeper_test", tmp_path) as url:
        own = OwnHost(tmp_path / "home", url)
        yield own
        own.stop()


def _rows(host: OwnHost) -> dict[str, list[list[object]]]:
    rows: dict[str, list[list[object]]] = json.loads(host.python(ROWS))
    return rows


def _record_minute(root: Path, minute: int) -> None:
    """One file a camera stream: 50 s of pictures, a gap, then the next minute."""
    for camera in CAMERAS:
        for stream in STREAMS:
            name = name_at(60 * minute, camera=camera, stream=stream)
            append(root, name.journal_path, [opened(name, minute), *fragments(name, 25)])


def _finish_minute(root: Path, minute: int) -> None:
    for camera in CAMERAS:
        for stream in STREAMS:
            name = name_at(60 * minute, camera=camera, stream=stream)
            rest = [*fragments(name, 25, first=25), closed(name, 50, CloseReason.DISCONNECTED)]
            append(root, name.journal_path, rest)
            gaps = gaps_path(60 * minute, camera=camera, stream=stream)
            append(root, gaps, [gap_opened(60 * minute + 50)])
            append(root, gaps, [gap_closed(60 * minute + 50, 60 * minute + 60, GapReason.CAMERA_UNREACHABLE)])


def test_a_keeper_killed_at_any_moment_catches_up_to_the_same_rows(host: OwnHost) -> None:
    chance = random.Random(20_261_125)
    root = host.home / RECORDINGS
    minutes = 6
    process = host.start("keeper")
    for minute in range(minutes):
        _record_minute(root, minute)
        time.sleep(chance.uniform(0.3, 1.5))  # somewhere in its start or its rounds
        kill(process)
        process = host.start("keeper")
        _finish_minute(root, minute)
    streams = len(CAMERAS) * len(STREAMS)
    eventually(lambda: len(_rows(host)["gaps"]) == minutes * streams, host.output("keeper")[-2000:], 40)
    time.sleep(1.5)
    rows = _rows(host)
    assert len(rows["files"]) == minutes * streams
    assert all(row[3:] == [50, "disconnected"] for row in rows["files"])
    assert rows["spans"] == sorted(
        [camera, stream, at(60 * minute), at(60 * minute + 50)]
        for camera in CAMERAS
        for stream in STREAMS
        for minute in range(minutes)
    )
    assert all(row[3] == row[2] + 10_000_000 and row[4] == "camera_unreachable" for row in rows["gaps"])  # type: ignore[operator]
    assert "exc_type" not in host.output("keeper")
    assert "Traceback" not in host.output("keeper")


def test_a_new_camera_reaches_the_recorders_list_within_a_second_or_two(host: OwnHost) -> None:
    host.start("keeper")
    path = host.home / CAMERA_LIST
    eventually(path.exists, "first list")
    host.python(
        "from haidang.config import commands\n"
        "commands.add_camera('de-gi-9', 'de-gi', 'Luồng vào', 'rtsp://10.0.0.9/main', username='u', password='p')"
    )
    eventually(lambda: len(parse_camera_list(path.read_text(encoding="utf-8")).cameras) == 1, "list", 5)


def test_a_keeper_ends_in_order_when_asked(host: OwnHost) -> None:
    process = host.start("keeper")
    eventually((host.home / CAMERA_LIST).exists, "started")
    process.terminate()
    assert process.wait(timeout=8) == 0
