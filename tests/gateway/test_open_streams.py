"""Nothing runs that is not listed, and everything listed ends when its right does."""

from __future__ import annotations

import pytest

from gateway.cast import Clock, S, claims
from haidang.core.errors import Unavailable
from haidang.gateway.open_streams import OpenStreams


@pytest.fixture
def streams(clock: Clock) -> OpenStreams:
    return OpenStreams(clock, clock.monotonic, warden_timeout_s=15)


def test_a_stream_is_listed_with_its_tickets_claims(streams: OpenStreams, clock: Clock) -> None:
    stream_id = streams.open(claims(clock), lambda _: None)
    [listed] = streams.listed()
    assert (listed.stream_id, listed.account, listed.session, listed.camera) == (
        stream_id,
        "an",
        "s1",
        "de-gi-luong-vao",
    )
    assert (listed.action, listed.purpose, listed.started_at) == ("view_live", "ANTT", clock())


def test_ending_a_stream_happens_once(streams: OpenStreams, clock: Clock) -> None:
    ended: list[str] = []
    stream_id = streams.open(claims(clock), ended.append)
    assert streams.end(stream_id, "grant_ended")
    assert not streams.end(stream_id, "grant_ended")
    assert ended == ["grant_ended"]
    assert streams.listed() == []


def test_a_stream_that_ended_by_itself_is_not_ended_again(streams: OpenStreams, clock: Clock) -> None:
    ended: list[str] = []
    streams.close(streams.open(claims(clock), ended.append))
    streams.end_all("shutdown")
    assert ended == []


def test_a_stream_ends_when_its_ticket_does(streams: OpenStreams, clock: Clock) -> None:
    ended: list[str] = []
    streams.open(claims(clock, ends_at=clock() + 10 * S), ended.append)
    for _ in range(99):
        clock.sleep(0.1)
        streams.checked()
        streams.tick()
    assert ended == []
    clock.sleep(0.1)
    streams.tick()
    assert ended == ["ticket_ended"]


def test_silence_of_the_warden_ends_all_and_lets_none_start_until_it_decides(
    streams: OpenStreams, clock: Clock
) -> None:
    ended: list[str] = []
    streams.open(claims(clock), ended.append)
    clock.sleep(15)
    streams.tick()
    assert ended == []
    clock.sleep(0.1)
    with pytest.raises(Unavailable) as refused:
        streams.open(claims(clock), ended.append)
    assert refused.value.code == "unchecked"
    streams.tick()
    assert ended == ["unchecked"]
    streams.listed()
    with pytest.raises(Unavailable):
        streams.open(claims(clock), ended.append)
    streams.checked()
    streams.open(claims(clock), ended.append)


def test_after_a_shutdown_nothing_starts(streams: OpenStreams, clock: Clock) -> None:
    ended: list[str] = []
    streams.open(claims(clock), ended.append)
    streams.shut_down()
    assert ended == ["shutdown"]
    with pytest.raises(Unavailable) as refused:
        streams.check_may_start()
    assert refused.value.code == "shutdown"
