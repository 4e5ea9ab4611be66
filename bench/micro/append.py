"""Megabytes appended in a second of CPU by ``RecordingWriter`` against a plain ``write`` + SHA-256 of the same bytes.

``python bench/micro/append.py [FOLDER]``: 1080p25 at 4 Mbit/s in fragments of 200 ms (5 pictures, about 100 kB), five
minutes a file, in turn. Ours also builds moof and journal, cuts seals and writes two files. Prints JSON; ``ratio`` is
ours over plain (1 = as cheap). The second table is what adoption after a crash costs for such a file.
"""

import hashlib
import json
import os
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from haidang.core.isobmff import Sample
from haidang.core.units import Pts90k, WallUs
from haidang.core.video import VideoFormat
from haidang.storage import RealFileOps, RecordingWriter, adopt

SETS = ("6764001eacd940a02ff961000003000100000300320f162d96", "68ef8fcb")
VIDEO = VideoFormat.from_parameter_sets("avc1", map(bytes.fromhex, SETS))
ROUNDS, FRAGMENTS, PICTURES, FRAME_90K = 5, 1500, 5, 3600
BEGAN = WallUs(1_795_575_845_000_000)


def pictures() -> list[list[bytes]]:
    """The pictures of ten fragments, one GOP: a keyframe of 100 kB and 49 pictures of 18 kB."""
    sizes = [100_000 if number == 0 else 18_000 for number in range(10 * PICTURES)]
    coded = [(size - 4).to_bytes(4, "big") + os.urandom(size - 4) for size in sizes]
    return [coded[at : at + PICTURES] for at in range(0, len(coded), PICTURES)]


def ours(root: Path, gop: list[list[bytes]], number: int) -> float:
    ops = RealFileOps()
    now = WallUs(BEGAN + number * 300_000_000)
    writer = RecordingWriter.create(
        root, "site", "camera", "main", VIDEO, position_90k=Pts90k(0), sequence=number, now=now, ops=ops
    )
    started = time.process_time()
    for at in range(FRAGMENTS):
        first = at % len(gop) == 0
        samples = [
            Sample(data, FRAME_90K, 0, keyframe=first and index == 0) for index, data in enumerate(gop[at % len(gop)])
        ]
        received_at = WallUs(now + at * 200_000)
        dts = Pts90k(at * PICTURES * FRAME_90K)
        writer.append(samples, dts, received_at=received_at, captured_at=None, keyframe=first, lost_packets=0)
    return time.process_time() - started


def plain(root: Path, gop: list[list[bytes]], number: int) -> float:
    fragments = [b"".join(coded) for coded in gop]
    digest = hashlib.sha256()
    with (root / f"plain-{number}").open("wb", buffering=0) as file:
        started = time.process_time()
        for at in range(FRAGMENTS):
            data = fragments[at % len(fragments)]
            file.write(data)
            digest.update(data)
        return time.process_time() - started


def main(folder: str | None) -> None:
    gop = pictures()
    size_mb = sum(len(data) for coded in gop for data in coded) * FRAGMENTS / len(gop) / 1e6
    times: dict[str, list[float]] = {"plain": [], "ours": [], "adopt": []}
    with TemporaryDirectory(dir=folder) as temporary:
        root = Path(temporary)
        for number in range(ROUNDS):
            times["plain"].append(plain(root, gop, number))
            (root / f"plain-{number}").unlink()
            times["ours"].append(ours(root, gop, number))
            started = time.process_time()
            adopt(root, "site", "camera", "main", now=BEGAN, ops=RealFileOps())
            times["adopt"].append(time.process_time() - started)
            for media in root.rglob("*.mp4"):
                media.unlink()
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    print(
        json.dumps(
            {
                "MB": round(size_mb),
                "plain_MB_per_cpu_s": round(size_mb / middle["plain"]),
                "ours_MB_per_cpu_s": round(size_mb / middle["ours"]),
                "ratio": round(middle["plain"] / middle["ours"], 2),
                "append_cpu_us_beyond_plain": round((middle["ours"] - middle["plain"]) / FRAGMENTS * 1e6, 1),
                "adopt_cpu_ms": round(middle["adopt"] * 1e3, 1),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
