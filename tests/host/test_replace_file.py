"""A small file is replaced whole, with the mode asked for."""

import os
from pathlib import Path

import pytest

from haidang.host.files import replace_file


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_file_has_the_content_and_the_mode_whatever_was_there(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text("old", encoding="utf-8")
    (tmp_path / "list.json.new").write_text("half of a crash", encoding="utf-8")
    replace_file(path, b"new", mode=0o600, durable=True)
    assert path.read_bytes() == b"new"
    assert mode(path) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["list.json"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.json"
    path.write_text("old", encoding="utf-8")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"new", mode=0o600, durable=True)
    assert path.read_text(encoding="utf-8") == "old"


def test_what_need_not_last_is_not_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_descriptor: int) -> None:
        pytest.fail("synced")

    monkeypatch.setattr(os, "fsync", never)
    replace_file(tmp_path / "status.json", b"{}", mode=0o640, durable=False)
    assert (tmp_path / "status.json").read_bytes() == b"{}"
