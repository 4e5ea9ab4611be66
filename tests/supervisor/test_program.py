"""Pid files, backoff and logs of watched programs."""

import json
import os
import sys
from pathlib import Path

import pytest

from haidang.supervisor import program
from haidang.supervisor.program import Program, backoff_s, find_running, keep_log_small, process_started


def pid_file(home: Path, text: str) -> None:
    (home / "run").mkdir()
    (home / "run" / "sleeper.pid").write_text(text, encoding="utf-8")


def test_the_first_restart_is_at_once_and_later_ones_wait_longer() -> None:
    assert [backoff_s(n) for n in (0, 1, 2, 3, 4)] == [0.0, 0.0, 0.25, 0.5, 1.0]


def test_the_wait_is_bounded() -> None:
    assert backoff_s(1000) == 8.0


def test_it_finds_a_program_that_runs(tmp_path: Path) -> None:
    started = Program("sleeper", (sys.executable, "-c", "input()")).start(tmp_path)
    found = find_running(tmp_path, "sleeper")
    assert found is not None
    assert found.pid == started.pid
    os.close(found.pidfd)
    assert started.child is not None
    started.child.kill()
    started.reap()


def test_it_does_not_find_a_program_that_ended(tmp_path: Path) -> None:
    started = Program("sleeper", (sys.executable, "-c", "")).start(tmp_path)
    started.reap()
    assert find_running(tmp_path, "sleeper") is None


def test_a_reused_pid_is_not_taken_for_the_program(tmp_path: Path) -> None:
    own = process_started(os.getpid())
    assert own is not None
    pid_file(tmp_path, json.dumps({"pid": os.getpid(), "started": own + 1}))
    assert find_running(tmp_path, "sleeper") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x", "started": 1}', '{"pid": 999999999, "started": null}'])
def test_half_a_pid_file_names_nothing(tmp_path: Path, text: str) -> None:
    pid_file(tmp_path, text)
    assert find_running(tmp_path, "sleeper") is None


def test_output_goes_to_the_program_s_log(tmp_path: Path) -> None:
    Program("sleeper", (sys.executable, "-c", "print('hello')")).start(tmp_path).reap()
    assert (tmp_path / "log" / "sleeper.log").read_text(encoding="utf-8") == "hello\n"


def test_a_long_log_is_moved_aside_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "LOG_LIMIT_BYTES", 4)
    (tmp_path / "log").mkdir()
    log = tmp_path / "log" / "sleeper.log"
    log.write_text("long enough", encoding="utf-8")
    keep_log_small(tmp_path, "sleeper")
    assert log.read_text(encoding="utf-8") == ""
    assert (tmp_path / "log" / "sleeper.log.1").read_text(encoding="utf-8") == "long enough"


def test_a_program_whose_pid_file_the_disk_refuses_is_watched_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("no folder", encoding="utf-8")
    started = Program("sleeper", (sys.executable, "-c", "input()")).start(tmp_path)
    assert process_started(started.pid) is not None
    assert started.child is not None
    started.child.kill()
    started.reap()


def test_a_log_that_cannot_be_moved_aside_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "LOG_LIMIT_BYTES", 4)
    (tmp_path / "log" / "sleeper.log.1").mkdir(parents=True)
    log = tmp_path / "log" / "sleeper.log"
    log.write_text("long enough", encoding="utf-8")
    keep_log_small(tmp_path, "sleeper")
    assert log.read_text(encoding="utf-8") == "long enough"
