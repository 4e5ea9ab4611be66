"""``haidang status``: programs and logs, and exit 1 while anything is not well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from haidang.cli.main import main
from haidang.core.host import LOG_STANDING
from haidang.core.log_standing import LogStanding, WitnessStanding, dump_standing
from haidang.core.units import WallUs

AT = WallUs(1_795_575_600_000_000)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HAIDANG_DIR", str(tmp_path))
    (tmp_path / LOG_STANDING).mkdir(parents=True)
    return tmp_path


def stands(host: Path, *, problem: str = "", error: str = "") -> None:
    witness = WitnessStanding("w.example", 9, AT // 1_000_000, problem, AT)
    standing = LogStanding("record", "o", AT, 10, bytes(32), 9, (witness,), error)
    (host / LOG_STANDING / "record.json").write_bytes(dump_standing(standing))


def test_each_log_is_told_with_what_is_cosigned(host: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stands(host)
    assert main(["status"]) == 1  # nothing runs
    assert "log record   10 entries, 9 cosigned\n" in capsys.readouterr().out


def test_what_is_wrong_with_a_log_is_told(host: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stands(host, problem="rolled_back", error="log_tiles")
    main(["status", "--json"])
    assert json.loads(capsys.readouterr().out)["logs"]["record"]["problems"] == ["log_tiles", "rolled_back"]


def test_a_host_without_a_log_says_nothing_of_it(host: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (host / LOG_STANDING / "record.json").write_text("half")
    main(["status"])
    assert "log" not in capsys.readouterr().out
