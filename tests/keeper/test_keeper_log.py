"""The keeper's log: what journals tell is logged, and after any error the log is opened anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from haidang.core.errors import Unavailable
from haidang.core.host import LOG_KEY, RECORD_LOG
from haidang.core.journal import CloseReason
from haidang.core.log_entries import Sealed, entry_of
from haidang.core.units import WallUs
from haidang.host.log_key import log_signer
from haidang.storage import RealFileOps
from haidang.storage.log_reader import LogReader
from haidang.supervisor.keeper_log import LogKeeper
from storage.coded_video import clip as coded
from storage.recorded import BEGAN, CAMERA, add, begin

LATER = WallUs(BEGAN + 60_000_000)


def recorded(root: Path) -> None:
    clip = coded(frames=60)
    writer = begin(root, clip, RealFileOps())
    for first, last in clip.cuts():
        add(writer, clip, first, last)
    writer.close(CloseReason.STOPPED, LATER)


def test_seals_are_in_the_hosts_log_once(home: Path, tmp_path: Path) -> None:
    recorded(tmp_path / "recordings")
    keeper = LogKeeper(home, tmp_path / "recordings")
    count = keeper.run_once(LATER)
    assert count > 1
    assert keeper.run_once(LATER) == 0
    assert LogKeeper(home, tmp_path / "recordings").run_once(LATER) == 0
    log = LogReader(home / RECORD_LOG, log_signer(home).key)
    assert log.checkpoint.size == count
    first = entry_of(log.entry(0))
    assert isinstance(first, Sealed)
    assert (first.camera, first.number) == (CAMERA, 0)


def test_without_a_key_nothing_is_logged_and_with_one_it_goes_on(home: Path, tmp_path: Path) -> None:
    recorded(tmp_path / "recordings")
    key = (home / LOG_KEY).read_bytes()
    (home / LOG_KEY).unlink()
    keeper = LogKeeper(home, tmp_path / "recordings")
    with pytest.raises(Unavailable):
        keeper.run_once(LATER)
    (home / LOG_KEY).write_bytes(key)
    assert keeper.run_once(LATER) > 1


def test_each_host_has_a_log_of_its_own_name(home: Path) -> None:
    name = log_signer(home).key.name
    (home / LOG_KEY).write_bytes(b"1" * 32)
    assert log_signer(home).key.name != name
