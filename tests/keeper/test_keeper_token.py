"""The keeper's log with its key on a token: told while the token is away, whole when it is back."""

from __future__ import annotations

from pathlib import Path

import pytest

from haidang.core.errors import CorruptData, Unavailable
from haidang.core.host import LOG_STANDING, RECORD_LOG
from haidang.core.log_entries import Sealed, entry_of
from haidang.core.log_standing import parse_standing
from haidang.core.units import WallUs
from haidang.host import token_key
from haidang.host.signers import log_signer
from haidang.storage import RealFileOps, load_index
from haidang.storage.log_reader import LogReader
from haidang.supervisor.keeper_log import LogKeeper
from host.drawer import Drawer, on_token
from keeper.a_log import log_of
from storage.coded_video import clip as coded
from storage.recorded import BEGAN, record

LATER = WallUs(BEGAN + 60_000_000)


@pytest.fixture
def drawer(home: Path, monkeypatch: pytest.MonkeyPatch) -> Drawer:
    on_token(home)
    drawer = Drawer()
    monkeypatch.setattr(token_key, "_connect", drawer.connect)
    return drawer


def error_of(home: Path) -> str:
    return parse_standing((home / LOG_STANDING / "record.json").read_bytes()).error


def seals(home: Path) -> list[int]:
    log = LogReader(home / RECORD_LOG, log_signer(home).key)
    entries = [entry_of(log.entry(index)) for index in range(log.checkpoint.size)]
    return [entry.number for entry in entries if isinstance(entry, Sealed)]


def test_a_token_that_is_away_or_locked_is_told_and_the_log_goes_on_when_it_is_back(
    home: Path, tmp_path: Path, drawer: Drawer
) -> None:
    keeper = LogKeeper(log_of(home), tmp_path / "recordings")
    keeper.run_once(LATER)
    assert error_of(home) == ""
    drawer.there = False
    with pytest.raises(Unavailable):
        keeper.run_once(LATER)
    assert error_of(home) == "token_away"
    drawer.there, drawer.wrong, drawer.era = True, 3, 1
    with pytest.raises(Unavailable):
        keeper.run_once(LATER)
    assert error_of(home) == "token_locked"
    drawer.wrong = 0
    keeper.run_once(LATER)
    assert error_of(home) == ""


def rounds(keeper: LogKeeper, count: int) -> None:
    for _ in range(count):
        keeper.run_once(LATER)


@pytest.mark.parametrize("left", range(4))
def test_a_token_taken_out_at_any_moment_costs_no_seal_and_doubles_none(
    home: Path, tmp_path: Path, drawer: Drawer, left: int
) -> None:
    root = tmp_path / "recordings"
    name = record(root, coded(frames=60), RealFileOps())
    wanted = len(load_index(root, name).seals)
    assert wanted > 1
    drawer.left = left
    keeper = LogKeeper(log_of(home), root)
    with pytest.raises(Unavailable):
        rounds(keeper, 5)
    assert error_of(home) == "token_away"
    drawer.there, drawer.left = True, None
    keeper.run_once(LATER)
    assert seals(home) == list(range(wanted))


def test_a_host_that_moves_to_a_token_begins_new_logs_when_the_old_ones_are_put_away(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "recordings"
    wanted = len(load_index(root, record(root, coded(frames=60), RealFileOps())).seals)
    LogKeeper(log_of(home), root).run_once(LATER)
    old = log_signer(home).key
    on_token(home)
    monkeypatch.setattr(token_key, "_connect", Drawer().connect)
    keeper = LogKeeper(log_of(home), root)
    with pytest.raises(CorruptData):
        keeper.run_once(LATER)
    assert error_of(home) == "unsigned", "a log never changes its key"
    (home / "tlog").rename(home / "tlog-2026")
    keeper.run_once(LATER)
    assert seals(home) == list(range(wanted)), "all that is on disk is in the new log too"
    assert LogReader(home / "tlog-2026/record", old).checkpoint.size > wanted
