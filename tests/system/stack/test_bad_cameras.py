"""One camera hung, one refusing, one sending garbage, one with its disk full: the others record without a hole."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from haidang.core.journal import Fragment, GapClose, GapOpen, GapReason, Open, read_records
from system.stack.conftest import Stack
from system.waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.timeout(500)]

HUNG, REFUSING, GARBAGE, FULL = "de-gi-cau-cang", "de-gi-luong-vao", "de-gi-khu-neo-dau", "de-gi-bai-tau"


def gap_reasons(stack: Stack, camera: str) -> set[GapReason]:
    journals = stack.home.glob(f"recordings/*/{camera}/*/gaps-main.journal")
    records = [record for journal in journals for record in read_records(journal.read_bytes())]
    return {record.reason for record in records if isinstance(record, GapOpen | GapClose)}


def holes(stack: Stack, camera: str, since: float) -> list[str]:
    """Where fragments of one connection do not follow one another, over file borders too."""
    found, due = [], None
    journals = sorted(stack.home.glob(f"recordings/*/{camera}/*/*Z-main.journal"))
    for journal in [path for path in journals if path.stat().st_mtime > since]:
        base = 0
        for record in read_records(journal.read_bytes()):
            if isinstance(record, Open):
                base = record.position_90k
            elif isinstance(record, Fragment):
                at = base + record.dts_90k
                if due is not None and abs(at - due) > 3600:
                    found.append(f"{journal.name} at {record.dts_90k}: {(at - due) / 90000:.2f} s")
                due = at + record.duration_90k
    return found


@pytest.fixture
def full_disk(own_stack: Stack) -> Iterator[Path]:
    """The camera's own folder on a file system of 2 MB, and recorders that began after it was there."""
    folder = own_stack.home / "recordings" / "de-gi" / FULL
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], check=False)
    if mounted.returncode != 0:
        pytest.skip(reason="mounting a small file system needs root")
    for recorder in ("recorder-0", "recorder-1"):
        os.kill(own_stack.pid(recorder), signal.SIGKILL)
    time.sleep(2)
    eventually(lambda: recorded_lately(own_stack, "quy-nhon-cau-cang"), "recording again", 40)
    yield folder
    if os.path.ismount(folder):
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_others_record_without_a_hole(own_stack: Stack, full_disk: Path) -> None:
    since = time.time()
    for camera, *fault in ((HUNG, "hang"), (REFUSING, "refuse", "--value", "401"), (GARBAGE, "garbage")):
        done = own_stack.haidang("camera", "fault", camera, *fault)
        assert done.returncode == 0, done.stderr
    waited = {
        HUNG: {GapReason.NETWORK, GapReason.CAMERA_UNREACHABLE},
        REFUSING: {GapReason.CAMERA_REFUSED},
        GARBAGE: {GapReason.BAD_STREAM},
    }
    for camera, reasons in waited.items():
        eventually(partial(told, own_stack, camera, reasons), f"{camera}: {reasons}", 60)
    full = f'"camera": "{FULL}"'
    eventually(
        lambda: any(full in line and "disk_full" in line.lower() for line in recorder_log(own_stack)), "told", 60
    )
    time.sleep(5)
    well = {p.name for p in own_stack.home.glob("recordings/*/*")} - set(waited) - {FULL}
    assert len(well) == 8
    assert {camera: found for camera in sorted(well) if (found := holes(own_stack, camera, since))} == {}
    subprocess.run(["umount", "-l", str(full_disk)], check=True)
    eventually(lambda: GapReason.DISK_FULL in gap_reasons(own_stack, FULL), "the gap is told when there is room", 60)
    for camera in (HUNG, REFUSING, GARBAGE):
        assert own_stack.haidang("camera", "fault", camera, "clear").returncode == 0
    for camera in (HUNG, REFUSING, GARBAGE):
        gaps = own_stack.home.glob(f"recordings/*/{camera}/*/gaps-main.journal")
        opened = [r for g in gaps for r in read_records(g.read_bytes()) if isinstance(r, GapOpen)]
        assert opened
        eventually(partial(recorded_lately, own_stack, camera), f"{camera} records again", 60)


def told(stack: Stack, camera: str, reasons: set[GapReason]) -> bool:
    return bool(gap_reasons(stack, camera) & reasons)


def recorder_log(stack: Stack) -> list[str]:
    return [line for path in stack.home.glob("log/recorder-*.log") for line in path.read_text().splitlines()]


def recorded_lately(stack: Stack, camera: str) -> bool:
    journals = sorted(stack.home.glob(f"recordings/*/{camera}/*/*Z-main.journal"))
    return bool(journals) and time.time() - journals[-1].stat().st_mtime < 2
