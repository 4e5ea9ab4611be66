"""What is wrong becomes one alarm with its beginning and its end, across restarts, whoever looks or does not."""

from __future__ import annotations

import pytest

from core.tlog.trees import records
from haidang.cli.main import main
from haidang.core.errors import NotFound
from haidang.core.tlog.checkpoints import AddCheckpoint, Checkpoint
from haidang.core.tlog.notes import sign_note
from haidang.witness.alarm_words import advice, said
from haidang.witness.alarms import settle
from haidang.witness.notebook import Alarm
from haidang.witness.setup import STORE
from haidang.witness.store import WitnessStore
from witness.a_host import LOG, ORIGIN, START_S, seal, tick
from witness.conftest import Department


def test_a_host_in_order_raises_none(department: Department) -> None:
    for number in range(3):
        department.clock.now_s += 10
        department.host.add(tick(department.clock.us), seal(number))
        department.round()
        assert department.kinds() == []
    assert department.watch.states()[0].mirrored == 6


def test_silence_begins_with_the_last_word_and_ends_with_the_next(department: Department) -> None:
    assert department.kinds() == [], "a log that is new may begin"
    department.clock.now_s += 61
    assert department.kinds() == ["silent"], "one that never spoke is silent"
    department.host.add(tick(department.clock.us))
    department.round()
    assert department.kinds() == []
    department.clock.now_s += 61
    (alarm,) = department.alarms()
    assert (alarm.kind, alarm.since_s) == ("silent", START_S + 61)
    department.restart()
    assert department.alarms() == [alarm], "a restart makes it no younger and no other"
    department.host.add(tick(department.clock.us))
    department.round()
    assert department.kinds() == []
    first = department.watch.notebook.alarms(ended=1)[0]
    assert (first.id, first.ended_s) == (alarm.id, START_S + 122)


def _forked(department: Department) -> None:
    size = department.host.log.size
    text = Checkpoint(ORIGIN, size, b"x" * 32).text
    body = AddCheckpoint(size, (), sign_note(text, [LOG.sign(text)])).body
    assert department.watch.witness.add_checkpoint(body).status == 422


def test_a_fork_stands_until_somebody_settles_it_and_a_second_one_is_another_alarm(department: Department) -> None:
    department.host.add(tick(department.clock.us))
    department.round()
    _forked(department)
    department.round()
    (alarm,) = department.alarms()
    assert (alarm.kind, alarm.facts) == ("contradiction", {"evidence": 1})
    assert main(["witness", "show", str(department.folder)]) == 0
    words = ["witness", "settle", str(department.folder), str(alarm.id), "--note", "BB 12, Nguyễn Văn An"]
    assert main(words) == 0
    assert department.kinds() == []
    assert department.watch.notebook.alarms(ended=1)[0].note == "BB 12, Nguyễn Văn An"
    assert main(words) != 0, "once"
    _forked(department)
    (again,) = department.alarms()
    assert again.id != alarm.id


def test_what_ends_by_itself_is_settled_by_nobody(department: Department) -> None:
    department.clock.now_s += 61
    (silent,) = department.alarms()
    store = WitnessStore(department.folder / STORE)
    for number in (silent.id, 999):
        with pytest.raises(NotFound):
            settle(department.watch.notebook, store, number, "x")
    store.close()


def test_a_host_that_shows_nothing_is_unreachable_since_the_first_try(department: Department) -> None:
    department.host.add(tick(department.clock.us))
    department.host.away = True
    department.round()
    assert department.kinds() == []
    for _ in range(8):
        department.clock.now_s += 10
        department.host.add(tick(department.clock.us))
        department.round()
    (alarm,) = department.alarms()
    assert (alarm.kind, alarm.since_s) == ("unreachable", START_S)
    department.restart()
    assert department.kinds() == ["unreachable"]
    department.host.away = False
    department.clock.now_s += 60
    department.host.add(tick(department.clock.us))
    department.round()
    assert department.kinds() == []


def test_after_a_start_a_log_has_its_time_before_silence_counts(department: Department) -> None:
    department.host.add(tick(department.clock.us))
    department.round()
    department.clock.now_s += 3600  # the witness is off; the host is well
    department.restart()
    assert department.kinds() == []
    department.clock.now_s += 60
    assert department.kinds() == []
    department.host.add(tick(department.clock.us))
    department.round()
    department.clock.now_s += 1
    assert department.kinds() == [], "it spoke in time"
    department.clock.now_s += 3600
    department.restart()
    department.clock.now_s += 61
    (alarm,) = department.alarms()
    assert (alarm.kind, alarm.since_s) == ("silent", START_S + 3660), "nothing came: since it spoke last"
    department.restart()
    assert department.kinds() == ["silent"], "a start ends no alarm that stands"


def test_after_a_start_a_mirror_has_its_time_before_it_is_unreachable(department: Department) -> None:
    department.host.add(tick(department.clock.us))
    department.host.away = True
    department.round()
    department.clock.now_s += 3600
    department.restart()
    department.host.add(tick(department.clock.us))
    department.round()
    assert department.kinds() == []
    department.clock.now_s += 60
    department.host.add(tick(department.clock.us))
    department.round()
    assert department.kinds() == []
    department.clock.now_s += 1
    assert department.kinds() == ["unreachable"]


def test_a_clock_that_is_set_back_after_the_start_gives_no_log_more_time(department: Department) -> None:
    department.clock.now_s += 86_400
    department.restart()
    department.clock.now_s -= 80_000
    assert department.kinds() == ["silent"]


def test_a_mirror_that_is_refused_does_not_knock_all_the_time(department: Department) -> None:
    department.host.add(tick(department.clock.us))
    department.host.away = True
    for _ in range(60):
        department.clock.now_s += 10
        department.round()
    assert 10 < department.mirror._failures < 20


def test_a_copy_that_stays_behind_lags(department: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("haidang.witness.mirror._STEPS", 1)
    monkeypatch.setattr("haidang.witness.mirror._STEP_ENTRIES", 1)
    department.host.add(*records(9 * 256))
    for _ in range(8):
        department.host.add(tick(department.clock.us))
        department.round()
        department.clock.now_s += 10
    assert department.kinds() == ["lagging"]
    for _ in range(2):
        department.round()
    assert department.kinds() == []


def test_wrong_bytes_are_an_alarm_until_right_ones_come(department: Department) -> None:
    department.host.add(*records(10))
    department.host.spoiled["tile/entries/000.p/10"] = lambda data: data[:-1] + b"!"
    department.round()
    (alarm,) = department.alarms()
    assert alarm.kind == "wrong_bytes"
    department.host.spoiled.clear()
    department.clock.now_s += 60
    department.round()
    assert department.kinds() == []
    assert department.watch.states()[0].mirrored == 10


def test_a_damaged_copy_is_an_alarm_and_a_new_one_ends_it(department: Department) -> None:
    department.host.add(*records(10))
    department.round()
    (department.mirror.folder / "kept").write_bytes(b"junk")
    department.restart()
    department.round()
    assert department.kinds() == ["mirror_damaged"]
    department.mirror.folder.rename(department.folder / "elsewhere")
    department.round()
    assert department.kinds() == []
    assert department.watch.states()[0].mirrored == 10


@pytest.mark.parametrize(("ahead_s", "kinds"), [(0, []), (30, []), (31, ["clock"]), (-31, ["clock"]), (-30, [])])
def test_a_hosts_clock_is_held_against_ours(department: Department, ahead_s: int, kinds: list[str]) -> None:
    department.host.add(tick(department.clock.us + ahead_s * 1_000_000), seal(0))
    department.round()
    alarms = department.alarms()
    assert [each.kind for each in alarms] == kinds
    if alarms:
        assert said(alarms[0]) == f"Đồng hồ máy chủ lệch {ahead_s} giây"
        department.host.add(tick(department.clock.us))
        department.round()
        assert department.kinds() == []


def test_every_kind_has_its_words() -> None:
    kinds = [
        "silent", "contradiction", "unreachable", "lagging", "wrong_bytes", "mirror_damaged", "clock",
        "sample_unanswered", "sample_bad",
    ]  # fmt: skip
    for kind in kinds:
        alarm = Alarm(1, ORIGIN, kind, "", START_S, {})
        assert said(alarm)
        assert len(advice(alarm)) > 20


def test_the_last_checkpoint_shown_again_is_no_sign_of_life(department: Department) -> None:
    """Anybody has it from the witness itself; the host may be off."""
    department.host.add(tick(department.clock.us))
    department.round()
    for _ in range(7):
        department.clock.now_s += 10
        department.round()
    assert department.kinds() == ["silent"]
    department.restart()
    assert department.alarms()[0].since_s == START_S
    department.host.add(tick(department.clock.us))
    department.round()
    assert department.kinds() == []
