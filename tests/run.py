"""The test run: hermetic tests in parallel first, then system tests, a process a folder (not with ``--fast``).

One command, one exit code; each part prints how long it took.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERMETIC = ["-m", "not system", "-n", "auto", "--disable-socket", "--allow-unix-socket"]
SYSTEM = ["-m", "system", "--durations=5"]


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
        # A process each: Playwright keeps an event loop in its process, which others' asynchronous tests cannot share.
        for folder in sorted(path for path in (ROOT / "tests" / "system").iterdir() if path.is_dir()):
            if any(folder.glob("test_*.py")):
                codes.append(part(f"system tests: {folder.name}", [*pytest, *SYSTEM, str(folder)]))  # noqa: PERF401 - each is a run
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
