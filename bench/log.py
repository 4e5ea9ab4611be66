"""The log: what sealing and logging cost beside recording, deep reconciliation against sha256sum, and proofs.

Sealing is SHA-256 of the bytes that were recorded; it is timed alone on the very files that recorder workers wrote in
this run, and so is the keeper's log on their journals. A year of a 100-camera log has 630 million entries, which no
benchmark writes: proofs are taken from logs of growing size, and each further level of tiles is one more file read.

usage: python bench/log.py [--cameras 32] [--window 20] [--gigabytes 2]
"""

import argparse
import hashlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SETUP = tempfile.TemporaryDirectory()
os.environ["HAIDANG_DIR"] = SETUP.name

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402 - HAIDANG_DIR comes first

from haidang.core.host import RECORDINGS  # noqa: E402
from haidang.core.log_entries import NO_LINK, Sealed, entry_bytes  # noqa: E402
from haidang.core.tlog.notes import ED25519, Signer  # noqa: E402
from haidang.core.units import WallUs  # noqa: E402
from haidang.reconcile.file_pass import hash_range  # noqa: E402
from haidang.storage.log_reader import LogReader  # noqa: E402
from haidang.storage.log_store import MAX_BATCH, LogStore  # noqa: E402
from haidang.storage.record_log import RecordLog  # noqa: E402
from processes import cpu_share, end  # noqa: E402
from record import free_port, recorder_home, simulator, start_workers  # noqa: E402

SIGNER = Signer.of("haidang.example/record", ED25519, Ed25519PrivateKey.from_private_bytes(bytes(32)))
CHUNK_BYTES = 100_000
YEAR_ENTRIES = 100 * 2 * 365 * 8640
LATER = WallUs(4_000_000_000_000_000)


class QuickOps:
    """A disk that is not waited for: the log is only read afterwards."""

    def put(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)


def cpu_s(do: Callable[[], object]) -> float:
    began = time.process_time()
    do()
    return time.process_time() - began


def sealing(cameras: int, window_s: float) -> list[dict[str, object]]:
    """Recorder workers for a while; then their bytes hashed and their journals logged, each alone."""
    port = free_port()
    playing = simulator(port, cameras, paced=True)
    home = recorder_home(Path(tempfile.mkdtemp(prefix="haidang-bench-")), port, cameras)
    workers = start_workers(home, cameras)
    try:
        time.sleep(6 + cameras / 20)
        before = recorded_bytes(home)
        cores, _usage = cpu_share([worker.pid for worker in workers], window_s)
        written = recorded_bytes(home) - before
    finally:
        end(workers)
        end([playing])
    data = os.urandom(CHUNK_BYTES)

    def hash_all() -> None:
        hash_ = hashlib.sha256()
        for _ in range(max(written // CHUNK_BYTES, 1)):
            hash_.update(data)

    seals_s = cpu_s(hash_all)
    log = RecordLog(home / RECORDINGS, LogStore(home / "tlog", SIGNER))
    entries = 0

    def log_all() -> None:
        nonlocal entries
        while count := log.run_once(LATER):
            entries += count

    logged_s = cpu_s(log_all)
    seconds = sum(path.stat().st_size for path in home.glob("recordings/*/*/*/*.mp4")) / max(written / window_s, 1)
    shutil.rmtree(home)
    recording = cores * window_s
    logging = logged_s * window_s / seconds
    return [
        {
            "what": f"recording {cameras} cameras, {round(written * 8 / window_s / cameras / 1e6, 1)} Mbit/s each",
            "CPU ms per camera-second": round(1000 * recording / window_s / cameras, 2),
            "share of recording": "1",
        },
        {
            "what": "of it sealing (SHA-256)",
            "CPU ms per camera-second": round(1000 * seals_s / window_s / cameras, 3),
            "share of recording": round(seals_s / recording, 3),
        },
        {
            "what": f"logging ({entries} entries, two fsyncs a tile)",
            "CPU ms per camera-second": round(1000 * logging / window_s / cameras, 3),
            "share of recording": round(logging / recording, 3),
        },
    ]


def recorded_bytes(home: Path) -> int:
    return sum(path.stat().st_size for path in home.glob("recordings/*/*/*/*.mp4"))


def checking(gigabytes: float) -> list[dict[str, object]]:
    """The deep pass's reading and hashing, and sha256sum, on the same files, turn by turn."""
    folder = Path(tempfile.mkdtemp(prefix="haidang-bench-"))
    paths = [folder / str(number) for number in range(max(1, int(gigabytes * 8)))]
    for path in paths:
        path.write_bytes(os.urandom(1024 * 1024) * 128)
    size, buffer = 128 * 1024 * 1024, bytearray(1024 * 1024)
    seal = 5 * 1024 * 1024

    def ours() -> None:
        for path in paths:
            descriptor = os.open(path, os.O_RDONLY)
            for at in range(0, size, seal):
                hash_range(descriptor, at, min(seal, size - at), buffer)
            os.close(descriptor)

    def theirs() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["sha256sum", *map(str, paths)], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    mine, rival = [], []
    for _ in range(3):
        rival.append(theirs())
        mine.append(cpu_s(ours))
    shutil.rmtree(folder)
    total = len(paths) * size
    rates = {"haidang check --deep": total / min(mine), "sha256sum": total / min(rival)}
    return [
        {
            "what": who,
            "MB per CPU second": round(rate / 1e6),
            "ratio": round(rate / rates["sha256sum"], 2),
        }
        for who, rate in rates.items()
    ]


def proofs(sizes: list[int]) -> list[dict[str, object]]:
    """Proofs of random entries of logs that grow."""
    folder = Path(tempfile.mkdtemp(prefix="haidang-bench-"))
    store, rows, number = LogStore(folder, SIGNER, ops=QuickOps()), [], 0
    for size in sizes:
        while store.size < size:
            batch = []
            for _ in range(min(MAX_BATCH, size - store.size)):
                seal = Sealed(
                    "camera",
                    "main",
                    number,
                    NO_LINK,
                    "site/camera/x.mp4",
                    0,
                    5_000_000,
                    bytes(32),
                    WallUs(number),
                    WallUs(number + 1),
                )
                batch.append(entry_bytes(seal))
                number += 1
            store.append(batch, b"")
        times = []
        for at in range(200):
            index = int.from_bytes(hashlib.sha256(str(at).encode()).digest()[:6]) % size
            began = time.perf_counter()
            LogReader(folder, SIGNER.key).proof(index)
            times.append(1000 * (time.perf_counter() - began))
        rows.append(
            {
                "what": f"a proof in {size:,} entries",
                "p50 ms": round(statistics.median(times), 1),
                "p95 ms": round(sorted(times)[189], 1),
            }
        )
    shutil.rmtree(folder)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=32)
    parser.add_argument("--window", type=float, default=20)
    parser.add_argument("--gigabytes", type=float, default=2)
    parser.add_argument("--entries", default="1000,66000,1000000")
    options = parser.parse_args()
    sealed = sealing(options.cameras, options.window)
    checked = checking(options.gigabytes)
    proved = proofs([int(size) for size in options.entries.split(",")])
    shares = [row["share of recording"] for row in sealed[1:]]
    print(
        json.dumps(
            {
                "title": "sealing and logging, reconciliation, proofs",
                "rows": sealed + checked + proved,
                "goal": "sealing and logging < 5 % of recording; check --deep ≥ 0.8 × sha256sum bytes per CPU second; "
                "a proof in a year of 100 cameras ≤ 20 ms",
                "verdict": f"sealing {shares[0]}, logging {shares[1]} of recording; ratio {checked[0]['ratio']}; "
                f"p95 {proved[-1]['p95 ms']} ms in a million entries, "
                f"{YEAR_ENTRIES:,} (a year) need one or two tiles more",
            }
        )
    )


if __name__ == "__main__":
    main()
