"""Live fan-out: CPU per viewer at 4 Mbit/s and the way of a fragment from the recorder to a client.

The gateway reads the fragments from disk, checks tickets and bounds queues; the rivals send the same bytes out of
memory: the bare `websockets` library's broadcast, and plain Starlette on uvicorn with a queue a viewer.

usage: python bench/live.py [--viewers 100,250] [--window 8]
"""

import argparse
import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from websockets.asyncio.client import connect

from gateway_home import Gateway, free_port, ticket, wait_for
from live_parts import CAMERA, FRAGMENT_BYTES, GROUP
from processes import cpu_share, end

PARTS = Path(__file__).with_name("live_parts.py")


@dataclass(frozen=True)
class Run:
    cores: float
    rss_mb: float
    latencies_ms: list[float]


def part(*words: object) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, str(PARTS), *map(str, words)], stdout=subprocess.PIPE)


@contextmanager
def load(port: int, path: Callable[[], str], count: int) -> Iterator[None]:
    """That many viewers, from another process."""
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as paths:
        paths.write("\n".join(path() for _ in range(count)))
        paths.flush()
        process = part("viewers", port, paths.name)
        try:
            assert process.stdout is not None
            process.stdout.readline()  # "connected"
            yield
        finally:
            end([process])


async def latencies(port: int, path: str, window_s: float) -> list[float]:
    """What one viewer among the others sees, in ms from the writing of a fragment to its arrival."""
    found: list[float] = []
    async with connect(f"ws://127.0.0.1:{port}{path}", compression=None, max_size=None) as viewer:
        until = time.monotonic() + window_s
        while time.monotonic() < until:
            message = await viewer.recv()
            arrived = time.time_ns() // 1000
            if isinstance(message, bytes) and (at := message.find(b"mdat", 0, 1024)) >= 0:
                found.append((arrived - int.from_bytes(message[at + 8 : at + 16], "big")) / 1000)
    return found[GROUP:]  # a newcomer is given what came since the last keyframe: old by design


def measure(process: "subprocess.Popen[bytes]", port: int, path: Callable[[], str], count: int, window_s: float) -> Run:
    with load(port, path, count):
        time.sleep(1.0)
        cores, usage = cpu_share([process.pid], window_s / 2)  # alone: the probe below costs the machine too
        seen = asyncio.run(latencies(port, path(), window_s / 2))
    return Run(cores, usage.rss_mb, seen)


def ours(count: int, window_s: float) -> Run:
    home = Path(tempfile.mkdtemp(prefix="haidang-bench-"))
    try:
        with Gateway(home) as gateway:
            recorder = part("recorder", home, FRAGMENT_BYTES)
            try:
                time.sleep(1.0)
                address = lambda: f"/media/live/{ticket(CAMERA, 'view_live')}"  # noqa: E731 - one ticket a viewer
                return measure(gateway.process, gateway.port, address, count, window_s)
            finally:
                end([recorder])
    finally:
        shutil.rmtree(home)


def rival(kind: str, count: int, window_s: float) -> Run:
    port = free_port()
    process = part(kind, port)
    try:
        wait_for(port)
        return measure(process, port, lambda: "/", count, window_s)
    finally:
        end([process])


def row(who: str, count: int, run: Run) -> dict[str, object]:
    ordered = sorted(run.latencies_ms)
    return {
        "server": who,
        "viewers": count,
        "% of a core per viewer": round(100 * run.cores / count, 4),
        "viewers per core (extrapolated)": round(count / run.cores),
        "memory MB (RSS)": round(run.rss_mb, 1),
        "written → client ms p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(len(ordered) * 0.95)], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", default="100,250")
    parser.add_argument("--window", type=float, default=8)
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    verdicts = []
    for count in [int(text) for text in options.viewers.split(",")]:
        run = ours(count, options.window)
        rivals = {
            "websockets broadcast()": rival("broadcast", count, options.window),
            "Starlette + uvicorn, plain": rival("starlette", count, options.window),
        }
        rows.append(row("haidang gateway, from disk", count, run))
        for who, other in rivals.items():
            rows.append({**row(who, count, other), "CPU of ours / this": round(run.cores / other.cores, 2)})
        verdicts.append(f"{rows[-3]['viewers per core (extrapolated)']} viewers per core at {count}")
    print(
        json.dumps(
            {
                "title": "viewers at 4 Mbit/s (5 × 100 KB a second), one stream, loopback, no TLS",
                "rows": rows,
                "goal": "≥ 2,500 viewers per core; picture received → in the client p95 ≤ 500 ms",
                "verdict": "; ".join(verdicts),
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
