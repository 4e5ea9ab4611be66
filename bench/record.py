"""Recording: our workers against one `ffmpeg -c copy -f segment` process a camera, from the same simulated cameras.

Packets are paced as real cameras send them (one a write, spread over the frame time); ours hashes, journals and
syncs, the rival writes only. Then more and more cameras on this machine, simulator included, until a picture is missed.

usage: python bench/record.py [--cameras 16,64] [--window 15] [--most 256]
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from haidang.core.camera_list import CameraList, ListedCamera, dump_camera_list
from haidang.core.host import CAMERA_LIST, CREDENTIALS_KEY, RECORDINGS, SETTINGS
from haidang.core.journal import Close, CloseReason, Fragment, Open, read_records
from haidang.core.sealed import KEY_BYTES
from haidang.core.units import WallUs
from haidang.simulator.catalogue import cameras as simulated_cameras
from processes import Usage, cpu_share, end

#: One worker holds 64 cameras; two use both cores.
CAMERAS_A_WORKER = 64
FRAME_90K = 3600


@dataclass(frozen=True)
class Run:
    cores: float
    usage: Usage
    complete: bool
    missing: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def simulator(port: int, count: int, *, paced: bool) -> "subprocess.Popen[bytes]":
    words = ["camera", "simulate", "--port", str(port), "--cameras", str(count), *(["--paced"] if paced else [])]
    started = subprocess.Popen([sys.executable, "-m", "haidang.cli", *words], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 300  # the first time, scenes are encoded
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return started
        time.sleep(0.2)
    raise TimeoutError("the simulated cameras did not start")


def workers_for(count: int) -> int:
    return min(2, -(-count // CAMERAS_A_WORKER))


def recorder_home(folder: Path, port: int, count: int) -> Path:
    """A host directory with nothing but what recorder workers read; main streams only, as the rival records."""
    listed = tuple(
        ListedCamera(camera.id, camera.site, f"rtsp://127.0.0.1:{port}/{camera.id}/main", None)
        for camera in simulated_cameras(count)
    )
    for name in (CAMERA_LIST, CREDENTIALS_KEY):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / CREDENTIALS_KEY).write_bytes(os.urandom(KEY_BYTES))
    (folder / CAMERA_LIST).write_text(dump_camera_list(CameraList(WallUs(0), listed)), encoding="utf-8")
    (folder / SETTINGS).write_text(f"[recorder]\nworkers = {workers_for(count)}\n", encoding="utf-8")
    return folder


def missing_pictures(recordings: Path, expected: int) -> str:
    """Empty if every camera's fragments follow one another, over rotations too; else what is wrong."""
    due: dict[str, int] = {}
    for journal in sorted(recordings.glob("*/*/*/*Z-main.journal")):
        camera, base = journal.parent.parent.name, 0
        for record in read_records(journal.read_bytes()):
            if isinstance(record, Open):
                base = record.position_90k
            elif isinstance(record, Close) and record.reason not in (CloseReason.ROTATED, CloseReason.STOPPED):
                return f"{camera}: {record.reason.name.lower()}"
            elif isinstance(record, Fragment):
                at = base + record.dts_90k
                if record.lost_packets or abs(at - due.get(camera, at)) > FRAME_90K:
                    return f"{camera}: a hole at {at / 90000:.1f} s"
                due[camera] = at + record.duration_90k
    return "" if len(due) == expected else f"{expected - len(due)} cameras not recorded"


def start_workers(home: Path, count: int) -> "list[subprocess.Popen[bytes]]":
    environment = {**os.environ, "HAIDANG_DIR": str(home)}
    return [
        subprocess.Popen(
            [sys.executable, "-m", "haidang.cli", "recorder", "--worker", str(n)], env=environment,
            stderr=(home / f"recorder-{n}.log").open("wb"),
        )
        for n in range(workers_for(count))
    ]  # fmt: skip


def ours(port: int, count: int, window_s: float) -> Run:
    home = recorder_home(Path(tempfile.mkdtemp(prefix="haidang-bench-")), port, count)
    workers = start_workers(home, count)
    try:
        time.sleep(6 + count / 20)
        cores, after = cpu_share([worker.pid for worker in workers], window_s)
    finally:
        end(workers)
    missing = missing_pictures(home / RECORDINGS, count)
    shutil.rmtree(home)
    return Run(cores, after, not missing, missing)


def ffmpeg(port: int, count: int, window_s: float) -> Run:
    folder = Path(tempfile.mkdtemp(prefix="haidang-bench-"))
    processes = []
    for camera in simulated_cameras(count):
        url = f"rtsp://127.0.0.1:{port}/{camera.id}/main"
        words = ["-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", url, "-c", "copy", "-f", "segment",
                 "-segment_time", "300", str(folder / f"{camera.id}-%03d.mp4")]  # fmt: skip
        processes.append(subprocess.Popen(["ffmpeg", *words], stderr=subprocess.DEVNULL))
        time.sleep(0.02)
    try:
        time.sleep(6 + count / 20)
        cores, after = cpu_share([process.pid for process in processes], window_s)
    finally:
        end(processes)
        shutil.rmtree(folder)
    return Run(cores, after, complete=True, missing="")


def row(who: str, count: int, processes: int, run: Run, rival: Run | None) -> dict[str, object]:
    shown: dict[str, object] = {
        "recorder": who,
        "cameras": count,
        "processes": processes,
        "% of a core per camera": round(100 * run.cores / count, 2),
        "MB per camera (PSS)": round(run.usage.pss_mb / count, 1),
    }
    if rival is not None:
        shown["CPU ratio"] = round(run.cores / rival.cores, 2)
        shown["memory ratio"] = round(run.usage.pss_mb / rival.usage.pss_mb, 2)
        shown["complete"] = "yes" if run.complete else f"no: {run.missing}"
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", default="16,64")
    parser.add_argument("--window", type=float, default=15)
    parser.add_argument("--most", type=int, default=256)
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    ratios: list[object] = []
    for count in [int(text) for text in options.cameras.split(",")]:
        port = free_port()
        cameras = simulator(port, count, paced=True)
        try:
            rival = ffmpeg(port, count, options.window)
            run = ours(port, count, options.window)
        finally:
            end([cameras])
        rows.append(row("haidang, paced packets", count, workers_for(count), run, rival))
        rows.append(row("ffmpeg, paced packets", count, count, rival, None))
        ratios.append(rows[-2]["CPU ratio"])
    largest = 0
    for count in (64, 96, 128, 160, 192, 224, 256):
        if count > options.most:
            break
        port = free_port()
        cameras = simulator(port, count, paced=False)
        try:
            run = ours(port, count, options.window)
        finally:
            end([cameras])
        shown = row("haidang, a frame a write", count, workers_for(count), run, None)
        rows.append({**shown, "complete": "yes" if run.complete else f"no: {run.missing}"})
        if not run.complete:
            break
        largest = count
    goal = "≤ 0.5 × ffmpeg's CPU, ≤ 0.1 × its memory, ≥ 256 cameras complete on two cores"
    verdict = (
        f"CPU ratio {', '.join(map(str, ratios))}; largest complete with the simulator on the same cores: {largest}"
    )
    print(json.dumps({"title": "CPU and memory a camera", "rows": rows, "goal": goal, "verdict": verdict}))


if __name__ == "__main__":
    main()
