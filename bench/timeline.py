"""A camera's day: our query over joined spans, 64 cameras and 30 days stored, against a scan of one row a fragment.

The rival is given every advantage: it holds one stream of one camera only, in its own indexed table, one row for each
2 s fragment, and is read with the plain driver; ours holds 128 streams and goes through Django and its answer's types.

usage: python bench/timeline.py [--cameras 64] [--days 30] [--asks 200]
"""

import argparse
import json
import os
import random
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from asking import times_ms

S = 1_000_000
DAY = 86_400 * S
T0 = 1_792_886_400 * S  # 2026-10-25 00:00:00 UTC
FRAGMENT_S = 2
#: Outages a day, each of a minute or so: a worse month than any camera should have.
OUTAGES = 6

SETUP = tempfile.TemporaryDirectory()
os.environ["HAIDANG_DIR"] = SETUP.name

from django.core.management import call_command  # noqa: E402 - HAIDANG_DIR is read when it is imported

import haidang.config.ready  # noqa: E402, F401 - sets Django up before models are imported

# isort: split
from haidang.core.units import WallUs  # noqa: E402
from haidang.footage.models import Gap, Span  # noqa: E402
from haidang.footage.queries import timeline  # noqa: E402


def outages(chance: random.Random, days: int) -> list[tuple[int, int]]:
    """When one stream has no picture, in order."""
    starts = sorted(chance.randrange(1, days * 86_400 - 200) for _ in range(OUTAGES * days))
    found: list[tuple[int, int]] = []
    for start in starts:
        if not found or start > found[-1][1] + 10:
            found.append((start, start + chance.randrange(20, 120)))
    return found


def spans_of(holes: list[tuple[int, int]], days: int) -> Iterator[tuple[int, int]]:
    at = 0
    for start, end in holes:
        yield at, start
        at = end
    yield at, days * 86_400


def store_ours(cameras: int, days: int) -> tuple[int, list[tuple[int, int]]]:
    """Fill our tables; the number of rows, and the outages of the stream that the rival gets too."""
    call_command("migrate", interactive=False, verbosity=0)
    chance, rows = random.Random(1), 0  # noqa: S311 - the same outages in every run
    first: list[tuple[int, int]] = []
    for number in range(cameras):
        for stream in ("main", "sub"):
            holes = outages(chance, days)
            first = first or holes
            camera = f"camera-{number}"
            Span.objects.bulk_create(
                Span(camera=camera, stream=stream, started_at=T0 + a * S, ended_at=T0 + b * S)
                for a, b in spans_of(holes, days)
            )
            Gap.objects.bulk_create(
                Gap(camera=camera, stream=stream, started_at=T0 + a * S, ended_at=T0 + b * S, reason="network")
                for a, b in holes
            )
            rows += 2 * len(holes) + 1
    return rows, first


def store_rival(path: Path, holes: list[tuple[int, int]], days: int) -> tuple[sqlite3.Connection, int]:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("CREATE TABLE fragment (started_at INTEGER PRIMARY KEY, ended_at INTEGER NOT NULL)")
    fragments = (
        (T0 + at * S, T0 + min(at + FRAGMENT_S, b) * S)
        for a, b in spans_of(holes, days)
        for at in range(a, b, FRAGMENT_S)
    )
    connection.executemany("INSERT INTO fragment VALUES (?, ?)", fragments)
    connection.commit()
    return connection, connection.execute("SELECT count(*) FROM fragment").fetchone()[0]


def rival_day(connection: sqlite3.Connection, from_us: int, to_us: int) -> list[list[int]]:
    """Every fragment of the window, joined in the order they come."""
    spans: list[list[int]] = []
    for started_at, ended_at in connection.execute(
        "SELECT started_at, ended_at FROM fragment WHERE started_at < ? AND started_at >= ? ORDER BY started_at",
        (to_us, from_us - FRAGMENT_S * S),
    ):
        if ended_at <= from_us:
            continue
        if spans and started_at <= spans[-1][1] + 1_500_000:
            spans[-1][1] = ended_at
        else:
            spans.append([max(started_at, from_us), ended_at])
    return spans


def timed(ask: Callable[[], object], asks: int) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    times = times_ms(ask, asks)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cameras", type=int, default=64)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--asks", type=int, default=200)
    options = parser.parse_args()
    rows, holes = store_ours(options.cameras, options.days)
    rival, rival_rows = store_rival(Path(SETUP.name) / "rival.sqlite3", holes, options.days)
    chance = random.Random(2)  # noqa: S311 - the same questions in every run
    now = WallUs(T0 + options.days * DAY)

    def day_start() -> int:
        return T0 + chance.randrange(options.days) * DAY

    def ours(camera: str, from_us: int) -> list[object]:
        return list(timeline(camera, "main", from_us=WallUs(from_us), to_us=WallUs(from_us + DAY), now=now).spans)

    # Both must say the same before either is timed.
    for day in range(options.days):
        from_us = T0 + day * DAY
        assert len(ours("camera-0", from_us)) == len(rival_day(rival, from_us, from_us + DAY)), f"day {day} differs"
    our_median, our_p95 = timed(lambda: ours(f"camera-{chance.randrange(options.cameras)}", day_start()), options.asks)

    def ask_rival() -> object:
        from_us = day_start()
        return rival_day(rival, from_us, from_us + DAY)

    rival_median, rival_p95 = timed(ask_rival, max(20, options.asks // 5))
    result = {
        "title": f"a camera's day, {options.days} days × {options.cameras} cameras stored",
        "machine": f"{os.cpu_count()} cores",
        "rows": [
            {"what": "joined spans and gaps (ours)", "streams": options.cameras * 2, "rows": rows,
             "median ms": f"{our_median:.2f}", "p95 ms": f"{our_p95:.2f}"},
            {"what": "one row a fragment (rival)", "streams": 1, "rows": rival_rows,
             "median ms": f"{rival_median:.2f}", "p95 ms": f"{rival_p95:.2f}"},
        ],
        "goal": "≤ 10 ms (p95)",
        "verdict": f"{our_p95:.1f} ms p95, {our_median / rival_median:.3f} × the rival's median",
    }  # fmt: skip
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
