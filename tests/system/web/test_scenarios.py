"""``haidang demo --scenario``: each case plays to its end on a fresh host and leaves its papers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from haidang.cli.commands.demo import SCENARIOS

pytestmark = pytest.mark.system


def played(name: str, out: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "haidang.cli", "demo", "--scenario", name, "--out", str(out)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HAIDANG_")}
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_holds_and_its_papers_are_there(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = played(name, out)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert result["held"] is True
    assert len(result["steps"]) >= 10
    assert [step for step in result["steps"] if not step["held"]] == []
    assert all(path.read_text(encoding="utf-8").strip() for path in out.glob("*.txt"))
    assert len(list(out.glob("*.txt"))) >= 5
    again = played(name, out)
    assert again.returncode == 2
    assert "empty folder" in again.stderr
