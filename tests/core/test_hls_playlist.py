from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.hls import PlaybackFile, media_playlist, segments_of
from haidang.core.journal import Fragment, FragmentFlag, Open
from haidang.core.timeline import Span
from haidang.core.units import Pts90k, WallUs

#: 2026-11-25 03:04:05.678 UTC
BEGAN = 1_795_575_845_678_000
ALL = Span(WallUs(0), WallUs(2 * BEGAN))
INIT_BYTES = 650


def file(
    uri: str = "0.mp4", groups_90k: tuple[int, ...] = (180_000,) * 4, *, began: int = BEGAN, closed: bool = True
) -> PlaybackFile:
    """A file of groups of pictures with the given durations, each of two fragments of 1000 bytes."""
    fragments = []
    dts, offset = 0, INIT_BYTES
    for group in groups_90k:
        for part in (0, 1):
            half = group // 2 if part == 0 else group - group // 2
            flags = FragmentFlag.KEYFRAME if part == 0 else FragmentFlag(0)
            at = WallUs(began + dts * 100 // 9)
            fragments.append(Fragment(offset, 1000, Pts90k(dts), half, at, None, 1, flags))
            dts, offset = dts + half, offset + 1000
    opened = Open("avc1", 1920, 1080, INIT_BYTES, WallUs(began), Pts90k(0))
    return PlaybackFile(uri, opened, fragments, closed)


def test_the_text_of_a_playlist_over_two_files() -> None:
    second = file("1.mp4", (270_000,), began=BEGAN + 8_000_000)
    assert media_playlist(segments_of([file(), second], ALL)) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-TARGETDURATION:4\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-PLAYLIST-TYPE:VOD\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MAP:URI="0.mp4",BYTERANGE="650@0"\n'
        "#EXT-X-PROGRAM-DATE-TIME:2026-11-25T03:04:05.678Z\n"
        "#EXTINF:4.00000,\n"
        "#EXT-X-BYTERANGE:4000@650\n"
        "0.mp4\n"
        "#EXTINF:4.00000,\n"
        "#EXT-X-BYTERANGE:4000@4650\n"
        "0.mp4\n"
        "#EXT-X-DISCONTINUITY\n"
        '#EXT-X-MAP:URI="1.mp4",BYTERANGE="650@0"\n'
        "#EXT-X-PROGRAM-DATE-TIME:2026-11-25T03:04:13.678Z\n"
        "#EXTINF:3.00000,\n"
        "#EXT-X-BYTERANGE:2000@650\n"
        "1.mp4\n"
        "#EXT-X-ENDLIST\n"
    )


def test_of_a_file_being_recorded_the_last_group_waits() -> None:
    assert sum(segment.duration_90k for segment in segments_of([file(closed=False)], ALL)) == 3 * 180_000


def test_a_file_of_one_unfinished_group_gives_nothing() -> None:
    segments = segments_of([file(groups_90k=(180_000,), closed=False)], ALL)
    assert segments == []
    assert "#EXTINF" not in media_playlist(segments)


def test_pictures_before_the_first_keyframe_are_left_out() -> None:
    whole = file()
    headless = replace(whole, fragments=whole.fragments[1:])
    (first, *_) = segments_of([headless], ALL)
    assert first.offset_bytes == whole.fragments[2].offset_bytes


@pytest.mark.parametrize(("at_s", "expected"), [(0.0, 650), (1.9, 650), (2.1, 2650), (7.9, 6650)])
def test_a_window_begins_with_the_group_that_holds_its_beginning(at_s: float, expected: int) -> None:
    begin = WallUs(BEGAN + round(at_s * 1e6))
    assert segments_of([file()], Span(begin, ALL.ended_at))[0].offset_bytes == expected


def test_a_window_without_pictures_is_empty() -> None:
    assert segments_of([file()], Span(WallUs(BEGAN + 8_000_000), ALL.ended_at)) == []
    assert segments_of([file()], Span(WallUs(0), WallUs(BEGAN))) == []


def test_a_hole_inside_a_file_is_a_discontinuity() -> None:
    whole = file()
    late = [replace(f, dts_90k=Pts90k(f.dts_90k + 90_000)) for f in whole.fragments[4:]]
    segments = segments_of([replace(whole, fragments=[*whole.fragments[:4], *late])], ALL)
    assert [segment.discontinuity for segment in segments] == [False, True]
    text = media_playlist(segments)
    assert text.count("#EXT-X-MAP") == 1
    assert text.count("#EXT-X-PROGRAM-DATE-TIME") == 2


@given(
    st.lists(st.lists(st.integers(9_000, 900_000), max_size=8), min_size=1, max_size=3),
    st.integers(-5, 60),
    st.integers(1, 60),
    st.booleans(),
)
def test_segments_are_whole_groups_and_the_target_holds(
    durations: list[list[int]],
    from_s: int,
    length_s: int,
    closed: bool,  # noqa: FBT001 — drawn by hypothesis
) -> None:
    began = BEGAN
    files = []
    for number, groups in enumerate(durations):
        files.append(file(f"{number}.mp4", tuple(groups), began=began, closed=closed))
        began += sum(groups) * 100 // 9 + 1_000_000
    window = Span(WallUs(BEGAN + from_s * 1_000_000), WallUs(BEGAN + (from_s + length_s) * 1_000_000))
    segments = segments_of(files, window)
    for segment in segments:
        starts = [f.offset_bytes for f in segment.file.fragments if f.keyframe]
        end = segment.offset_bytes + segment.size_bytes
        assert segment.offset_bytes in starts
        assert end in starts or (closed and end == INIT_BYTES + 1000 * len(segment.file.fragments))
    assert not segments or not segments[0].discontinuity
    text = media_playlist(segments)
    target = int(re.findall(r"TARGETDURATION:(\d+)", text)[0])
    assert all(float(duration) <= target for duration in re.findall(r"EXTINF:([\d.]+)", text))
    assert text.count("#EXT-X-MAP") == len({segment.file.uri for segment in segments})
    assert text.count("#EXT-X-PROGRAM-DATE-TIME") == text.count("#EXT-X-DISCONTINUITY") + bool(segments)
