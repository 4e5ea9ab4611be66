"""``haidang bench NAME``: runs one benchmark of a checkout; the installed package carries none."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from haidang.core.errors import NotFound

BENCHES = Path(__file__).resolve().parents[4] / "bench"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="", help="record, live, seek, log …; none lists them")


def run(options: argparse.Namespace) -> int:
    scripts = sorted(BENCHES.glob("*.py")) if BENCHES.is_dir() else []
    found = {path.stem: path for path in scripts if path.stem not in ("report", "processes")}
    if options.name not in found:
        names = ", ".join(found) or "none: benchmarks come with a checkout"
        raise NotFound(f"couldn't find benchmark {options.name!r}: {names}", code="no_such_benchmark")
    return subprocess.run([sys.executable, str(found[options.name])], check=False).returncode  # noqa: S603 - ours
