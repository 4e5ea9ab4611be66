from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haidang.core.journal import RECORD_BYTES, Close, CloseReason, FragmentFlag, Open
from haidang.core.layout import RecordingName
from haidang.core.units import WallUs
from haidang.storage import Adopted, adopt, load_index
from haidang.storage.journal_file import read_journal
from storage.coded_video import clip
from storage.faulty_file_ops import FaultyOps, NoWaitOps
from storage.recorded import BEGAN, CAMERA, SEAL_S, SITE, add, begin, check_closed, record

NOW = WallUs(BEGAN + 3_600_000_000)
DAY_US = 86_400_000_000


def readopt(root: Path, now: WallUs = NOW) -> list[Adopted]:
    return adopt(root, SITE, CAMERA, "main", now=now, ops=NoWaitOps(), seal_s=SEAL_S)


def unclosed(root: Path, *, fragments: int = 10) -> RecordingName:
    """A recording whose process was killed after so many fragments."""
    video = clip()
    writer = begin(root, video, NoWaitOps())
    for first, last in video.cuts()[:fragments]:
        add(writer, video, first, last)
    return writer.name


def test_a_finished_archive_is_left_alone(tmp_path: Path) -> None:
    record(tmp_path, clip(), NoWaitOps())
    assert readopt(tmp_path) == []
    assert adopt(tmp_path, SITE, "other", "main", now=NOW, ops=NoWaitOps()) == []


def test_a_killed_recording_is_sealed_and_closed(tmp_path: Path) -> None:
    name = unclosed(tmp_path)
    found = readopt(tmp_path)
    assert found == [Adopted(name, WallUs(BEGAN + 2_000_000))]
    index = load_index(tmp_path, name)
    assert index.close == Close(CloseReason.ADOPTED, (tmp_path / name.media_path).stat().st_size, NOW)
    assert check_closed(tmp_path, name) == 10
    assert not any(fragment.flags & FragmentFlag.ADOPTED for fragment in index.fragments)
    assert readopt(tmp_path) == []


def test_adoption_after_a_kill_gives_the_seals_that_the_writer_would_have_made(tmp_path: Path) -> None:
    closed, killed = tmp_path / "closed", tmp_path / "killed"
    name = record(closed, clip(), NoWaitOps())
    unclosed(killed)
    readopt(killed)
    assert load_index(killed, name).seals == load_index(closed, name).seals


@pytest.mark.parametrize("kept", range(22))
def test_what_the_journal_lacks_is_indexed_from_the_file(tmp_path: Path, kept: int) -> None:
    name = unclosed(tmp_path)
    before = load_index(tmp_path, name).fragments
    journal = tmp_path / name.journal_path
    journal.write_bytes(journal.read_bytes()[: kept * RECORD_BYTES - kept % 3])
    (found,) = readopt(tmp_path)
    after = load_index(tmp_path, name).fragments
    assert len(after) == len(before)
    assert found.ended_at == BEGAN + 2_000_000
    assert check_closed(tmp_path, name) == 10
    added = [fragment for fragment in after if fragment.flags & FragmentFlag.ADOPTED]
    assert len(added) == found.indexed_fragments
    assert all(
        (a.offset_bytes, a.dts_90k, a.keyframe, a.sample_count)
        == (b.offset_bytes, b.dts_90k, b.keyframe, b.sample_count)
        for a, b in zip(after, before, strict=True)
    )


def test_arrival_of_adopted_fragments_goes_on_from_the_last_known(tmp_path: Path) -> None:
    name = unclosed(tmp_path)
    before = load_index(tmp_path, name).fragments
    journal = tmp_path / name.journal_path
    journal.write_bytes(journal.read_bytes()[: 4 * RECORD_BYTES])
    readopt(tmp_path)
    assert [f.received_at for f in load_index(tmp_path, name).fragments] == [f.received_at for f in before]


def test_without_a_journal_the_name_gives_the_time(tmp_path: Path) -> None:
    name = unclosed(tmp_path)
    (tmp_path / name.journal_path).unlink()
    (found,) = readopt(tmp_path)
    index = load_index(tmp_path, name)
    assert found.indexed_fragments == 10
    assert index.open.opened_at == name.started_at == index.fragments[0].received_at
    assert (index.open.codec, index.open.width_px, index.open.height_px) == ("avc1", 128, 96)
    check_closed(tmp_path, name)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 250_000), garbage=st.binary(max_size=200), journal_records=st.integers(0, 30))
def test_any_cut_of_file_and_journal_is_adopted(tmp_path: Path, cut: int, garbage: bytes, journal_records: int) -> None:
    shutil.rmtree(tmp_path / SITE, ignore_errors=True)
    name = unclosed(tmp_path)
    whole = load_index(tmp_path, name)
    media, journal = tmp_path / name.media_path, tmp_path / name.journal_path
    original = media.read_bytes()
    changed = original[:cut] + garbage
    while cut < min(len(original), len(changed)) and original[cut] == changed[cut]:
        cut += 1  # garbage may happen to be right
    media.write_bytes(changed)
    journal.write_bytes(journal.read_bytes()[: journal_records * RECORD_BYTES])
    before = media.read_bytes()
    (found,) = readopt(tmp_path)
    assert media.read_bytes() == before
    if len(changed) < whole.open.init_size_bytes:
        assert found.problem == "unusable"
    elif cut < whole.open.init_size_bytes:
        assert found.indexed_fragments == 0  # garbage may even complete an initialisation segment
    else:
        assert found.problem == ""
        ends = [f.offset_bytes + f.size_bytes for f in whole.fragments]
        certain, complete = sum(end <= cut for end in ends), sum(end <= len(changed) for end in ends)
        # Garbage that happens to fill up a fragment's pictures looks like pictures.
        assert certain <= check_closed(tmp_path, name) <= min(complete, certain + 1)
        assert readopt(tmp_path) == []


def test_a_journal_ahead_of_its_file_loses_the_records_that_point_at_nothing(tmp_path: Path) -> None:
    name = unclosed(tmp_path)
    media = tmp_path / name.media_path
    last = load_index(tmp_path, name).fragments[-1]
    media.write_bytes(media.read_bytes()[: last.offset_bytes + 100])
    (found,) = readopt(tmp_path)
    assert (found.dropped_records, found.unindexed_bytes) == (1, 100)
    assert check_closed(tmp_path, name) == 9


def test_blocks_that_never_reached_the_disk_end_the_recording(tmp_path: Path) -> None:
    name = unclosed(tmp_path)
    media = tmp_path / name.media_path
    last = load_index(tmp_path, name).fragments[-1]
    data = bytearray(media.read_bytes())
    data[last.offset_bytes + 1000 :] = bytes(len(data) - last.offset_bytes - 1000)
    media.write_bytes(data)
    (found,) = readopt(tmp_path)
    assert found.unindexed_bytes == last.size_bytes
    assert check_closed(tmp_path, name) == 9


@pytest.mark.parametrize("content", [b"", b"\0" * 700, b"\0\0\0\x1cftypiso5"])
def test_a_file_without_an_initialisation_segment_is_reported_and_kept(tmp_path: Path, content: bytes) -> None:
    name = unclosed(tmp_path)
    media, journal = tmp_path / name.media_path, tmp_path / name.journal_path
    media.write_bytes(content)
    before = journal.read_bytes()
    assert readopt(tmp_path) == [Adopted(name, name.started_at, problem="unusable")]
    assert (media.read_bytes(), journal.read_bytes()) == (content, before)


def test_the_search_goes_back_to_a_day_that_is_finished_and_no_further(tmp_path: Path) -> None:
    video = clip(frames=10)
    names = []
    for days_ago in (9, 5, 2, 1):
        writer = begin(tmp_path, video, NoWaitOps(), now=WallUs(BEGAN - days_ago * DAY_US))
        add(writer, video, 0, 5)
        if days_ago == 5:
            writer.close(CloseReason.ROTATED, NOW)
        names.append(writer.name)
    assert [found.name for found in readopt(tmp_path)] == names[2:]


def test_a_torn_record_behind_close_leaves_a_recording_finished(tmp_path: Path) -> None:
    name = record(tmp_path, clip(), NoWaitOps())
    with (tmp_path / name.journal_path).open("ab") as journal:
        journal.write(b"torn")
    assert readopt(tmp_path) == []


def test_other_files_in_the_folder_are_nobodys_business(tmp_path: Path) -> None:
    name = unclosed(tmp_path)
    folder = (tmp_path / name.media_path).parent
    for strange in ("notes.txt", "999999.999Z-main.mp4", ".mp4", "030405.678Z-main.mp4.part"):
        (folder / strange).write_bytes(b"x")
    assert [found.name for found in readopt(tmp_path)] == [name]
    assert len(list(folder.iterdir())) == 6


@pytest.mark.parametrize("fault", ["not persisted", "persisted", "half persisted"])
@pytest.mark.parametrize("step", range(4))
def test_adoption_that_fails_anywhere_reports_and_succeeds_next_time(tmp_path: Path, step: int, fault: str) -> None:
    name = unclosed(tmp_path)
    ops = FaultyOps(step, fault)  # type: ignore[arg-type]
    (found,) = adopt(tmp_path, SITE, CAMERA, "main", now=NOW, ops=ops, seal_s=SEAL_S)
    assert found.problem == "disk_full"
    assert ops.steps[step:] != []
    again = readopt(tmp_path)
    assert [adopted.name for adopted in again] in ([name], [])
    assert check_closed(tmp_path, name) == 10
    assert isinstance(read_journal(tmp_path / name.journal_path)[0], Open)


def test_adopting_twice_after_a_crash_between_gives_the_same_bytes(tmp_path: Path) -> None:
    once, twice = tmp_path / "once", tmp_path / "twice"
    for root in (once, twice):
        name = unclosed(root)
        (root / name.journal_path).write_bytes((root / name.journal_path).read_bytes()[: 5 * RECORD_BYTES])
    readopt(once)
    adopt(twice, SITE, CAMERA, "main", now=NOW, ops=FaultyOps(2, "half persisted"), seal_s=SEAL_S)
    readopt(twice)
    assert (once / name.journal_path).read_bytes() == (twice / name.journal_path).read_bytes()
