"""The command line finds commands, explains itself and keeps its exit codes."""

import json
from pathlib import Path

import pytest

from haidang.cli.exits import NO, USAGE, report
from haidang.cli.main import COMMANDS, main
from haidang.core.errors import Denied, InvalidInput


def test_it_lists_every_command_that_is_not_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    shown = capsys.readouterr().out
    assert [name for name, command in COMMANDS.items() if not command.hidden and name not in shown] == []


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == USAGE
    assert "usage" in capsys.readouterr().out


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["delete-recordings"]) == USAGE
    assert "delete-recordings" in capsys.readouterr().err


def test_wrong_input_is_usage_and_a_refusal_is_no() -> None:
    assert report(InvalidInput("couldn't"), as_json=False) == USAGE
    assert report(Denied("couldn't"), as_json=True) == NO


def test_json_may_stand_after_the_verb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HAIDANG_DIR", str(tmp_path))
    words = ["camera", "fault", "de-gi-luong-vao", "hang"]
    for asked in (["camera", "--json", *words[1:]], [*words, "--json"]):
        assert main(asked) == NO
        assert json.loads(capsys.readouterr().err)["code"] == "simulator"


def test_a_wrong_port_in_the_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HAIDANG_PORT", "x1")
    assert main(["status"]) == USAGE
    assert "HAIDANG_PORT" in capsys.readouterr().err
