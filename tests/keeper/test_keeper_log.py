"""The keeper's log: what journals tell is logged, and after any error the log is opened anew."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from haidang import __version__
from haidang.core.errors import Unavailable
from haidang.core.host import LOG_KEY, LOG_STANDING, RECORD_LOG, RUN
from haidang.core.journal import CloseReason
from haidang.core.log_entries import Checked, ClockStep, Entry, Sealed, Started, Tick, entry_of
from haidang.core.log_standing import parse_standing
from haidang.core.units import WallUs
from haidang.host.signers import log_signer
from haidang.storage import RealFileOps
from haidang.storage.log_reader import LogReader
from haidang.supervisor.keeper_log import LogKeeper
from haidang.supervisor.log_outboxes import ClockWatch, Starts
from keeper.a_log import log_of
from storage.coded_video import clip as coded
from storage.recorded import BEGAN, CAMERA, add, begin

LATER = WallUs(BEGAN + 60_000_000)
LATER_THAN_NOW = WallUs(2_000_000_000_000_000)


def recorded(root: Path) -> None:
    clip = coded(frames=60)
    writer = begin(root, clip, RealFileOps())
    for first, last in clip.cuts():
        add(writer, clip, first, last)
    writer.close(CloseReason.STOPPED, LATER)


def test_seals_are_in_the_hosts_log_once(home: Path, tmp_path: Path) -> None:
    recorded(tmp_path / "recordings")
    keeper = LogKeeper(log_of(home), tmp_path / "recordings")
    count = keeper.run_once(LATER)
    assert count > 1
    assert keeper.run_once(LATER) == 0
    assert LogKeeper(log_of(home), tmp_path / "recordings").run_once(LATER) == 0
    log = LogReader(home / RECORD_LOG, log_signer(home).key)
    assert log.checkpoint.size == count + 3  # a tick a round
    assert isinstance(entry_of(log.entry(0)), Tick)
    first = entry_of(log.entry(1))
    assert isinstance(first, Sealed)
    assert (first.camera, first.number) == (CAMERA, 0)


def test_without_a_key_nothing_is_logged_and_with_one_it_goes_on(home: Path, tmp_path: Path) -> None:
    recorded(tmp_path / "recordings")
    key = (home / LOG_KEY).read_bytes()
    (home / LOG_KEY).unlink()
    keeper = LogKeeper(log_of(home), tmp_path / "recordings")
    with pytest.raises(Unavailable):
        keeper.run_once(LATER)
    (home / LOG_KEY).touch(mode=0o600)
    (home / LOG_KEY).write_bytes(key)
    assert keeper.run_once(LATER) > 1


def test_a_key_that_others_can_read_is_told_and_logs_nothing_until_it_is_closed(home: Path, tmp_path: Path) -> None:
    recorded(tmp_path / "recordings")
    (home / LOG_KEY).chmod(0o644)
    keeper = LogKeeper(log_of(home), tmp_path / "recordings")
    with pytest.raises(Unavailable, match="chmod 600"):
        keeper.run_once(LATER)
    assert parse_standing((home / LOG_STANDING / "record.json").read_bytes()).error == "key_open"
    (home / LOG_KEY).chmod(0o600)
    assert keeper.run_once(LATER) > 1
    assert parse_standing((home / LOG_STANDING / "record.json").read_bytes()).error == ""


def test_each_host_has_a_log_of_its_own_name(home: Path) -> None:
    name = log_signer(home).key.name
    (home / LOG_KEY).write_bytes(b"1" * 32)
    assert log_signer(home).key.name != name


class Box:
    """An outbox that a test fills."""

    def __init__(self, *, broken: bool = False) -> None:
        self.entries: list[Entry] = []
        self.told: list[tuple[int, int]] = []
        self.broken = broken

    def waiting(self, now: WallUs) -> list[Entry]:
        if self.broken:
            raise RuntimeError("the database is away")
        return list(self.entries)

    def logged(self, entries: Sequence[Entry], first: int) -> None:
        self.told.append((first, len(entries)))
        self.entries = [each for each in self.entries if each not in entries]


def test_what_waits_in_an_outbox_is_logged_and_told_where_it_stands(home: Path, tmp_path: Path) -> None:
    broken, box = Box(broken=True), Box()
    keeper = LogKeeper(log_of(home), tmp_path / "recordings", [broken, box])
    box.entries = [Checked(7, bytes(32), "ok", LATER), Checked(8, bytes(32), "missing", LATER)]
    assert keeper.run_once(LATER) == 2
    assert keeper.run_once(LATER) == 0
    assert box.told == [(1, 2)]
    assert entry_of(LogReader(home / RECORD_LOG, log_signer(home).key).entry(2)) == Checked(
        8, bytes(32), "missing", LATER
    )


def test_programs_that_start_are_logged_once_by_each_keeper(home: Path) -> None:
    starts = Starts(home)
    (home / RUN / "recorder-0.pid").write_text("{}")
    (first,) = starts.waiting(LATER_THAN_NOW)
    assert isinstance(first, Started)
    assert (first.program, first.version) == ("recorder-0", __version__)
    starts.logged([first], 0)
    assert starts.waiting(LATER_THAN_NOW) == []
    os.utime(home / RUN / "recorder-0.pid", (1_795_575_600, 1_795_575_600))
    (again,) = starts.waiting(LATER_THAN_NOW)
    assert isinstance(again, Started)
    assert again.at_us == 1_795_575_600_000_000
    assert Starts(home).waiting(LATER_THAN_NOW)


def test_a_clock_that_was_set_is_logged_with_what_it_should_have_said() -> None:
    steady = [0]
    watch = ClockWatch(lambda: steady[0])
    assert watch.waiting(WallUs(1_000_000_000)) == []
    steady[0] = 10_000_000
    assert watch.waiting(WallUs(1_011_000_000)) == []  # a second is drift
    steady[0] = 20_000_000
    (step,) = watch.waiting(WallUs(500_000_000))
    assert step == ClockStep("steady", WallUs(500_000_000), WallUs(1_021_000_000))
    watch.logged([step], 3)
    steady[0] = 30_000_000
    assert watch.waiting(WallUs(510_000_000)) == []
