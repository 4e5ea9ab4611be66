"""A demonstration says which port is in use before it makes anything."""

from pathlib import Path

import pytest

from haidang.cli.commands import demo
from haidang.cli.main import main
from haidang.core.errors import Conflict


def test_a_port_in_use_is_named_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(port: int) -> None:
        raise Conflict(f"couldn't start: port {port} is in use", code="port_taken")

    monkeypatch.setattr(demo, "_check_free", refuse)
    monkeypatch.setenv("HAIDANG_DIR", str(tmp_path / "home"))
    monkeypatch.setenv("HAIDANG_PORT", "24000")
    assert main(["demo"]) == 1
    assert "24000" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()
