from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import InvalidInput
from haidang.core.layout import STREAMS, RecordingName, check_slug, check_stream, day_folder, gaps_journal
from haidang.core.units import WallUs

slugs = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
#: Years 1 to 9999, whole milliseconds.
instants = st.integers(-62_135_596_800_000, 253_402_300_799_999).map(lambda ms: WallUs(ms * 1000))
names = st.builds(RecordingName, slugs, slugs, instants, st.sampled_from(STREAMS))

BEGAN = WallUs(1_795_575_845_678_000)


def test_a_recording_lies_where_a_person_looks_for_it() -> None:
    name = RecordingName("de-gi", "cam-1", BEGAN, "sub")
    assert name.media_path == "de-gi/cam-1/2026-11-25/030405.678Z-sub.mp4"
    assert name.journal_path == "de-gi/cam-1/2026-11-25/030405.678Z-sub.journal"
    assert gaps_journal("de-gi", "cam-1", BEGAN, "main") == "de-gi/cam-1/2026-11-25/gaps-main.journal"


@given(names)
def test_a_path_reads_back_as_its_name(name: RecordingName) -> None:
    assert RecordingName.parse(name.media_path) == name
    assert RecordingName.parse(name.journal_path) == name
    assert name.media_path.startswith(day_folder(name.site, name.camera, name.started_at) + "/")


@given(st.lists(st.builds(RecordingName, st.just("a"), st.just("b"), instants, st.just("main")), max_size=5))
def test_names_sort_in_time_order(some: list[RecordingName]) -> None:
    assert sorted(name.media_path for name in some) == [name.media_path for name in sorted(some)]


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_invalid_input(text: str) -> None:
    try:
        name = RecordingName.parse(text)
    except InvalidInput:
        return
    assert text in {name.media_path, name.journal_path}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a/b/2026-11-25/030405.678Z-main.mp4\n",
        "../b/2026-11-25/030405.678Z-main.mp4",
        "a/b/../2026-11-25/030405.678Z-main.mp4",
        "/a/b/2026-11-25/030405.678Z-main.mp4",
        "-a/b/2026-11-25/030405.678Z-main.mp4",
        "a/b/2026-13-25/030405.678Z-main.mp4",
        "a/b/2026-11-25/240000.000Z-main.mp4",
        "a/b/2026-11-25/030460.678Z-main.mp4",
        "a/b/2026-11-25/030405.678Z-other.mp4",
        "a/b/2026-11-25/030405.678Z-main.mp4.new",
        "a/b/２０２６-11-25/030405.678Z-main.mp4",
        "a/b/2026-11-25/gaps-main.journal",
    ],
)
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        RecordingName.parse(path)
    assert caught.value.code in {"invalid_recording_path", "invalid_slug"}


@pytest.mark.parametrize("text", ["", "-", "a-", "-a", "A", "đê-gi", "a_b", "a/b", "..", "a" * 64, "a\n"])
def test_a_text_that_cannot_name_a_folder_is_no_slug(text: str) -> None:
    with pytest.raises(InvalidInput, match="couldn't use"):
        check_slug(text, "a site")


@pytest.mark.parametrize("text", ["a", "0", "a-b", "a" * 63])
def test_a_slug_is_given_back(text: str) -> None:
    assert check_slug(text, "a site") == text


def test_a_stream_is_main_or_sub() -> None:
    assert [check_stream(text) for text in ("main", "sub")] == ["main", "sub"]
    with pytest.raises(InvalidInput, match="main, sub"):
        check_stream("Main")
