"""The keeper asks real witnesses: who has cosigned what, and what is told of each that does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from haidang.core.errors import InvalidInput
from haidang.core.host import LOG_STANDING, RECORD_LOG
from haidang.core.log_entries import Tick, entry_bytes, entry_of
from haidang.core.log_standing import LogStanding, parse_standing
from haidang.core.settings import parse_settings
from haidang.core.tlog.notes import open_note
from haidang.core.units import WallUs
from haidang.core.witnesses import witnesses_of
from haidang.host.signers import log_signer
from haidang.host.witness_http import Answer
from haidang.storage.log_reader import LogReader
from haidang.supervisor.keeper_log import LogKeeper
from haidang.supervisor.witnessing import Witnesses
from haidang.witness.store import WitnessStore
from keeper.a_log import NOW_S, Department, log_of

NOW = WallUs(NOW_S * 1_000_000)


@pytest.fixture
def department(tmp_path: Path, home: Path) -> Department:
    return Department(tmp_path, home)


def keeper_of(home: Path, witnesses: Witnesses) -> LogKeeper:
    return LogKeeper(log_of(home, "record", witnesses), home / "recordings")


def standing(home: Path) -> LogStanding:
    return parse_standing((home / LOG_STANDING / "record.json").read_bytes())


def last_tick(home: Path) -> Tick:
    log = LogReader(home / RECORD_LOG, log_signer(home).key)
    entry = entry_of(log.entry(log.checkpoint.size - 1))
    assert isinstance(entry, Tick)
    return entry


def test_a_checkpoint_is_published_with_the_witnesss_word(home: Path, department: Department) -> None:
    keeper = keeper_of(home, department.witnesses())
    for size in (1, 2, 3):
        keeper.run_once(NOW)
        assert keeper.cosigned_size == size
    log = LogReader(home / RECORD_LOG, log_signer(home).key)
    opened = open_note(log.note, [log_signer(home).key, department.services["witness.example"].key])
    assert [each.time_s for each in opened.verified] == [0, NOW_S]
    assert log.cosigned_note == log.note
    assert standing(home).problems == ()
    assert standing(home).cosigned_size == 3


def test_each_tick_names_what_was_cosigned_before_it(home: Path, department: Department) -> None:
    keeper = keeper_of(home, department.witnesses())
    keeper.run_once(NOW)
    assert last_tick(home) == Tick(NOW, 0, last_tick(home).root, 0)
    keeper.run_once(NOW)
    assert (last_tick(home).size, last_tick(home).cosigned_s) == (1, NOW_S)


def test_a_witness_that_is_away_stops_nothing_and_is_told(home: Path, department: Department) -> None:
    keeper = keeper_of(home, department.witnesses())
    keeper.run_once(NOW)
    department.away.add("witness.example")
    for at in (1, 2):
        keeper.run_once(WallUs(NOW + at))
    assert keeper.cosigned_size == 1
    assert standing(home).size == 3
    (told,) = standing(home).witnesses
    assert (told.problem, told.since_us, told.size, told.cosigned_s) == ("away", NOW + 1, 1, NOW_S)
    department.away.clear()
    keeper.run_once(NOW)
    assert keeper.cosigned_size == 4
    assert standing(home).problems == ()


def test_a_keeper_that_starts_learns_the_witnesss_size_from_it(home: Path, department: Department) -> None:
    for _ in range(3):
        keeper = keeper_of(home, department.witnesses())
        keeper.run_once(NOW)
    assert keeper.cosigned_size == 3
    assert len(department.asked) == 5  # once, then twice each: 409 with the size, 200


def test_what_is_cosigned_is_known_after_a_start_before_anybody_is_asked(home: Path, department: Department) -> None:
    keeper_of(home, department.witnesses()).run_once(NOW)
    department.away.add("witness.example")
    keeper = keeper_of(home, department.witnesses())
    keeper.run_once(NOW)
    assert keeper.cosigned_size == 1


def test_a_log_that_was_rolled_back_is_told_and_not_tried_again(home: Path, department: Department) -> None:
    keeper = keeper_of(home, department.witnesses())
    keeper.run_once(NOW)
    shutil.copytree(home / RECORD_LOG, home / "yesterday")
    for _ in range(3):
        keeper.run_once(NOW)
    shutil.rmtree(home / RECORD_LOG)
    shutil.move(home / "yesterday", home / RECORD_LOG)
    department.asked.clear()
    keeper_of(home, department.witnesses()).run_once(NOW)
    assert standing(home).problems == ("rolled_back",)
    assert "cosigned 4 entries, here are 2" in standing(home).witnesses[0].detail
    assert len(department.asked) == 1


def test_another_history_of_the_same_length_is_a_contradiction_and_kept_as_evidence(
    home: Path, department: Department
) -> None:
    keeper = keeper_of(home, department.witnesses())
    for _ in range(2):
        keeper.run_once(NOW)
    shutil.rmtree(home / RECORD_LOG)
    keeper = keeper_of(home, department.witnesses())
    for at in range(3):
        keeper.run_once(WallUs(NOW + 7 + at))
    assert standing(home).problems == ("contradiction",)
    memory = WitnessStore(department.folder / "witness.example.sqlite3")
    assert memory.evidence(log_signer(home).key.name)
    memory.close()
    assert keeper.cosigned_size == 0


def test_a_quorum_of_two_in_three_goes_on_without_one(tmp_path: Path, home: Path) -> None:
    department = Department(tmp_path, home, ("a.example", "b.example", "c.example"), away={"b.example"})
    keeper = keeper_of(home, department.witnesses(quorum=2))
    keeper.run_once(NOW)
    assert keeper.cosigned_size == 1
    assert standing(home).problems == ("away",)
    department.away.add("c.example")
    keeper.run_once(NOW)
    assert keeper.cosigned_size == 1
    assert keeper_of(home, department.witnesses(quorum=1)).log.cosigned_size(log_of(home).open()) == 1


def test_a_signature_of_somebody_else_counts_for_nothing(home: Path, tmp_path: Path, department: Department) -> None:
    (tmp_path / "other").mkdir()
    other = Department(tmp_path / "other", home, ("other.example",))
    witnesses = department.witnesses()

    def swapped(_url: str, body: bytes) -> Answer:
        return other.post("https://other.example/add-checkpoint", body)

    keeper = keeper_of(home, Witnesses(witnesses.witnesses, swapped))
    keeper.run_once(NOW)
    assert keeper.cosigned_size == 0
    assert standing(home).problems == ("refused",)


def test_clocks_that_differ_are_told(home: Path, department: Department) -> None:
    keeper_of(home, department.witnesses()).run_once(WallUs(NOW - 45_000_000))
    assert standing(home).problems == ("clock",)
    assert standing(home).witnesses[0].detail == "its clock is +45 s from ours"


def test_without_a_witness_a_signed_checkpoint_is_what_there_is(home: Path) -> None:
    keeper = keeper_of(home, Witnesses((), lambda _url, _body: Answer(599, b"")))
    keeper.run_once(NOW)
    assert keeper.cosigned_size == 1


def test_witnesses_named_later_have_not_cosigned_what_went_before(home: Path, department: Department) -> None:
    keeper_of(home, Witnesses((), lambda _url, _body: Answer(599, b""))).run_once(NOW)
    department.away.add("witness.example")
    keeper = keeper_of(home, department.witnesses())
    keeper.run_once(NOW)
    assert keeper.cosigned_size == 0


def test_a_log_that_cannot_go_on_is_told_on_disk_since_when(home: Path, department: Department) -> None:
    keeper = keeper_of(home, department.witnesses())
    keeper.run_once(NOW)
    (tile,) = (home / RECORD_LOG / "tile/0/000.p").iterdir()
    tile.write_bytes(bytes(32))
    keeper = keeper_of(home, department.witnesses())
    for at in (1, 2):
        with pytest.raises(Exception, match="not what its checkpoint says"):
            keeper.run_once(WallUs(NOW + at))
    assert standing(home).error == "log_tiles"
    assert standing(home).error_since_us == NOW + 1


def test_entries_are_what_they_say(home: Path, department: Department) -> None:
    keeper_of(home, department.witnesses()).run_once(NOW)
    data = entry_bytes(last_tick(home))
    assert data.startswith(b'{"v":1,"t":"tick","at_us":1795575600000000,"size":0,')


def test_settings_name_witnesses_by_key_and_address(home: Path, department: Department) -> None:
    key = department.services["witness.example"].key
    (witness,) = witnesses_of(parse_settings(f'[log]\nwitnesses = ["{key} https://w.example/"]').log)
    assert (witness.key, witness.url) == (key, "https://w.example")
    wrong = [f"{log_signer(home).key} https://w.example", "nothing https://w.example"]
    for each in wrong:
        with pytest.raises(InvalidInput, match=r"log\.witnesses"):
            witnesses_of(parse_settings(f'[log]\nwitnesses = ["{each}"]').log)


@pytest.mark.parametrize(
    "text",
    ['witnesses = "a"', "witnesses = [1]", 'witnesses = ["a"]', 'witnesses = ["a http://w.example"]', "quorum = 1"],
)
def test_wrong_settings_are_named(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"log\."):
        parse_settings(f"[log]\n{text}")
