"""Rings at the tailers' doors."""

import os
import socket
from pathlib import Path

from haidang.recorder.doorbell import Doorbell


def bell(folder: Path, name: str) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    made.bind(str(folder / f"{name}.sock"))
    made.setblocking(False)
    return made


def test_every_bell_rings_whichever_is_broken(tmp_path: Path) -> None:
    doorbell = Doorbell(tmp_path)
    first, gone, last = (bell(tmp_path, name) for name in ("first", "gone", "last"))
    gone.close()  # its socket file stays, as after a crash
    doorbell.look()
    doorbell.ring(b"cau-cang/main")
    assert first.recv(100) == last.recv(100) == b"cau-cang/main"
    for each in (first, last):
        each.close()
    doorbell.close()


def test_a_tailer_that_does_not_listen_costs_nothing_but_its_own_rings(tmp_path: Path) -> None:
    doorbell, deaf = Doorbell(tmp_path), bell(tmp_path, "deaf")
    doorbell.look()
    for _ in range(10_000):
        doorbell.ring(b"cau-cang/main")  # its queue is full long before
    assert deaf.recv(100) == b"cau-cang/main"
    deaf.close()
    doorbell.close()


def test_a_missing_folder_is_no_bells(tmp_path: Path) -> None:
    doorbell = Doorbell(tmp_path / "none")
    doorbell.look()
    doorbell.ring(b"cau-cang/main")
    doorbell.close()


def test_a_bell_in_a_folder_with_a_long_name_rings(tmp_path: Path) -> None:
    folder = tmp_path / ("long-" * 25)
    folder.mkdir()
    inside = os.open(folder, os.O_PATH)
    hung = bell(Path(f"/proc/self/fd/{inside}"), "hung")
    doorbell = Doorbell(folder)
    doorbell.look()
    doorbell.ring(b"cau-cang/main")
    assert hung.recv(100) == b"cau-cang/main"
    hung.close()
    os.close(inside)
    doorbell.close()
