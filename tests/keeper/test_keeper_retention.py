"""What expires goes in order: planned, logged, cosigned, asked again, removed, and never otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from accounts.cast import account_of
from haidang.accounts import actions as accounts
from haidang.core.disk_state import parse_disk_state
from haidang.core.host import DISK_STATE, LOG_STANDING, RECORD_LOG
from haidang.core.log_entries import Entry, Expired, FileEnd, entry_of
from haidang.core.log_standing import LogStanding, WitnessStanding, dump_standing
from haidang.core.policy import Retention
from haidang.core.retention import DAY_US
from haidang.core.tlog.merkle import EMPTY_ROOT
from haidang.core.units import WallUs
from haidang.footage import expiring
from haidang.footage.actions import place_automatic_hold
from haidang.footage.models import Expiry, JournalPosition, RecordingFile
from haidang.host.signers import log_signer
from haidang.storage import next_sequence
from haidang.storage.log_reader import LogReader
from haidang.supervisor.keeper_journals import JournalKeeper, rescan
from haidang.supervisor.keeper_log import LogKeeper
from haidang.supervisor.keeper_retention import ExpiryOutbox, Room, room_at
from keeper.a_log import Department, log_of
from keeper.journals_on_disk import SITE, T0, S
from keeper.recordings_that_expire import LATER, Archive, Killed, RemovalSteps, rows, state_of
from policy.shipped import notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy")]


@pytest.fixture
def archive(home: Path) -> Archive:
    return Archive(home)


def logged(archive: Archive) -> list[Entry]:
    reader = LogReader(archive.home / RECORD_LOG, log_signer(archive.home).key)
    return [entry_of(reader.entry(index)) for index in range(reader.checkpoint.size)]


def witnessed(archive: Archive, folder: Path, now: WallUs) -> Department:
    """The log now has a witness, who does not answer."""
    department = Department(folder, archive.home, away={"witness.example"}, clock_s=lambda: now // S)
    log = log_of(archive.home, witnesses=department.witnesses())
    archive.log = LogKeeper(log, archive.root, [ExpiryOutbox(archive.home)])
    return department


def decided(*retentions: Retention) -> None:
    """The operator has applied these periods."""
    operator = account_of("vien-thong-binh-dinh")
    changed = replace(notice(), retentions=retentions)
    accounts.propose_change(changed, title="Thời hạn", document="QĐ 9", by=operator, second_factor=True, now=LATER)


def hold(from_s: float, to_s: float, *, camera: str = "", now: WallUs = LATER) -> None:
    place_automatic_hold(
        "storm", site=SITE, camera=camera, from_us=WallUs(T0 + int(from_s * S)), to_us=WallUs(T0 + int(to_s * S)),
        until=WallUs(now + DAY_US), reason="Bão số 13", now=now,
    )  # fmt: skip


def test_a_file_goes_after_its_entry_and_its_row_stays(archive: Archive) -> None:
    old, newest = archive.record(0), archive.record(10)
    young = archive.record(30 * 86_400)
    archive.know()
    archive.rounds()
    assert archive.there() == {young.media_path}
    assert archive.journals_there() == {young.journal_path}
    assert [state_of(name) for name in (old, newest, young)] == ["removed", "removed", ""]
    told = [entry for entry in logged(archive) if isinstance(entry, Expired)]
    assert [(entry.file, entry.size_bytes, entry.reason) for entry in told] == [
        (old.media_path, 10_800, "retention"), (newest.media_path, 10_800, "retention")
    ]  # fmt: skip
    assert told[0].policy == "de-gi 30 days (A6: Cách hiểu A6, chờ UBND tỉnh quyết định)"
    assert rows() == ([young.media_path], [(2_592_000, 2_592_010)])


def test_nothing_goes_in_the_round_that_plans_it(archive: Archive) -> None:
    old = archive.record(0)
    archive.know()
    archive.keeper.run_once(LATER)
    archive.keeper.run_once(LATER)
    assert (state_of(old), archive.there()) == ("planned", {old.media_path})


def test_what_is_logged_but_not_cosigned_stays(archive: Archive, tmp_path: Path) -> None:
    department = witnessed(archive, tmp_path, LATER)
    old = archive.record(0)
    archive.know()
    archive.rounds(4)
    assert (state_of(old), archive.there()) == ("logged", {old.media_path})
    department.away.clear()
    archive.rounds(2)
    assert (state_of(old), archive.there()) == ("removed", set())


def test_a_file_is_not_told_of_before_its_own_end_is_in_the_log(archive: Archive) -> None:
    old = archive.record(0)
    archive.journals.run_once(LATER)
    archive.keeper.run_once(LATER)
    assert ExpiryOutbox(archive.home).waiting(LATER) == []
    archive.log.run_once(LATER)  # the end, and only in the next look what follows from it
    archive.log.run_once(LATER)
    kinds = [type(entry) for entry in logged(archive) if isinstance(entry, FileEnd | Expired)]
    assert (kinds, state_of(old)) == ([FileEnd, Expired], "logged")


def test_a_file_being_written_never_goes(archive: Archive) -> None:
    name = archive.record(0)
    journal = archive.root / name.journal_path
    journal.write_bytes(journal.read_bytes()[:-64])  # without its CLOSE
    archive.know()
    archive.room = Room(1_000_000, 0)
    archive.rounds()
    assert (state_of(name), archive.there()) == ("", {name.media_path})


def test_a_site_without_a_period_keeps_everything(archive: Archive) -> None:
    decided(*(each for each in notice().retentions if each.site != SITE))
    name = archive.record(0)
    archive.know()
    archive.rounds()
    assert (state_of(name), archive.there()) == ("", {name.media_path})


def test_a_hold_keeps_what_it_touches_and_nothing_more(archive: Archive) -> None:
    held, other, elsewhere = archive.record(0), archive.record(100), archive.record(0, camera="de-gi-2")
    hold(9, 20, camera="de-gi-1")
    archive.know()
    archive.rounds()
    assert archive.there() == {held.media_path}
    assert [state_of(name) for name in (held, other, elsewhere)] == ["", "removed", "removed"]


def test_a_hold_that_comes_after_the_plan_cancels_it(archive: Archive) -> None:
    name = archive.record(0)
    archive.know()
    archive.keeper.run_once(LATER)
    hold(0, 5)
    archive.rounds()
    assert (state_of(name), archive.there()) == ("cancelled", {name.media_path})


def test_a_hold_that_comes_after_the_entry_cancels_it_and_it_goes_when_the_hold_is_over(archive: Archive) -> None:
    name = archive.record(0)
    archive.know()
    archive.keeper.run_once(LATER)
    archive.log.run_once(LATER)
    assert state_of(name) == "logged"
    hold(0, 5)
    archive.rounds()
    assert (state_of(name), archive.there()) == ("cancelled", {name.media_path})
    archive.rounds(3, now=WallUs(LATER + 2 * DAY_US))
    assert (state_of(name), archive.there()) == ("removed", set())


def test_a_longer_period_cancels_what_was_planned_by_the_shorter(archive: Archive) -> None:
    name = archive.record(0)
    archive.know()
    archive.keeper.run_once(LATER)
    archive.log.run_once(LATER)
    decided(*(replace(each, days=60) for each in notice().retentions))
    archive.rounds()
    assert (state_of(name), archive.there()) == ("cancelled", {name.media_path})


def test_a_full_disk_takes_the_oldest_of_all_sites_and_only_what_is_needed(archive: Archive) -> None:
    now = WallUs(T0 + DAY_US)
    first, second = archive.record(0), archive.record(100, site="quy-nhon")
    third = archive.record(200)
    archive.know(now)
    archive.room = Room(1_000_000, 30_000)  # 3 %: 20,000 bytes short of 5 %
    archive.keeper.run_once(now)
    archive.room = Room(1_000_000, 50_000)
    archive.rounds(2, now=now)
    assert archive.there() == {third.media_path}
    row = Expiry.objects.get(path=first.media_path)
    assert (row.reason, row.policy) == ("emergency", "disk 3% free, below 5%")
    assert {e.reason for e in logged(archive) if isinstance(e, Expired)} == {"emergency"}
    assert state_of(second) == "removed"


def test_held_footage_does_not_go_though_the_disk_is_full(archive: Archive) -> None:
    now = WallUs(T0 + DAY_US)
    name = archive.record(0)
    hold(0, 5, now=now)
    archive.know(now)
    archive.room = Room(1_000_000, 0)
    archive.rounds(now=now)
    assert archive.there() == {name.media_path}
    state = parse_disk_state((archive.home / DISK_STATE).read_bytes())
    assert (state.level, state.nothing_left, state.free_percent) == ("last", True, 0)


@pytest.mark.parametrize(("free", "gone"), [(30_000, False), (10_000, True)])
def test_only_the_last_of_the_room_does_without_witnesses(
    archive: Archive, tmp_path: Path, *, free: int, gone: bool
) -> None:
    now = WallUs(T0 + DAY_US)
    witnessed(archive, tmp_path, now)
    name = archive.record(0)
    archive.know(now)
    archive.room = Room(1_000_000, free)
    archive.rounds(now=now)
    assert (state_of(name) == "removed") is gone
    assert [entry.file for entry in logged(archive) if isinstance(entry, Expired)] == [name.media_path]


def test_the_disk_tells_when_it_becomes_full(archive: Archive) -> None:
    for free, level in ((200_000, ""), (149_999, "alarm"), (49_999, "emergency"), (19_999, "last")):
        archive.room = Room(1_000_000, free)
        archive.keeper.run_once(LATER)
        assert parse_disk_state((archive.home / DISK_STATE).read_bytes()).level == level


def test_a_clock_that_a_witness_doubts_expires_nothing(archive: Archive) -> None:
    name = archive.record(0)
    archive.know()
    archive.keeper.run_once(LATER)
    archive.log.run_once(LATER)
    doubted = WitnessStanding("witness.example", 1, 1, "clock", LATER)
    standing = LogStanding("record", "x", LATER, 1, EMPTY_ROOT, 1, (doubted,))
    (archive.home / LOG_STANDING / "record.json").write_bytes(dump_standing(standing))
    archive.keeper.run_once(LATER)
    assert (state_of(name), archive.there()) == ("logged", {name.media_path})
    assert parse_disk_state((archive.home / DISK_STATE).read_bytes()).clock_doubted


def test_numbers_go_on_after_everything_of_a_stream_has_expired(archive: Archive) -> None:
    archive.record(0)
    last = archive.record(10)
    archive.know()
    archive.rounds()
    assert archive.there() == set()
    assert archive.journals_there() == {last.journal_path}
    assert next_sequence(archive.root, SITE, "de-gi-1", "main") == 2
    new = archive.record(31 * 86_400)
    archive.know(WallUs(LATER + DAY_US))
    archive.rounds(1)
    assert archive.journals_there() == {new.journal_path}
    ends = [entry.file for entry in logged(archive) if isinstance(entry, FileEnd)]
    assert ends[-1] == new.media_path


def test_a_full_rescan_says_the_same(archive: Archive) -> None:
    archive.record(0)
    archive.record(10)
    kept = archive.record(30 * 86_400)
    lone = archive.record(0, camera="de-gi-2")
    archive.know()
    archive.rounds()
    before = rows()
    assert before[0] == [kept.media_path]
    assert archive.journals_there() == {kept.journal_path, lone.journal_path}
    rescan(archive.root, now=LATER)
    assert rows() == before
    JournalKeeper(archive.root).run_once(LATER)
    assert rows() == before


def test_what_follows_journals_goes_on_when_old_files_are_gone(archive: Archive) -> None:
    archive.record(0)
    archive.know()
    archive.rounds()
    new = archive.record(31 * 86_400 - 100)
    archive.know(LATER)
    assert rows()[0] == [new.media_path]
    entries = len(logged(archive))
    LogKeeper(log_of(archive.home), archive.root).run_once(LATER)
    assert len(logged(archive)) == entries + 1  # its tick alone: nothing is logged twice
    assert not JournalPosition.objects.filter(finished=False).exists()


def test_bytes_that_have_another_name_are_told_of(archive: Archive) -> None:
    name = archive.record(0)
    (archive.home / "kept.mp4").hardlink_to(archive.root / name.media_path)
    archive.know()
    archive.rounds()
    row = Expiry.objects.get()
    assert (row.state, row.fault) == ("removed", "linked")
    assert parse_disk_state((archive.home / DISK_STATE).read_bytes()).faults == 1


def test_nothing_is_followed_out_of_the_archive(archive: Archive) -> None:
    name = archive.record(0)
    archive.know()
    archive.keeper.run_once(LATER)
    archive.log.run_once(LATER)
    folder = (archive.root / name.media_path).parent
    folder.rename(archive.home / "elsewhere")
    folder.symlink_to(archive.home / "elsewhere")
    archive.keeper.run_once(LATER)
    assert {path.suffix for path in (archive.home / "elsewhere").iterdir()} == {".mp4", ".journal"}
    assert (Expiry.objects.get().state, Expiry.objects.get().fault) == ("removing", "not_ours")


def test_a_link_in_a_files_place_is_left_alone(archive: Archive) -> None:
    name = archive.record(0)
    archive.know()
    archive.keeper.run_once(LATER)
    archive.log.run_once(LATER)
    media = archive.root / name.media_path
    media.rename(archive.home / "other.mp4")
    media.symlink_to(archive.home / "other.mp4")
    archive.keeper.run_once(LATER)
    assert media.is_symlink()
    assert Expiry.objects.get().fault == "not_ours"


def _prepared(home: Path, ops: RemovalSteps) -> Archive:
    archive = Archive(home, ops=ops)
    archive.record(0)
    archive.record(10)
    archive.record(30 * 86_400)
    archive.know()
    archive.keeper.run_once(LATER)
    archive.log.run_once(LATER)
    return archive


def test_the_order_of_removal_on_disk(home: Path) -> None:
    archive = _prepared(home, RemovalSteps())
    archive.keeper.run_once(LATER)
    one = ["unlink .mp4", "sync_folder", "unlink .journal", "sync_folder"]
    assert archive.ops.steps == one * 2


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", range(8))
def test_a_kill_at_any_step_is_gone_on_from(home: Path, *, step: int, after: bool) -> None:
    archive = _prepared(home, RemovalSteps(at=step, after=after))
    with pytest.raises(Killed):
        archive.keeper.run_once(LATER)
    # Pictures that are still there have their journal; their time is not shown as recorded any more.
    left = archive.there()
    assert {path.replace(".mp4", ".journal") for path in left} <= archive.journals_there()
    assert rows()[1] == [(2_592_000, 2_592_010)]
    archive.ops = RemovalSteps()
    archive.keeper.run_once(LATER)
    assert len(archive.there()) == 1
    assert archive.journals_there() == {path.replace(".mp4", ".journal") for path in archive.there()}
    assert set(Expiry.objects.values_list("state", flat=True)) == {"removed"}


def test_entries_that_are_asked_for_again_after_a_crash_do_no_harm(archive: Archive) -> None:
    name = archive.record(0)
    archive.know()
    archive.keeper.run_once(LATER)
    outbox = ExpiryOutbox(archive.home)
    entries = outbox.waiting(LATER)
    outbox.logged(entries, 7)
    outbox.logged(entries, 11)
    assert (state_of(name), Expiry.objects.get().log_size) == ("logged", 8)


def test_the_room_is_that_of_the_disk_that_recordings_will_lie_on(tmp_path: Path) -> None:
    room = room_at(tmp_path / "not" / "yet")
    assert 0 < room.free_bytes <= room.total_bytes


def test_what_is_held_does_not_stand_in_the_way_of_what_is_younger(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiring, "_PAGE", 2)
    names = [archive.record(10 * number) for number in range(7)]
    hold(0, 48)
    archive.know()
    archive.rounds()
    assert archive.there() == {name.media_path for name in names[:5]}


def test_rows_that_were_made_old_make_nothing_expire(archive: Archive) -> None:
    """The name of a recording says when it began; the database is not asked for it."""
    young = archive.record(30 * 86_400)
    archive.know()
    RecordingFile.objects.update(started_at=1, ended_at=2)
    archive.rounds()
    assert not Expiry.objects.exists()
    RecordingFile.objects.update(path="../../etc/passwd")
    archive.rounds()
    assert archive.there() == {young.media_path}


def test_an_expiry_that_somebody_put_in_is_held_against_the_name_too(archive: Archive) -> None:
    young = archive.record(30 * 86_400)
    archive.know()
    Expiry.objects.create(
        path=young.media_path, site=SITE, camera=young.camera, stream="main", started_at=1, ended_at=2, size_bytes=1,
        sequence=0, reason="retention", policy="de-gi 30 days", state="logged", log_size=1, planned_at=1,
    )  # fmt: skip
    archive.rounds()
    assert archive.there() == {young.media_path}
    assert state_of(young) == "cancelled"
