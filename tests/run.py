"""The test run: hermetic tests in parallel first, then system tests, a process a folder (not with ``--fast``).

One command, one exit code; each part prints how long it took. A system test that fails is run once more, alone, and
both results are shown: real processes on a machine of two busy cores can miss a moment once, a fault misses it twice.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTEST = [sys.executable, "-m", "pytest", "-q"]
HERMETIC = ["-m", "not system", "-n", "auto", "--disable-socket", "--allow-unix-socket"]
SYSTEM = ["-m", "system", "--durations=5"]
#: More failures than this are no missed moments.
MOST_AGAIN = 3


def part(name: str, command: list[str], *, cwd: Path = ROOT) -> tuple[int, list[str]]:
    """Run it, show what it says, and return its exit code and the tests that failed."""
    print(f"\n== {name}", flush=True)
    started, failed = time.monotonic(), []
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            if line.startswith(("FAILED ", "ERROR ")):
                failed.append(line.split(" ", 1)[1].split(" - ")[0].strip())
    code = running.returncode
    print(f"== {name}: {'ok' if code == 0 else f'failed ({code})'} in {time.monotonic() - started:.0f} s", flush=True)
    return code, failed


def system_part(folder: Path) -> int:
    """A process of its own: Playwright keeps an event loop there, which others' asynchronous tests cannot share."""
    name = f"system tests: {folder.name}"
    code, failed = part(name, [*PYTEST, *SYSTEM, str(folder)])
    if code == 0 or not 0 < len(failed) <= MOST_AGAIN:
        return code
    return part(f"{name}, once more: {', '.join(failed)}", [*PYTEST, *SYSTEM, *failed])[0]


def main(words: list[str]) -> int:
    npm = str(ROOT / "deploy/npm.sh")
    codes = [
        part("front-end tests", [npm, "run", "test"], cwd=ROOT / "web-ui")[0],
        part("hermetic tests", [*PYTEST, *HERMETIC])[0],
    ]
    if "--fast" not in words:
        folders = sorted(path for path in (ROOT / "tests" / "system").iterdir() if any(path.glob("test_*.py")))
        codes += [system_part(folder) for folder in folders]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
