"""The test run: hermetic tests in parallel first, then system tests, a process a folder (not with ``--fast``).

One command, one exit code; each part prints how long it took, when it is over. System tests mostly wait for cameras,
browsers and timeouts, so two folders run side by side. A system test that fails is run once more, alone, and both
results are shown: real processes on a machine of two busy cores can miss a moment once, a fault misses it twice.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTEST = [sys.executable, "-m", "pytest", "-q"]
HERMETIC = ["-m", "not system", "-n", "auto", "--disable-socket", "--allow-unix-socket"]
SYSTEM = ["-m", "system", "--durations=5"]
LANES = 2
#: ``recorder`` draws the scenes that ``stack`` shows, so it begins before it.
LONGEST = ("recorder", "browser", "stack", "simulator", "web", "gateway")
#: More failures than this are no missed moments.
MOST_AGAIN = 3


def part(name: str, command: list[str], *, cwd: Path = ROOT) -> tuple[int, list[str]]:
    """Run it, show what it said, and return its exit code and the tests that failed."""
    started = time.monotonic()
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=cwd, env=environment, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    failed = [
        line.split(" ", 1)[1].split(" - ")[0].strip()
        for line in done.stdout.splitlines()
        if line.startswith(("FAILED ", "ERROR "))
    ]
    how = "ok" if done.returncode == 0 else f"failed ({done.returncode})"
    print(f"\n== {name}\n{done.stdout}== {name}: {how} in {time.monotonic() - started:.0f} s", flush=True)
    return done.returncode, failed


def system_part(folder: Path) -> tuple[int, list[str]]:
    """A process of its own: Playwright keeps an event loop there, which others' asynchronous tests cannot share."""
    return part(f"system tests: {folder.name}", [*PYTEST, *SYSTEM, str(folder)])


def system_tests() -> list[int]:
    """Every folder, the longest first so that both lanes end together; then, alone, what failed."""
    folders = [path for path in (ROOT / "tests" / "system").iterdir() if any(path.glob("test_*.py"))]
    first = [name for name in LONGEST if ROOT / "tests/system" / name in folders]
    rest = sorted(path.name for path in folders if path.name not in first)
    with ThreadPoolExecutor(LANES) as lanes:
        results = list(lanes.map(lambda name: system_part(ROOT / "tests/system" / name), [*first, *rest]))
    return [_again(code, failed) for code, failed in results]


def _again(code: int, failed: list[str]) -> int:
    if code == 0 or not 0 < len(failed) <= MOST_AGAIN:
        return code
    return part(f"once more: {', '.join(failed)}", [*PYTEST, *SYSTEM, *failed])[0]


def main(words: list[str]) -> int:
    npm = str(ROOT / "deploy/npm.sh")
    codes = [
        part("front-end tests", [npm, "run", "test"], cwd=ROOT / "web-ui")[0],
        part("hermetic tests", [*PYTEST, *HERMETIC])[0],
    ]
    if "--fast" not in words:
        codes += system_tests()
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
