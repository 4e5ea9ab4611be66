"""Following recordings on disk: from the last keyframe, across rotation, crash, gap and change of format."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gateway.cast import CAMERA, SITE, Clock, Recorder
from haidang.core.errors import CorruptData
from haidang.core.isobmff import read_init_segment
from haidang.core.journal import CloseReason
from haidang.gateway.live_tail import Init, LiveTail, Piece
from storage.coded_video import clip


@pytest.fixture
def recorder(tmp_path: Path, clock: Clock) -> Recorder:
    return Recorder(tmp_path, clock)


@pytest.fixture
def tail(tmp_path: Path, clock: Clock) -> LiveTail:
    return LiveTail(tmp_path, SITE, CAMERA, "main", clock=clock, gap_after_s=2)


def look(tail: LiveTail, *, rung: bool = True) -> list[Init | Piece]:
    return tail.read_on() or (tail.follow(rung=rung) if tail.should_follow(rung=rung) else [])


def pieces(given: list[Init | Piece]) -> list[bytes]:
    return [item.data for item in given if isinstance(item, Piece)]


def test_it_starts_at_the_last_keyframe_and_then_gives_each_new_fragment(tail: LiveTail, recorder: Recorder) -> None:
    written = recorder.record(8)  # a group of pictures is two fragments here
    given = look(tail)
    assert isinstance(given[0], Init)
    assert [item.keyframe for item in given[1:] if isinstance(item, Piece)] == [True, False]
    media = recorder.media()
    assert pieces(given) == [media[f.offset_bytes : f.offset_bytes + f.size_bytes] for f in written[6:]]
    assert look(tail) == []
    newest = recorder.fragment()
    assert pieces(look(tail)) == [recorder.media()[newest.offset_bytes :]]
    tail.close()


def test_the_announcement_says_how_to_decode(tail: LiveTail, recorder: Recorder, clock: Clock) -> None:
    began = clock()
    recorder.record(2)
    init = look(tail)[0]
    assert isinstance(init, Init)
    said = json.loads(init.text)
    video = read_init_segment(init.segment)
    assert said == {
        "type": "init", "camera": CAMERA, "stream": "main", "codecs": video.codec_string, "width": 128, "height": 96,
        "started_at": began, "offset_90k": 0,
    }  # fmt: skip
    tail.close()


def test_nothing_recorded_yet_is_nothing_and_then_everything(tail: LiveTail, recorder: Recorder, clock: Clock) -> None:
    assert look(tail) == []
    assert tail.live_until is None
    clock.sleep(0.5)
    recorder.record(2)
    assert len(look(tail)) == 3
    tail.close()


def test_it_goes_on_in_the_next_file_without_losing_a_fragment(tail: LiveTail, recorder: Recorder) -> None:
    recorder.record(2)
    look(tail)
    last = recorder.fragment()
    end_of_first = recorder.media()[last.offset_bytes :]
    recorder.close()
    recorder.record(2)
    given = look(tail) + look(tail)
    assert pieces(given)[0] == end_of_first
    assert [isinstance(item, Init) for item in given] == [False, True, False, False]
    tail.close()


def test_a_file_that_a_killed_recorder_left_open_is_left_for_the_newer_one(
    tail: LiveTail, recorder: Recorder, clock: Clock
) -> None:
    recorder.record(2)
    look(tail)
    recorder.writer = None  # killed: no CLOSE
    clock.sleep(0.5)
    recorder.record(2)
    assert [isinstance(item, Init) for item in look(tail)] == [True, False, False]
    tail.close()


def test_what_is_old_is_not_live(tail: LiveTail, recorder: Recorder, clock: Clock) -> None:
    recorder.record(4)
    clock.sleep(2.1)
    assert pieces(look(tail)) == []
    assert tail.live_until is None
    tail.close()


def test_after_a_silence_in_the_same_file_it_goes_on_at_a_keyframe(
    tail: LiveTail, recorder: Recorder, clock: Clock
) -> None:
    recorder.record(3)
    look(tail)
    clock.sleep(2.1)
    assert look(tail) == []
    assert tail.live_until is None
    recorder.fragment()  # the second half of a group
    assert look(tail) == []
    recorder.fragment()
    given = look(tail)
    assert [item.keyframe for item in given if isinstance(item, Piece)] == [True]
    tail.close()


def test_another_format_comes_with_its_own_initialisation(tail: LiveTail, recorder: Recorder) -> None:
    recorder.record(2)
    first = look(tail)[0]
    recorder.close(CloseReason.FORMAT_CHANGED)
    recorder.pictures = clip("hvc1")
    recorder.record(2)
    again = next(item for item in look(tail) + look(tail) if isinstance(item, Init))
    assert isinstance(first, Init)
    assert json.loads(first.text)["codecs"].startswith("avc1.")
    assert json.loads(again.text)["codecs"].startswith("hvc1.")
    tail.close()


def test_a_journal_that_points_beyond_its_file_is_not_followed(
    tail: LiveTail, recorder: Recorder, tmp_path: Path
) -> None:
    recorder.record(2)
    look(tail)
    recorder.fragment()
    [media] = tmp_path.glob("*/*/*/*.mp4")
    os.truncate(media, media.stat().st_size - 1)
    with pytest.raises(CorruptData) as refused:
        look(tail)
    assert refused.value.code == "journal_beyond_file"
    tail.start_over()
    recorder.close()
    recorder.record(2)
    assert len(look(tail)) == 3
    tail.close()


def test_looking_for_a_newer_file_is_rationed(tail: LiveTail, clock: Clock) -> None:
    assert tail.should_follow(rung=False)
    assert not tail.should_follow(rung=False)
    assert not tail.should_follow(rung=True)
    clock.sleep(0.1)
    assert not tail.should_follow(rung=False)
    assert tail.should_follow(rung=True)
    clock.sleep(1)
    assert tail.should_follow(rung=False)
    clock.sleep(-3600)
    assert tail.should_follow(rung=False)


def test_minutes_without_a_keyframe_are_not_read_for_a_newcomer(
    tail: LiveTail, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("haidang.gateway.live_tail.MAX_GROUP_BYTES", 1000)
    recorder.record(4)
    assert pieces(look(tail)) == []
    tail.close()


def test_a_file_that_is_closed_when_first_met_is_not_live(tail: LiveTail, recorder: Recorder) -> None:
    recorder.record(4)
    recorder.close()
    assert look(tail) == []
    assert tail.live_until is None
    tail.close()


def test_a_clock_that_is_set_back_makes_a_gap_and_not_an_endless_picture(
    tail: LiveTail, recorder: Recorder, clock: Clock
) -> None:
    recorder.record(2)
    look(tail)
    clock.sleep(-3600)
    assert look(tail) == []
    assert tail.live_until is None
    tail.close()
