from __future__ import annotations

from pathlib import Path

import pytest

from haidang.core.errors import Unavailable
from haidang.core.journal import GapClose, GapOpen, GapReason, encode
from haidang.core.timeline import Gap, recorded_gaps
from haidang.core.units import WallUs
from haidang.storage import GapWriter, RealFileOps, open_gaps
from haidang.storage.journal_file import read_journal
from storage.faulty_file_ops import FAULTS, Fault, FaultyOps, NoWaitOps
from storage.recorded import BEGAN, CAMERA, SITE

DAY_US = 86_400_000_000
JOURNAL = f"{SITE}/{CAMERA}/2026-11-25/gaps-main.journal"


def gap_writer(root: Path, ops: RealFileOps | None = None) -> GapWriter:
    return GapWriter(root, SITE, CAMERA, "main", ops=ops or NoWaitOps())


def test_a_gap_is_told_when_it_begins_and_when_it_ends(tmp_path: Path) -> None:
    gaps = gap_writer(tmp_path, RealFileOps())
    opened = gaps.open(GapReason.NETWORK, BEGAN, "timeout")
    assert opened == gaps.current == GapOpen(GapReason.NETWORK, BEGAN, "timeout")
    assert open_gaps(tmp_path, SITE, CAMERA, "main") == [opened]
    gaps.close(WallUs(BEGAN + 5), GapReason.CAMERA_REFUSED)
    assert gaps.current is None
    assert open_gaps(tmp_path, SITE, CAMERA, "main") == []
    assert read_journal(tmp_path / JOURNAL) == [
        opened,
        GapClose(GapReason.CAMERA_REFUSED, BEGAN, WallUs(BEGAN + 5), "timeout"),
    ]


def test_a_gap_that_is_open_goes_on_whatever_is_begun(tmp_path: Path) -> None:
    gaps = gap_writer(tmp_path)
    first = gaps.open(GapReason.NETWORK, BEGAN)
    assert gaps.open(GapReason.NETWORK, WallUs(BEGAN + 9)) is first
    assert len(read_journal(tmp_path / JOURNAL)) == 1


def test_a_better_known_cause_is_written_with_the_same_beginning(tmp_path: Path) -> None:
    gaps = gap_writer(tmp_path)
    gaps.open(GapReason.NETWORK, BEGAN)
    better = gaps.open(GapReason.CAMERA_REFUSED, WallUs(BEGAN + 9), "401")
    assert better == GapOpen(GapReason.CAMERA_REFUSED, BEGAN, "401")
    assert open_gaps(tmp_path, SITE, CAMERA, "main") == [better]


def test_closing_when_none_is_open_does_nothing(tmp_path: Path) -> None:
    gap_writer(tmp_path).close(BEGAN)
    assert list(tmp_path.iterdir()) == []


def test_a_new_process_ends_the_gap_of_an_earlier_one_in_the_folder_where_it_began(tmp_path: Path) -> None:
    gap_writer(tmp_path).open(GapReason.CAMERA_UNREACHABLE, BEGAN)
    later = gap_writer(tmp_path)
    assert later.current == GapOpen(GapReason.CAMERA_UNREACHABLE, BEGAN)
    later.close(WallUs(BEGAN + 3 * DAY_US))
    ended = WallUs(BEGAN + 3 * DAY_US)
    assert recorded_gaps(read_journal(tmp_path / JOURNAL)) == [Gap(BEGAN, ended, GapReason.CAMERA_UNREACHABLE)]


def test_the_newest_journal_tells_what_is_open(tmp_path: Path) -> None:
    gaps = gap_writer(tmp_path)
    gaps.open(GapReason.NETWORK, BEGAN)
    gaps.close(WallUs(BEGAN + 1))
    second = gaps.open(GapReason.DISK_FULL, WallUs(BEGAN + DAY_US))
    (tmp_path / SITE / CAMERA / "2026-11-27").mkdir()
    assert open_gaps(tmp_path, SITE, CAMERA, "main") == [second]
    assert open_gaps(tmp_path, SITE, CAMERA, "sub") == []


def test_a_clock_that_went_back_gives_a_gap_of_no_length(tmp_path: Path) -> None:
    gaps = gap_writer(tmp_path)
    gaps.open(GapReason.CLOCK, BEGAN)
    gaps.close(WallUs(BEGAN - 5))
    assert recorded_gaps(read_journal(tmp_path / JOURNAL)) == [Gap(BEGAN, BEGAN, GapReason.CLOCK)]


@pytest.mark.parametrize("torn", [1, 63, 64, 65, 200])
def test_what_is_torn_behind_the_last_record_is_written_over(tmp_path: Path, torn: int) -> None:
    gap_writer(tmp_path).open(GapReason.NETWORK, BEGAN)
    stale = encode(GapOpen(GapReason.DISK_FULL, WallUs(5)))
    with (tmp_path / JOURNAL).open("ab") as journal:
        journal.write((b"\xff" * 64 + stale * 3)[:torn])
    gap_writer(tmp_path).close(WallUs(BEGAN + 1))
    assert recorded_gaps(read_journal(tmp_path / JOURNAL)) == [Gap(BEGAN, WallUs(BEGAN + 1), GapReason.NETWORK)]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", range(8))
def test_a_refused_step_leaves_a_journal_that_reads_and_goes_on(tmp_path: Path, step: int, fault: Fault) -> None:
    ops = FaultyOps(step, fault)
    gaps = gap_writer(tmp_path, ops)
    with pytest.raises(Unavailable) as caught:
        gaps.open(GapReason.NETWORK, BEGAN)
    assert caught.value.code == "disk_full"
    assert gaps.current is None
    gaps.open(GapReason.NETWORK, BEGAN)
    gaps.close(WallUs(BEGAN + 1))
    assert recorded_gaps(read_journal(tmp_path / JOURNAL)) == [Gap(BEGAN, WallUs(BEGAN + 1), GapReason.NETWORK)]
