"""Alarms told to the department's own command: once as they begin, once as they end, however it fails."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from haidang.witness.telling import Teller, run_command
from witness.a_host import ORIGIN, START_S, tick
from witness.conftest import Department


class Command:
    """Keeps what it is told; ``fails`` so many times first."""

    def __init__(self, fails: int = 0) -> None:
        self.told: list[dict[str, Any]] = []
        self.runs, self._fails = 0, fails

    def __call__(self, argv: Sequence[str], text: str) -> bool:
        assert list(argv) == ["sms", "0901"]
        self.runs += 1
        if self.runs <= self._fails:
            return False
        self.told.append(json.loads(text))
        return True


def silent(department: Department) -> None:
    department.clock.now_s += 61
    assert department.kinds() == ["silent"]


def teller(department: Department, command: Command) -> Teller:
    return Teller("witness.example", department.watch.notebook, ["sms", "0901"], command)


def test_an_alarm_is_told_as_it_begins_and_as_it_ends(department: Department) -> None:
    command = Command()
    silent(department)
    for _ in range(3):
        teller(department, command).run_once(0)
    (told,) = command.told
    assert (told["state"], told["kind"], told["log"], told["ended"]) == ("begins", "silent", ORIGIN, None)
    assert told["title"] == "Nhật ký im lặng"
    department.host.add(tick(department.clock.us))
    department.round()
    assert department.kinds() == []
    department.restart()
    for _ in range(3):
        teller(department, command).run_once(0)
    assert [each["state"] for each in command.told] == ["begins", "ends"]
    assert command.told[1]["ended"].endswith("ngày 25/11/2026")


def test_one_that_is_over_before_it_was_told_is_told_both_ways(department: Department) -> None:
    command = Command()
    silent(department)
    department.host.add(tick(department.clock.us))
    department.round()
    assert department.kinds() == []
    for _ in range(2):
        teller(department, command).run_once(0)
    assert [each["state"] for each in command.told] == ["begins", "ends"]


def test_a_command_that_fails_is_tried_again_and_not_for_ever(department: Department) -> None:
    silent(department)
    command = Command(fails=2)
    for _ in range(5):
        teller(department, command).run_once(0)
    assert (command.runs, len(command.told)) == (3, 1)
    department.clock.now_s += 1
    department.host.add(tick(department.clock.us))
    department.round()
    assert department.kinds() == []
    broken = Command(fails=1000)
    for _ in range(20):
        teller(department, broken).run_once(0)
    assert broken.runs == 5


def test_without_a_command_nothing_runs(department: Department) -> None:
    silent(department)
    command = Command()
    Teller("w", department.watch.notebook, [], command).run_once(START_S)
    assert command.runs == 0


def test_the_words_come_on_standard_input_and_no_shell_reads_them(tmp_path: Path) -> None:
    out = tmp_path / "out; touch x"
    program = f"import sys, pathlib; pathlib.Path({str(out)!r}).write_bytes(sys.stdin.buffer.read())"
    assert run_command([sys.executable, "-c", program], '{"title": "Nhật ký"}')
    assert json.loads(out.read_text(encoding="utf-8")) == {"title": "Nhật ký"}
    assert not run_command([sys.executable, "-c", "raise SystemExit(1)"], "")
    assert not run_command([str(tmp_path / "none")], "")
