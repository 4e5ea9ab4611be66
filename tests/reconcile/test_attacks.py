"""What root can do to a running host, each named by reconciliation: which thing, where, which minutes.

Bytes, files, journals, rows, what people did, the log itself, the clock, the whole store rolled back, the stolen key.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from haidang.audit.models import Entry
from haidang.core.findings import Finding
from haidang.core.host import ACTS_LOG, LOG_KEY, RECORD_LOG
from haidang.core.journal import (
    RECORD_BYTES,
    Fragment,
    GapClose,
    GapOpen,
    GapReason,
    Record,
    Seal,
    encode,
    read_records,
)
from haidang.core.layout import gaps_journal
from haidang.core.units import WallUs
from haidang.footage.models import Gap, RecordingFile, Span
from haidang.host.signers import log_signer
from haidang.storage.log_reader import LogReader
from reconcile.a_host import FILE_US, Host, S, a_host, at
from storage.recorded import CAMERA, SITE

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(home: Path) -> Host:
    return a_host(home)


def only(found: list[Finding], kind: str) -> Finding:
    assert [each.kind for each in found] == [kind], found
    return found[0]


def test_a_host_that_nobody_touched_is_whole(host: Host) -> None:
    outcome = host.check()
    assert [each for each in outcome.findings if each.wrong] == []
    assert outcome.wrong == 0
    assert outcome.facts["files"] == 6
    assert outcome.facts["hashed_bytes"] == sum(host.path(n).stat().st_size for n in range(6))
    assert outcome.facts["acts_rows"] == 4
    assert {each["witness"] for each in outcome.facts["remembered"]} == {"witness.example"}


# -- bytes and files


@pytest.mark.parametrize("where", [0.02, 0.5, 0.999])
def test_one_byte_flipped_is_named_with_its_file_and_seconds(host: Host, where: float) -> None:
    path = host.path(1)
    offset = int(path.stat().st_size * where)
    flip(path, offset)
    found = only(host.found(), "bytes_changed")
    assert (found.site, found.camera, found.stream, found.file) == (SITE, CAMERA, "main", host.files[1].media_path)
    assert (
        int(found.facts["offset_bytes"]) <= offset < int(found.facts["offset_bytes"]) + int(found.facts["size_bytes"])
    )
    assert at(4) <= found.from_us < found.to_us <= at(8)
    assert host.found(deep=False) == []  # what the quick look does not read


def test_a_truncated_file_is_named_without_reading_bytes(host: Host) -> None:
    os.truncate(host.path(2), host.path(2).stat().st_size - 1)
    found = only(host.found(deep=False), "file_cut")
    assert found.file == host.files[2].media_path


def test_a_file_that_grew_is_named(host: Host) -> None:
    with host.path(2).open("ab") as file:
        file.write(b"x")
    assert only(host.found(deep=False), "file_grown").file == host.files[2].media_path


def test_a_deleted_file_is_named_with_its_minutes(host: Host) -> None:
    host.path(3).unlink()
    host.journal(3).unlink()
    found = only(host.found(deep=False), "file_missing")
    assert (found.camera, found.from_us, found.to_us) == (CAMERA, at(22), at(22) + FILE_US)


def test_a_replaced_file_with_a_journal_made_to_fit_is_named(host: Host) -> None:
    """Another recording's bytes and journal, consistent in themselves, under this one's name."""
    shutil.copy(host.path(0), host.path(1))
    shutil.copy(host.journal(0), host.journal(1))
    kinds = {each.kind for each in host.found()}
    assert "journal_changed" in kinds
    assert kinds <= {"journal_changed", "bytes_changed"}


def test_two_files_swapped_with_their_journals_are_both_named(host: Host) -> None:
    for of in (host.path, host.journal):
        of(0).rename(host.home / "aside")
        of(1).rename(of(0))
        (host.home / "aside").rename(of(1))
    found = host.found()
    assert {each.file for each in found} == {host.files[0].media_path, host.files[1].media_path}


def test_an_added_file_is_named(host: Host) -> None:
    added = host.files[1].media_path.replace(host.files[1].media_path.split("/")[-1], "030501.000Z-main.mp4")
    shutil.copy(host.path(1), host.root / added)
    assert only(host.found(deep=False), "file_added").file == added


def test_a_file_that_is_no_recording_is_named(host: Host) -> None:
    (host.path(1).parent / "copy.zip").write_bytes(b"PK")
    assert only(host.found(deep=False), "file_unknown").file.endswith("copy.zip")


def test_a_whole_camera_that_is_gone_is_named_file_by_file(host: Host) -> None:
    shutil.rmtree(host.root / SITE)
    found = host.found(deep=False)
    assert sorted(each.file for each in found if each.kind == "file_missing") == [n.media_path for n in host.files]
    assert {each.kind for each in found} == {"file_missing", "gap_journal_missing"}


# -- journals


def test_a_journal_whose_seal_was_made_to_fit_changed_bytes_is_named_and_so_are_the_bytes(host: Host) -> None:
    flip(host.path(1), 3000)
    data = host.path(1).read_bytes()
    rewrite(host.journal(1), lambda each: resealed(each, data))
    assert {each.kind for each in host.found()} == {"journal_changed", "bytes_changed"}


def test_times_edited_in_a_journal_are_named(host: Host) -> None:
    """The bytes are untouched: the pictures would be of another hour."""
    rewrite(host.journal(1), later)
    assert only(host.found(), "journal_changed").file == host.files[1].media_path


def test_a_journal_cut_short_or_gone_is_named(host: Host) -> None:
    os.truncate(host.journal(0), host.journal(0).stat().st_size - RECORD_BYTES)
    host.journal(1).unlink()
    assert [each.kind for each in host.found()] == ["journal_changed", "journal_missing"]


def test_a_gap_whose_reason_was_edited_is_named(host: Host) -> None:
    path = host.root / gaps_journal(SITE, CAMERA, at(12), "main")
    rewrite(path, lambda each: maintained(each, at(12)))
    found = only(host.found(deep=False), "gap_journal_changed")
    assert (found.from_us, found.facts["logged"], found.facts["found"]) == (
        at(12), "camera_unreachable", "maintenance",
    )  # fmt: skip


def test_a_gap_that_was_taken_out_or_put_in_is_named(host: Host) -> None:
    path = host.root / gaps_journal(SITE, CAMERA, at(12), "main")
    whole = path.read_bytes()
    path.write_bytes(whole[2 * RECORD_BYTES :])
    assert only(host.found(deep=False), "gap_journal_missing").from_us == at(12)
    path.write_bytes(whole + encode(GapClose(GapReason.MAINTENANCE, at(5), at(6))))
    assert only(host.found(deep=False), "gap_added").from_us == at(5)


# -- rows


def test_rows_that_were_edited_are_named(host: Host) -> None:
    RecordingFile.objects.filter(path=host.files[0].media_path).update(size_bytes=1)
    RecordingFile.objects.filter(path=host.files[1].media_path).update(ended_at=at(99))
    RecordingFile.objects.filter(path=host.files[2].media_path).delete()
    RecordingFile.objects.filter(path=host.files[3].media_path).update(path=f"{SITE}/{CAMERA}/2026-11-25/x.mp4")
    found = host.found(deep=False)
    assert sorted(each.kind for each in found) == [
        "row_added", "row_changed", "row_changed", "row_missing", "row_missing",
    ]  # fmt: skip


def test_minutes_hidden_from_or_invented_in_the_timeline_are_named(host: Host) -> None:
    Span.objects.filter(started_at=at(22)).update(started_at=at(30))
    found = only(host.found(deep=False), "row_minutes")
    assert (found.facts["what"], found.from_us, found.to_us) == ("hidden", at(22), at(30))
    Span.objects.filter(started_at=at(30)).update(started_at=at(14))
    found = only(host.found(deep=False), "row_minutes")
    assert (found.facts["what"], found.from_us, found.to_us) == ("invented", at(14), at(22))


def test_a_gaps_row_that_says_another_reason_is_named(host: Host) -> None:
    Gap.objects.filter(started_at=at(12)).update(reason="maintenance")
    assert only(host.found(deep=False), "row_gap").from_us == at(12)


# -- what people did


def test_an_audit_entry_that_was_changed_taken_away_or_put_in_is_named(host: Host) -> None:
    first, second = Entry.objects.order_by("pk")[:2]
    Entry.objects.filter(pk=first.pk).update(actor='Account::"somebody-else"')
    Entry.objects.filter(pk=second.pk).delete()
    Entry.objects.create(id=second.pk, at=second.at, actor="", action="login", resource="x", salt=bytes(32))
    assert {(each.kind, each.facts["row"]) for each in host.found(deep=False)} == {
        ("act_changed", first.pk), ("act_changed", second.pk),
    }  # fmt: skip
    Entry.objects.filter(pk=second.pk).delete()
    assert {(each.kind, each.facts["row"]) for each in host.found(deep=False)} == {
        ("act_changed", first.pk), ("act_missing", second.pk),
    }  # fmt: skip


def test_an_entry_put_in_between_or_behind_is_named(host: Host) -> None:
    Entry.objects.create(id=4_000, at=at(1), actor="", action="login", resource="x", salt=bytes(32))
    assert only(host.found(deep=False), "act_added").facts["row"] == 4_000


# -- the log's own files


def test_a_flipped_byte_of_an_entry_is_named_by_its_number_alone(host: Host) -> None:
    bundle = next((host.home / RECORD_LOG / "tile/entries").rglob("*.p")) / str(log_size(host))
    flip(bundle, 400)
    found = host.found(deep=False)
    assert only(found, "log_entry").facts["index"] in range(8)


@pytest.mark.parametrize("tile", ["tile/0", "tile/entries"])
def test_a_tile_that_was_changed_or_is_gone_is_named(host: Host, tile: str) -> None:
    path = next((host.home / RECORD_LOG / tile).rglob("*.p")) / str(log_size(host))
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    assert host.found(deep=False)[0].kind == "log_tile"
    path.unlink()
    assert host.found(deep=False)[0].kind == "log_tile"


def test_a_hash_flipped_in_a_tile_is_the_tiles_fault_not_the_entrys(host: Host) -> None:
    path = next((host.home / RECORD_LOG / "tile/0").rglob("*.p")) / str(log_size(host))
    flip(path, 70)
    assert only(host.found(deep=False), "log_tile").facts["why"] == "hashes differ"


def test_a_checkpoint_that_was_edited_or_a_log_that_is_gone_is_named(host: Host) -> None:
    note = host.home / RECORD_LOG / "checkpoint"
    whole = note.read_bytes()
    note.write_bytes(whole.replace(b"\n", b"\n1", 1))
    assert "log_checkpoint" in host.kinds(deep=False)
    note.unlink()
    assert "log_missing" in host.kinds(deep=False)


# -- the whole host, its clock and its key


def test_a_store_rolled_back_to_yesterday_is_found_by_the_witness_alone(home: Path) -> None:
    host = a_host(home)
    shutil.copytree(home / RECORD_LOG, home / "old-record")
    shutil.copytree(home / ACTS_LOG, home / "old-acts")
    rows = [Entry.objects.count(), RecordingFile.objects.count()]
    host.keep(until=260)
    for name, log in (("old-record", RECORD_LOG), ("old-acts", ACTS_LOG)):
        shutil.rmtree(home / log)
        shutil.move(home / name, home / log)
    assert [Entry.objects.count(), RecordingFile.objects.count()] == rows
    found = host.found()
    assert {each.kind for each in found} == {"log_longer_elsewhere"}
    assert {each.facts["log"] for each in found} == {"record", "acts"}
    assert all(int(each.facts["theirs"]) > int(each.facts["size"]) for each in found)


def test_a_log_written_anew_with_the_stolen_key_differs_from_the_witnesss(host: Host) -> None:
    """Every file of it is right, every signature good; only what the witness remembers tells."""
    host.path(1).unlink()
    host.journal(1).unlink()
    shutil.rmtree(host.home / RECORD_LOG)
    host.department.away.add("witness.example")
    host.restart()
    host.now = at(0)
    host.keep(until=500, rows=False)
    RecordingFile.objects.filter(path=host.files[1].media_path).delete()
    host.department.away.clear()
    kinds = {each.kind for each in host.found()}
    assert "log_differs_elsewhere" in kinds


def test_a_log_under_another_key_is_no_log_of_this_host(host: Host) -> None:
    (host.home / LOG_KEY).write_bytes(b"x" * 32)
    assert "log_checkpoint" in host.kinds(deep=False)


def test_a_clock_set_back_or_far_from_the_witnesss_is_named(home: Path) -> None:
    host = a_host(home)
    host.department.clock_s = lambda: at(0) // S
    for service in host.department.services.values():
        service._clock_s = lambda: at(240) // S
    host.now = at(500)  # the host runs ahead of the witness
    host.log_once()
    host.log_once()
    assert "clock_ahead" in host.kinds(deep=False)
    host.now = at(120)
    host.log_once()
    assert {"clock_back", "clock_behind"} <= set(host.kinds(deep=False))


def test_a_recorder_that_was_stopped_behind_a_pretended_camera_fault_is_told_too_late(home: Path) -> None:
    """Root stops the recorder, waits, and then writes that the camera was unreachable meanwhile."""
    host = Host(home)
    host.record(at(0))
    host.keep(until=250)
    host.gaps.open(GapReason.CAMERA_UNREACHABLE, at(4))
    host.gaps.close(at(240))
    host.record(at(240))
    host.gaps.open(GapReason.NETWORK, at(244))
    host.keep(until=400)
    found = only(host.found(), "gap_told_late")
    assert (found.camera, found.from_us) == (CAMERA, at(4))


def test_a_recorder_that_says_nothing_leaves_minutes_that_nobody_explains(home: Path) -> None:
    host = Host(home)
    host.record(at(0))
    host.record(at(60))
    host.gaps.open(GapReason.NETWORK, at(64))
    host.keep(until=200)
    found = only(host.found(), "minutes_unexplained")
    assert (found.from_us, found.to_us) == (at(4), at(60))


def test_a_camera_that_must_be_recorded_and_is_not_is_named_up_to_now(home: Path) -> None:
    host = Host(home)
    host.record(at(0))
    host.keep(until=300)
    found = only(host.found(), "minutes_unexplained")
    assert (found.from_us, found.to_us) == (at(4), host.now)


def test_a_log_that_was_silent_is_noted_with_the_minutes(home: Path) -> None:
    host = a_host(home)
    host.now = at(600)
    host.log_once()
    (note,) = [each for each in host.check().findings if each.kind == "log_silent"]
    assert (note.from_us, note.to_us) == (at(200), at(600))


# -- what an attacker does


def flip(path: Path, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))


def log_size(host: Host) -> int:
    return LogReader(host.home / RECORD_LOG, log_signer(host.home).key).checkpoint.size


def rewrite(path: Path, change: Callable[[Record], Record]) -> None:
    """A journal with other records, each with its checksum right."""
    path.write_bytes(b"".join(encode(change(each)) for each in read_records(path.read_bytes())))


def resealed(each: Record, data: bytes) -> Record:
    if isinstance(each, Seal):
        taken = data[each.offset_bytes : each.offset_bytes + each.size_bytes]
        return replace(each, sha256=hashlib.sha256(taken).digest())
    return each


def later(each: Record) -> Record:
    if isinstance(each, Fragment):
        return replace(each, received_at=WallUs(each.received_at + 3600 * S))
    return each


def maintained(each: Record, began: WallUs) -> Record:
    if isinstance(each, GapOpen | GapClose) and each.started_at == began:
        return replace(each, reason=GapReason.MAINTENANCE)
    return each
