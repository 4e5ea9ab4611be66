"""Which minutes were handed to a viewer, and that an end is kept until it was taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cast import BEGAN, Clock, House, Recorder, S, claims, house, signed
from gateway.player import browser, parts_of, playlist_of
from haidang.core.timeline import Span
from haidang.core.units import WallUs
from haidang.gateway.control_socket import answer
from haidang.gateway.fetched import MOST_SPANS, Fetched
from haidang.gateway.open_streams import MOST_ENDED, OpenStreams

SPANS = st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 600)), max_size=80)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        yield built


@pytest.fixture
def streams() -> OpenStreams:
    clock = Clock()
    return OpenStreams(clock, clock.monotonic, warden_timeout_s=15)


def at(second: int) -> WallUs:
    return WallUs(BEGAN // S * S + second * S)


def test_the_same_minute_twice_counts_once_and_neighbours_are_one_span() -> None:
    fetched = Fetched()
    for start, end in ((0, 60), (30, 90), (91, 100), (600, 601)):
        fetched.add(Span(at(start), at(end)))
    base = at(0) // S
    assert fetched.text == f"{base}-{base + 100} {base + 600}-{base + 601}"
    assert fetched.seconds == 101


@given(SPANS)
def test_it_never_says_less_than_was_handed_out_and_stays_small(spans: list[tuple[int, int]]) -> None:
    fetched, seconds = Fetched(), set[int]()
    for start, length in spans:
        fetched.add(Span(at(start), at(start + length)))
        seconds |= set(range(start, start + length))
    told = set[int]()
    for part in fetched.text.split():
        start_s, end_s = (int(each) - at(0) // S for each in part.split("-"))
        told |= set(range(start_s, end_s))
    assert seconds <= told
    assert len(fetched.text.split()) <= MOST_SPANS
    assert (fetched.seconds >= len(seconds)) if len(fetched.text.split()) < MOST_SPANS else fetched.text
    assert len(fetched.text) < 30 * MOST_SPANS


async def test_a_playback_session_tells_the_minutes_of_the_segments_that_were_sent(home: House) -> None:
    recorder = Recorder(home.root, home.clock)
    written = recorder.record(200)
    home.warden_decides()
    recorder.close()
    async with browser(home) as http:
        listed = await playlist_of(http, signed(home.clock, "view_playback"))
        assert listed.status_code == 200, listed.text
        _init, first, second, *rest = parts_of(listed.text, str(listed.url))
        await http.get(first.url, headers={"range": "bytes=0-0"})
        assert home.parts.streams.listed()[0].fetched == "", "a header without pictures is no minute"
        for part in (second, rest[-1], second):
            assert (await http.get(part.url, headers=part.header)).status_code == 206
    [stream] = home.parts.streams.listed()
    spans = [part.split("-") for part in stream.fetched.split()]
    sent = [each for each in written if second.first <= each.offset_bytes <= second.last]
    assert int(spans[0][0]) == sent[0].received_at // S
    assert len(spans) == 2
    assert int(spans[-1][1]) >= written[-1].received_at // S
    assert 1 <= stream.fetched_s < 10


async def test_of_a_file_being_recorded_the_minutes_are_told_without_reading_its_journal_again(home: House) -> None:
    recorder = Recorder(home.root, home.clock)
    recorder.record(20)
    async with browser(home) as http:
        listed = await playlist_of(http, signed(home.clock, "view_playback"))
        part = parts_of(listed.text, str(listed.url))[1]
        [journal] = home.root.glob("*/*/*/*-main.journal")
        journal.rename(journal.with_suffix(".away"))
        assert (await http.get(part.url, headers=part.header)).status_code == 206
    assert home.parts.streams.listed()[0].fetched != ""


async def test_a_session_that_fetches_nothing_any_more_is_over_as_idle_with_its_minutes(home: House) -> None:
    recorder = Recorder(home.root, home.clock)
    recorder.record(20)
    recorder.close()
    async with browser(home) as http:
        listed = await playlist_of(http, signed(home.clock, "view_playback"))
        part = parts_of(listed.text, str(listed.url))[1]
        await http.get(part.url, headers=part.header)
    fetched = home.parts.streams.listed()[0].fetched
    home.clock.sleep(91)
    home.parts.streams.checked()
    home.parts.tick()
    [over] = home.parts.streams.ended()
    assert (over.reason, over.fetched, over.ended_at) == ("idle", fetched, home.clock())
    assert home.parts.streams.listed() == []


def test_an_end_waits_until_it_was_taken(streams: OpenStreams) -> None:
    clock = Clock()
    left, ended = (streams.open(claims(clock), lambda _: None) for _ in range(2))
    streams.close(left)
    streams.end(ended, "grant_ended")
    for _ in range(2):
        said = json.loads(answer(b'{"op": "ended"}', streams))
        assert [(each["stream_id"], each["reason"]) for each in said["ended"]] == [
            (left, "left"), (ended, "grant_ended"),
        ]  # fmt: skip
    assert said["ended"][0]["ticket"] == streams.ended()[0].ticket != ""
    order = json.dumps({"op": "taken", "streams": [left, "never-was"]}).encode()
    assert json.loads(answer(order, streams)) == {"taken": 2}
    assert [each.stream_id for each in streams.ended()] == [ended]


def test_the_oldest_ends_are_let_go_and_counted_when_nobody_takes_them(streams: OpenStreams) -> None:
    clock = Clock()
    ids = [streams.open(claims(clock), lambda _: None) for _ in range(MOST_ENDED + 3)]
    for stream_id in ids:
        streams.close(stream_id)
    said = json.loads(answer(b'{"op": "ended"}', streams))
    assert said["lost"] == 3
    assert said["ended"][0] == asdict(streams.ended()[0])
    assert said["ended"][0]["stream_id"] == ids[3]
    assert len(said["ended"]) == 200, "an answer stays small"


@pytest.mark.parametrize(
    "order", [b'{"op": "taken"}', b'{"op": "taken", "streams": [1]}', b'{"op": "taken", "streams": {}}']
)
def test_an_order_that_cannot_be_read_lets_go_of_nothing(streams: OpenStreams, order: bytes) -> None:
    streams.close(streams.open(claims(Clock()), lambda _: None))
    assert "error" in json.loads(answer(order, streams))
    assert len(streams.ended()) == 1
