"""Runs every benchmark, each against its rival in the same run, and writes docs/ref/performance.md from their JSON.

usage: python bench/report.py [NAME …]
Each benchmark is a script beside this one that prints one JSON object as its last line:
``{"title": …, "machine": …, "rows": [{…same keys…}], "goal": …, "verdict": …}``.
"""

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "docs" / "ref"
HEAD = """# Performance

Written by `make bench`; do not edit. Each figure stands beside its rival's from the same run:
quote ratios, not absolute numbers.
"""
NAMES = ("record", "live", "seek", "timeline", "rights", "log")


def measure(name: str) -> dict[str, object]:
    print(f"== {name}", flush=True)
    started = time.monotonic()
    done = subprocess.run([sys.executable, str(HERE / f"{name}.py")], stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
    return result


def table(rows: list[dict[str, object]]) -> str:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    lines = ["| " + " | ".join(keys) + " |", "|" + "---|" * len(keys)]
    lines += ["| " + " | ".join(str(row.get(key, "")) for key in keys) + " |" for row in rows]
    return "\n".join(lines)


def page(results: dict[str, dict[str, object]]) -> str:
    processor = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    kernel = platform.release().split("-")[0]
    measured_on = f"{os.cpu_count()} cores, {processor}, Python {platform.python_version()}, Linux {kernel}"
    parts = [HEAD, f"Machine: {measured_on}.\n"]
    for name, result in results.items():
        rows = result["rows"]
        assert isinstance(rows, list)
        goal = f"Goal: {result['goal']}  \nMeasured: {result['verdict']}\n"
        parts.append(f"## {name}: {result['title']}\n\n{table(rows)}\n\n{goal}")
    return "\n".join(parts)


def main(names: list[str]) -> None:
    kept = OUT / "performance.json"
    results: dict[str, dict[str, object]] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    for name in names or NAMES:
        results[name] = measure(name)
    ordered = {name: results[name] for name in NAMES if name in results}
    kept.write_text(json.dumps(ordered, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (OUT / "performance.md").write_text(page(ordered), encoding="utf-8")
    print(f"written: {OUT / 'performance.md'}")


if __name__ == "__main__":
    main(sys.argv[1:])
