"""Which file is being written: by name, and by time of change after the host's clock was set back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.cast import CAMERA, SITE, Clock, Recorder
from haidang.core.layout import RecordingName
from haidang.gateway.written_file import WrittenFile


@pytest.fixture
def recorder(tmp_path: Path, clock: Clock) -> Recorder:
    return Recorder(tmp_path, clock)


@pytest.fixture
def finder(tmp_path: Path, clock: Clock) -> WrittenFile:
    return WrittenFile(tmp_path, SITE, CAMERA, "main", clock=clock)


def begun(recorder: Recorder) -> RecordingName:
    """A new file with a fragment, changed when the test's clock says so."""
    recorder.record(1)
    assert recorder.writer is not None
    touch(recorder, recorder.writer.name)
    return recorder.writer.name


def touch(recorder: Recorder, name: RecordingName) -> None:
    at_ns = recorder.clock() * 1000
    os.utime(recorder.root / name.journal_path, ns=(at_ns, at_ns))


def closed(recorder: Recorder) -> RecordingName:
    name = begun(recorder)
    recorder.close()
    touch(recorder, name)
    return name


def test_it_is_the_newest_name(finder: WrittenFile, recorder: Recorder) -> None:
    assert finder.being_written(after=None) is None
    first = closed(recorder)
    assert finder.being_written(after=None) == first
    second = begun(recorder)
    assert finder.being_written(after=first) == second


def test_an_unchanged_folder_is_not_listed_again_for_a_while(
    finder: WrittenFile, recorder: Recorder, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = begun(recorder)
    assert finder.being_written(after=None) == name
    listings: list[int] = []
    monkeypatch.setattr("haidang.gateway.written_file.newest_recording", lambda *_: listings.append(1))
    for _ in range(4):
        clock.sleep(1)
        assert finder.being_written(after=None) is None
    assert listings == []
    clock.sleep(1.1)
    finder.being_written(after=None)
    assert listings == [1]


def test_after_the_clock_was_set_back_it_is_the_file_written_last(
    finder: WrittenFile, recorder: Recorder, clock: Clock
) -> None:
    ahead = closed(recorder)
    clock.sleep(-3600)
    assert finder.being_written(after=ahead) is None  # nothing is written yet
    behind = begun(recorder)
    assert finder.being_written(after=ahead) == behind
    recorder.close()
    clock.sleep(300)
    assert finder.being_written(after=behind) is None
    later = begun(recorder)
    assert finder.being_written(after=behind) == later


def test_a_closed_file_of_before_the_step_does_not_hide_the_one_being_written(
    finder: WrittenFile, recorder: Recorder, clock: Clock
) -> None:
    clock.sleep(60)
    before = closed(recorder)
    clock.sleep(-60)
    now_written = begun(recorder)
    clock.sleep(70)  # the name of before does not lie ahead any more
    touch(recorder, now_written)
    os.utime(recorder.root / before.journal_path, (1, 1))
    assert finder.being_written(after=before) == now_written
