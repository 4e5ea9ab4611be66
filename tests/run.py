"""The test run: hermetic tests in parallel first, then system tests one after another (not with ``--fast``).

One command, one exit code; each part prints how long it took.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERMETIC = ["-m", "not system", "-n", "auto", "--disable-socket", "--allow-unix-socket"]
SYSTEM = ["-m", "system", "--durations=15"]


def part(name: str, command: list[str], *, cwd: Path = ROOT) -> int:
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    code = subprocess.run(command, cwd=cwd, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}).returncode
    print(f"== {name}: {'ok' if code == 0 else f'failed ({code})'} in {time.monotonic() - started:.0f} s", flush=True)
    return code


def main(words: list[str]) -> int:
    pytest = [sys.executable, "-m", "pytest", "-q"]
    codes = [
        part("front-end tests", [str(ROOT / "deploy/npm.sh"), "run", "test"], cwd=ROOT / "web-ui"),
        part("hermetic tests", [*pytest, *HERMETIC]),
    ]
    if "--fast" not in words:
        codes.append(part("system tests", [*pytest, *SYSTEM]))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
