from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import CorruptData, InvalidInput, NotFound
from haidang.core.layout import RecordingName, Stream
from haidang.core.units import WallUs, from_datetime
from haidang.storage import load_index, newest_recording, next_sequence, recordings_between
from storage.coded_video import clip
from storage.faulty_file_ops import NoWaitOps
from storage.recorded import BEGAN, CAMERA, SITE, begin, record

HOUR_US = 3_600_000_000


def at(text: str) -> WallUs:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=UTC))


def put(root: Path, *times: str, stream: Stream = "main") -> list[RecordingName]:
    """Empty files of the given names."""
    names = [RecordingName(SITE, CAMERA, at(time), stream) for time in times]
    for name in names:
        path = root / name.media_path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return names


def between(root: Path, start: str, end: str) -> list[RecordingName]:
    return recordings_between(root, SITE, CAMERA, "main", at(start), at(end))


def test_files_that_began_in_the_window_and_the_one_before(tmp_path: Path) -> None:
    names = put(tmp_path, "2026-11-25T09:55", "2026-11-25T10:00", "2026-11-25T10:05", "2026-11-25T10:10")
    put(tmp_path, "2026-11-25T10:06", stream="sub")
    assert between(tmp_path, "2026-11-25T10:03", "2026-11-25T10:10") == names[1:3]
    assert between(tmp_path, "2026-11-25T10:05", "2026-11-25T10:06") == names[2:3]
    assert between(tmp_path, "2026-11-25T09:00", "2026-11-25T09:30") == []
    assert between(tmp_path, "2026-11-25T11:00", "2026-11-25T12:00") == names[3:]


def test_a_file_that_began_before_midnight_is_found_after_it(tmp_path: Path) -> None:
    names = put(tmp_path, "2026-11-24T23:58", "2026-11-25T00:03")
    assert between(tmp_path, "2026-11-25T00:01", "2026-11-25T00:02") == names[:1]
    assert between(tmp_path, "2026-11-24T23:59", "2026-11-25T00:04") == names


def test_an_empty_or_turned_window_has_nothing(tmp_path: Path) -> None:
    put(tmp_path, "2026-11-25T10:00")
    assert between(tmp_path, "2026-11-25T10:00", "2026-11-25T10:00") == []
    assert between(tmp_path, "2026-11-25T10:05", "2026-11-25T10:00") == []


@pytest.mark.parametrize(("start", "end"), [(0, BEGAN), (-(2**63), 2**63 - 1), (2**62, 2**63)])
def test_a_window_that_no_archive_has_is_refused(tmp_path: Path, start: int, end: int) -> None:
    with pytest.raises(InvalidInput):
        recordings_between(tmp_path, SITE, CAMERA, "main", WallUs(start), WallUs(end))


def test_a_camera_without_recordings_has_none(tmp_path: Path) -> None:
    assert between(tmp_path, "2026-11-25T10:00", "2026-11-25T11:00") == []
    assert newest_recording(tmp_path, SITE, CAMERA, "main") is None
    assert next_sequence(tmp_path, SITE, CAMERA, "main") == 0


def test_only_the_days_concerned_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, *(f"2026-{month:02d}-{day:02d}T10:00" for month in range(1, 12) for day in range(1, 28)))
    listed: list[str] = []
    real = Path.iterdir

    def counted(path: Path) -> Iterator[Path]:
        listed.append(path.name)
        return real(path)

    monkeypatch.setattr(Path, "iterdir", counted)
    assert len(between(tmp_path, "2026-05-02T09:00", "2026-05-02T11:00")) == 2
    assert listed == ["2026-05-01", "2026-05-02"]


@given(st.lists(st.integers(0, 72), unique=True, max_size=12), st.integers(0, 72), st.integers(1, 30))
def test_the_lookup_is_what_a_walk_through_all_would_find(
    tmp_path_factory: pytest.TempPathFactory, hours: list[int], start: int, length: int
) -> None:
    root = tmp_path_factory.mktemp("archive")
    begins = sorted(WallUs(BEGAN + hour * HOUR_US) for hour in hours)
    put(root, *(datetime.fromtimestamp(begin / 1e6, UTC).isoformat("T", "milliseconds")[:23] for begin in begins))
    window = (WallUs(BEGAN + start * HOUR_US - 1000), WallUs(BEGAN + (start + length) * HOUR_US))
    found = [name.started_at for name in recordings_between(root, SITE, CAMERA, "main", *window)]
    before = [begin for begin in begins if begin <= window[0]]
    inside = [begin for begin in begins if window[0] < begin < window[1]]
    assert found[-len(inside) :] == inside if inside else found == found[:1]
    assert found[: len(found) - len(inside)] in ([], before[-1:])
    assert not before or before[-1] <= window[0] - 24 * HOUR_US or before[-1] in found


def test_the_newest_file_and_the_next_sequence(tmp_path: Path) -> None:
    for number, day in enumerate((0, 1, 2)):
        writer = begin(tmp_path, clip(frames=10), NoWaitOps(), now=WallUs(BEGAN + day * 24 * HOUR_US), sequence=number)
        assert newest_recording(tmp_path, SITE, CAMERA, "main") == writer.name
        assert next_sequence(tmp_path, SITE, CAMERA, "main") == number + 1
    put(tmp_path, "2026-12-01T00:00")
    assert next_sequence(tmp_path, SITE, CAMERA, "main") == 3


def test_an_index_knows_the_end_of_its_last_picture(tmp_path: Path) -> None:
    name = record(tmp_path, clip(), NoWaitOps())
    assert load_index(tmp_path, name).ended_at == BEGAN + 2_000_000


def test_a_missing_or_headless_journal_is_told(tmp_path: Path) -> None:
    name = record(tmp_path, clip(), NoWaitOps())
    journal = tmp_path / name.journal_path
    journal.write_bytes(journal.read_bytes()[64:])
    with pytest.raises(CorruptData) as headless:
        load_index(tmp_path, name)
    journal.unlink()
    with pytest.raises(NotFound) as missing:
        load_index(tmp_path, name)
    assert (headless.value.code, missing.value.code) == ("journal_open", "recording_not_found")
