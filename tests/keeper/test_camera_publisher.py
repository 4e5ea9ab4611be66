"""The recorders' list follows the database, is replaced whole, and holds no secret in clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.cast import NOW, camera
from haidang.cameras.actions import CameraFacts, switch_camera, update_camera
from haidang.config.key_files import credentials_key
from haidang.core.camera_list import parse_camera_list
from haidang.core.host import CAMERA_LIST
from haidang.core.sealed import open_sealed
from haidang.supervisor.keeper_cameras import CameraPublisher


def test_it_publishes_once_and_then_only_changes(port: Path) -> None:
    publisher, path = CameraPublisher(port), port / CAMERA_LIST
    assert [publisher.run_once(NOW), publisher.run_once(NOW)] == [1, 0]
    assert len(parse_camera_list(path.read_text(encoding="utf-8")).cameras) == 12
    switch_camera(camera("de-gi-1"), active=False, now=NOW)
    assert publisher.run_once(NOW) == 1
    assert len(parse_camera_list(path.read_text(encoding="utf-8")).cameras) == 11


def test_a_new_keeper_leaves_a_right_list_alone_and_replaces_a_broken_or_missing_one(port: Path) -> None:
    path = port / CAMERA_LIST
    CameraPublisher(port).run_once(NOW)
    assert CameraPublisher(port).run_once(NOW) == 0
    path.write_text("{half", encoding="utf-8")
    assert CameraPublisher(port).run_once(NOW) == 1
    again = CameraPublisher(port)
    again.run_once(NOW)
    path.unlink()
    assert again.run_once(NOW) == 1


def test_the_list_holds_the_password_sealed_to_its_camera(port: Path) -> None:
    key = credentials_key(port)
    facts = CameraFacts("Luồng vào", "rtsp://10.0.0.9/main", username="admin", password="Bí-mật-7")
    update_camera(camera("de-gi-1"), facts, key=key, now=NOW)
    CameraPublisher(port).run_once(NOW)
    text = (port / CAMERA_LIST).read_text(encoding="utf-8")
    listed = next(each for each in parse_camera_list(text).cameras if each.camera == "de-gi-1")
    assert "Bí-mật-7" not in text
    assert open_sealed(listed.sealed_password, camera="de-gi-1", key=key) == "Bí-mật-7"


def test_a_full_disk_leaves_the_old_list(port: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher, path = CameraPublisher(port), port / CAMERA_LIST
    publisher.run_once(NOW)
    before = path.read_bytes()
    switch_camera(camera("de-gi-1"), active=False, now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr("haidang.host.files.os.fsync", _full)
        with pytest.raises(OSError, match="No space"):
            publisher.run_once(NOW)
    assert path.read_bytes() == before
    assert publisher.run_once(NOW) == 1


def _full(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")
