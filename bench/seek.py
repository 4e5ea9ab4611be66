"""Seeking: ticket → redemption → playlist of ten minutes → initialisation and first segment, as a player asks for them.

Twice, turn about: in an archive of 64 cameras × 30 days and in one of 1 camera × 1 day. Their ratio says whether
seeking depends on the size of the archive. Files that no seek touches have their real names and stand for the rest by
being there; those that are sought have real journals and, in place of pictures, holes. No two seeks share a file, so
that nothing the gateway keeps helps.

usage: python bench/seek.py [--cameras 64] [--days 30] [--seeks 60]
"""

import argparse
import http.client
import json
import os
import random
import re
import shutil
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from gateway_home import SITE, VIDEO, Gateway, ticket
from haidang.core.isobmff import init_segment
from haidang.core.journal import Close, CloseReason, Fragment, FragmentFlag, Open, encode
from haidang.core.layout import RecordingName
from haidang.core.units import Pts90k, WallUs

DAY_US, FILE_US, FRAGMENT_US = 86_400_000_000, 300_000_000, 200_000
FILES_A_DAY = DAY_US // FILE_US
FRAGMENTS = FILE_US // FRAGMENT_US
FRAGMENT_BYTES = 100_000
#: 2026-10-01 00:00 UTC
FIRST_DAY = 1_790_812_800_000_000
WINDOW_US = 600_000_000
INIT = init_segment(VIDEO)


def name(camera: str, day: int, file: int) -> RecordingName:
    return RecordingName(SITE, camera, WallUs(FIRST_DAY + day * DAY_US + file * FILE_US), "main")


def fill(root: Path, cameras: list[str], days: int) -> int:
    """Every name of the archive; the files of a folder are one empty file under many names."""
    made = 0
    for camera in cameras:
        for day in range(days):
            folder = (root / name(camera, day, 0).media_path).parent
            folder.mkdir(parents=True)
            (folder / "empty").touch()
            opened = os.open(folder, os.O_RDONLY)
            for file in range(FILES_A_DAY):
                one = name(camera, day, file)
                for path in (one.media_path, one.journal_path):
                    os.link("empty", path.rpartition("/")[2], src_dir_fd=opened, dst_dir_fd=opened)
                    made += 1
            os.close(opened)
    return made


def record(root: Path, one: RecordingName) -> None:
    """A real journal over five minutes of 4 Mbit/s, and a file whose pictures are a hole."""
    media, journal = root / one.media_path, root / one.journal_path
    if media.stat().st_size:
        return
    media.unlink()
    journal.unlink()
    media.write_bytes(INIT)
    os.truncate(media, len(INIT) + FRAGMENTS * FRAGMENT_BYTES)
    records = [encode(Open("avc1", 1920, 1080, len(INIT), one.started_at, Pts90k(0)))]
    for number in range(FRAGMENTS):
        at, offset = WallUs(one.started_at + number * FRAGMENT_US), len(INIT) + number * FRAGMENT_BYTES
        flags = FragmentFlag.KEYFRAME if number % 10 == 0 else FragmentFlag(0)
        records.append(encode(Fragment(offset, FRAGMENT_BYTES, Pts90k(number * 18_000), 18_000, at, None, 5, flags)))
    size = len(INIT) + FRAGMENTS * FRAGMENT_BYTES
    records.append(encode(Close(CloseReason.ROTATED, size, WallUs(one.started_at + FILE_US))))
    journal.write_bytes(b"".join(records))


def prepare(root: Path, cameras: list[str], days: int, seeks: int, dice: random.Random) -> list[tuple[str, int]]:
    """Where to seek: a camera and an instant, each in files of its own."""
    found = []
    for turn in dice.sample(range(1, FILES_A_DAY // 4), seeks):
        camera, day, file = dice.choice(cameras), dice.randrange(days), turn * 4
        for near in range(file, file + 4):
            record(root, name(camera, day, near))
        found.append((camera, name(camera, day, file).started_at + dice.randrange(FILE_US)))
    return found


def seek(connection: http.client.HTTPConnection, camera: str, at: int) -> dict[str, float]:
    """One seek; milliseconds of its steps."""
    text = ticket(camera, "view_playback", at - WINDOW_US, at + WINDOW_US)
    began = time.perf_counter()
    place = get(connection, f"/media/playback/{text}/index.m3u8?from={at}&to={at + WINDOW_US}").location
    redeemed = time.perf_counter()
    playlist = get(connection, place).body.decode()
    listed = time.perf_counter()
    folder = place.rpartition("/")[0]
    uri, init = re.search(r'URI="([^"]+)",BYTERANGE="(\d+)@0"', playlist).groups()  # type: ignore[union-attr]
    size, offset = map(int, re.search(r"BYTERANGE:(\d+)@(\d+)", playlist).groups())  # type: ignore[union-attr]
    get(connection, f"{folder}/{uri}", f"bytes=0-{int(init) - 1}")
    assert len(get(connection, f"{folder}/{uri}", f"bytes={offset}-{offset + size - 1}").body) == size
    done = time.perf_counter()
    return {
        "redeem": (redeemed - began) * 1000, "playlist": (listed - redeemed) * 1000,
        "first segment": (done - listed) * 1000, "all": (done - began) * 1000,
    }  # fmt: skip


class Answer:
    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.body = answer.read()
        assert answer.status in (200, 206, 303), (answer.status, self.body)
        self.location = answer.headers.get("location", "")


def get(connection: http.client.HTTPConnection, path: str, span: str = "") -> Answer:
    connection.request("GET", path, headers={"Range": span} if span else {})
    return Answer(connection.getresponse())


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


def row(what: str, files: int, seeks: list[dict[str, float]]) -> dict[str, object]:
    times = [one["all"] for one in seeks]
    shown: dict[str, object] = {"archive": what, "files": files, "seeks": len(seeks)}
    shown["p50 ms"], shown["p95 ms"] = round(statistics.median(times), 1), round(percentile(times, 0.95), 1)
    for step in ("redeem", "playlist", "first segment"):
        shown[f"{step} p50 ms"] = round(statistics.median(one[step] for one in seeks), 1)
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=64)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seeks", type=int, default=60, help="71 at most")
    options = parser.parse_args()
    sizes = {"small": (1, 1), "large": (options.cameras, options.days)}
    dice = random.Random(4)  # noqa: S311 - the same seeks in every run, not a secret
    base = Path(tempfile.mkdtemp(prefix="haidang-bench-"))
    try:
        with ExitStack() as stack:
            connections, places, files = {}, {}, {}
            for size, (cameras, days) in sizes.items():
                (base / size).mkdir()
                gateway = Gateway(base / size)
                slugs = [f"camera-{number}" for number in range(cameras)]
                files[size] = fill(gateway.root, slugs, days)
                places[size] = prepare(gateway.root, slugs, days, options.seeks, dice)
                stack.enter_context(gateway)
                connections[size] = http.client.HTTPConnection("127.0.0.1", gateway.port)
            times: dict[str, list[dict[str, float]]] = {size: [] for size in sizes}
            for turn in range(options.seeks):
                for size in sizes:
                    times[size].append(seek(connections[size], *places[size][turn]))
    finally:
        shutil.rmtree(base)
    rows = [
        row(f"{cameras} cameras × {days} days", files[size], times[size]) for size, (cameras, days) in sizes.items()
    ]
    ratio = statistics.median(one["all"] for one in times["large"]) / statistics.median(
        one["all"] for one in times["small"]
    )
    rows[1]["ratio to the small one (p50)"] = round(ratio, 2)
    print(
        json.dumps(
            {
                "title": "ticket → first segment of a ten-minute playlist",
                "rows": rows,
                "goal": "p95 ≤ 300 ms with 64 cameras × 30 days; independent of archive size (ratio about 1)",
                "verdict": f"p95 {rows[1]['p95 ms']} ms; ratio {ratio:.2f}",
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
