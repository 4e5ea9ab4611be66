"""What journals say becomes rows: files, joined spans, gaps with their reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from haidang.core.journal import GapReason
from haidang.core.layout import Stream
from haidang.core.units import WallUs
from haidang.footage.models import Gap, JournalPosition, RecordingFile, Span
from haidang.supervisor.keeper_journals import JournalKeeper, rescan
from keeper.journals_on_disk import (
    CAMERA,
    DAY,
    S,
    all_rows,
    append,
    at,
    closed,
    fragments,
    gap_closed,
    gap_opened,
    gaps_path,
    name_at,
    opened,
    whole,
)

pytestmark = pytest.mark.django_db


def test_a_file_being_written_grows_a_span_with_every_round(tmp_path: Path) -> None:
    name, keeper = name_at(0), JournalKeeper(tmp_path)
    append(tmp_path, name.journal_path, [opened(name), *fragments(name, 2)])
    assert keeper.run_once(at(2)) == 3
    append(tmp_path, name.journal_path, fragments(name, 3, first=2))
    keeper.run_once(at(5))
    span = Span.objects.get()
    assert (span.camera, span.stream, span.started_at, span.ended_at) == (CAMERA, "main", at(0), at(5))
    file = RecordingFile.objects.get()
    assert (file.fragments, file.size_bytes, file.lost_packets, file.close_reason) == (5, 5800, 2, "")
    assert keeper.run_once(at(5.5)) == 0


def test_rotation_leaves_one_span_over_the_files(tmp_path: Path) -> None:
    keeper = JournalKeeper(tmp_path)
    for n in range(4):
        name = name_at(300 * n)
        append(tmp_path, name.journal_path, whole(name, 300))
        keeper.run_once(at(300 * (n + 1)))
    assert list(Span.objects.values_list("started_at", "ended_at")) == [(at(0), at(1200))]
    assert set(RecordingFile.objects.values_list("close_reason", flat=True)) == {"rotated"}
    assert JournalPosition.objects.filter(finished=False).count() == 0


def test_a_hole_splits_spans_and_its_gap_says_why(tmp_path: Path) -> None:
    first, second, keeper = name_at(0), name_at(30), JournalKeeper(tmp_path)
    append(tmp_path, first.journal_path, whole(first, 10))
    append(tmp_path, gaps_path(10), [gap_opened(10)])
    keeper.run_once(at(12))
    assert Gap.objects.get().ended_at is None
    append(tmp_path, gaps_path(10), [gap_closed(10, 30, GapReason.CAMERA_UNREACHABLE)])
    append(tmp_path, second.journal_path, [opened(second), *fragments(second, 5)])
    keeper.run_once(at(36))
    gap = Gap.objects.get()
    assert (gap.started_at, gap.ended_at, gap.reason) == (at(10), at(30), "camera_unreachable")
    assert list(Span.objects.order_by("started_at").values_list("started_at", "ended_at")) == [
        (at(0), at(10)), (at(30), at(35)),
    ]  # fmt: skip


def test_a_gap_whose_cause_becomes_better_known_takes_the_newest_reason(tmp_path: Path) -> None:
    keeper = JournalKeeper(tmp_path)
    append(tmp_path, gaps_path(10), [gap_opened(10, GapReason.NETWORK)])
    keeper.run_once(at(11))
    append(tmp_path, gaps_path(10), [gap_opened(10, GapReason.CAMERA_UNREACHABLE)])
    keeper.run_once(at(12))
    gap = Gap.objects.get()
    assert (gap.reason, gap.ended_at) == ("camera_unreachable", None)


def test_streams_and_cameras_do_not_mix(tmp_path: Path) -> None:
    streams: tuple[Stream, ...] = ("main", "sub")
    for camera in ("de-gi-1", "de-gi-2"):
        for stream in streams:
            name = name_at(0, camera=camera, stream=stream)
            append(tmp_path, name.journal_path, whole(name, 10))
    JournalKeeper(tmp_path).run_once(at(11))
    assert Span.objects.count() == 4


def test_after_a_stop_it_goes_on_from_its_mark_over_days(tmp_path: Path) -> None:
    name = name_at(0)
    append(tmp_path, name.journal_path, [opened(name), *fragments(name, 2)])
    JournalKeeper(tmp_path).run_once(at(2))
    append(tmp_path, name.journal_path, [*fragments(name, 8, first=2), closed(name, 10)])
    for days in (1, 2, 3):
        later = name_at(86_400 * days)
        append(tmp_path, later.journal_path, whole(later, 10))
    assert JournalKeeper(tmp_path).run_once(WallUs(at(0) + 3 * DAY + 20 * S)) == 9 + 3 * 12
    assert Span.objects.count() == 4


def test_what_is_recorded_after_the_clock_was_set_back_over_midnight_becomes_rows(tmp_path: Path) -> None:
    keeper = JournalKeeper(tmp_path)
    ahead, back = name_at(2 * 86_400), name_at(0)
    append(tmp_path, ahead.journal_path, whole(ahead, 10))
    keeper.run_once(at(2 * 86_400 + 20))
    append(tmp_path, back.journal_path, whole(back, 10))
    keeper.run_once(at(20))
    assert set(Span.objects.values_list("started_at", flat=True)) == {at(0), at(2 * 86_400)}


def test_a_gap_open_over_midnight_is_closed_in_its_own_day(tmp_path: Path) -> None:
    keeper = JournalKeeper(tmp_path)
    append(tmp_path, gaps_path(0), [gap_opened(0)])
    keeper.run_once(at(1))
    for days in (1, 2, 3):
        keeper.run_once(WallUs(at(0) + days * DAY))
    append(tmp_path, gaps_path(0), [gap_closed(0, 3 * 86_400 + 5)])
    keeper.run_once(WallUs(at(0) + 3 * DAY + 10 * S))
    assert Gap.objects.get().ended_at == at(3 * 86_400 + 5)
    keeper.run_once(WallUs(at(0) + 3 * DAY + 11 * S))
    assert JournalPosition.objects.get().finished


def test_a_journal_rewritten_after_a_power_cut_replaces_what_was_known(tmp_path: Path) -> None:
    name, keeper = name_at(0), JournalKeeper(tmp_path)
    append(tmp_path, name.journal_path, [opened(name), *fragments(name, 10)])
    keeper.run_once(at(10))
    (tmp_path / name.journal_path).unlink()
    append(tmp_path, name.journal_path, [opened(name), *fragments(name, 6), closed(name, 6)])
    JournalKeeper(tmp_path).run_once(at(60))
    assert list(Span.objects.values_list("started_at", "ended_at")) == [(at(0), at(6))]
    file = RecordingFile.objects.get()
    assert (file.fragments, file.size_bytes, file.close_reason) == (6, 6800, "rotated")


def test_a_rewritten_journal_leaves_its_neighbours_spans_alone(tmp_path: Path) -> None:
    before, name, after = name_at(0), name_at(10), name_at(20)
    for each in (before, after):
        append(tmp_path, each.journal_path, whole(each, 10))
    append(tmp_path, name.journal_path, [opened(name), *fragments(name, 10)])
    JournalKeeper(tmp_path).run_once(at(30))
    assert Span.objects.count() == 1
    (tmp_path / name.journal_path).unlink()
    append(tmp_path, name.journal_path, [opened(name), *fragments(name, 4), closed(name, 4)])
    JournalKeeper(tmp_path).run_once(at(60))
    assert list(Span.objects.order_by("started_at").values_list("started_at", "ended_at")) == [
        (at(0), at(14)), (at(20), at(30)),
    ]  # fmt: skip


def test_a_torn_record_waits_until_it_is_whole(tmp_path: Path) -> None:
    name, keeper = name_at(0), JournalKeeper(tmp_path)
    append(tmp_path, name.journal_path, [opened(name), *fragments(name, 3)])
    raw = (tmp_path / name.journal_path).read_bytes()
    (tmp_path / name.journal_path).write_bytes(raw[:-30])
    keeper.run_once(at(3))
    assert Span.objects.get().ended_at == at(2)
    (tmp_path / name.journal_path).write_bytes(raw)
    keeper.run_once(at(4))
    assert Span.objects.get().ended_at == at(3)


def test_what_a_person_put_there_is_passed_over(tmp_path: Path) -> None:
    name = name_at(0)
    append(tmp_path, name.journal_path, whole(name, 3))
    folder = (tmp_path / name.journal_path).parent
    (folder / "notes.journal").write_text("hello")
    (folder / "gaps-third.journal").write_text("hello")
    (tmp_path / "README").write_text("hello")
    (tmp_path / "de-gi" / "stray").write_text("hello")
    JournalKeeper(tmp_path).run_once(at(4))
    assert RecordingFile.objects.count() == 1


def test_a_rescan_gives_the_same_rows(tmp_path: Path) -> None:
    for n in range(3):
        name = name_at(20 * n)
        append(tmp_path, name.journal_path, whole(name, 10))
    append(tmp_path, gaps_path(10), [gap_opened(10), gap_closed(10, 20), gap_opened(30), gap_closed(30, 40)])
    JournalKeeper(tmp_path).run_once(at(60))
    before = all_rows()
    assert rescan(tmp_path, now=at(61)) == 3 * 12 + 4
    assert all_rows() == before


def test_an_empty_archive_is_no_error(tmp_path: Path) -> None:
    assert JournalKeeper(tmp_path / "not-there-yet").run_once(at(0)) == 0
