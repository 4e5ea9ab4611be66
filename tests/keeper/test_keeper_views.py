"""Every view has its end in the audit trail: once, whatever is restarted in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

import pytest
from django.db import DatabaseError

from accounts.cast import NOW
from haidang.audit.models import Entry
from haidang.core.errors import Unavailable
from haidang.core.messages import EndedStream, OpenStream
from haidang.core.units import WallUs
from haidang.supervisor import keeper_views
from haidang.supervisor.keeper_views import ViewKeeper

pytestmark = pytest.mark.django_db
S = 1_000_000


@dataclass
class FakeGateway:
    running: list[OpenStream] = field(default_factory=list)
    over: dict[str, EndedStream] = field(default_factory=dict)
    lost: int = 0
    away: bool = False
    deaf: bool = False

    def open_streams(self) -> list[OpenStream]:
        self._answer()
        return list(self.running)

    def ended_streams(self) -> tuple[list[EndedStream], int]:
        self._answer()
        return list(self.over.values())[:2], self.lost

    def take(self, stream_ids: Sequence[str]) -> None:
        self._answer()
        if self.deaf:
            raise Unavailable("couldn't ask the gateway: it hung up")
        for each in stream_ids:
            self.over.pop(each, None)

    def start(self, number: int, **changed: object) -> OpenStream:
        stream = OpenStream(
            f"stream-{number}",
            "binh",
            "s-1",
            "de-gi",
            "de-gi-1",
            "view_live",
            "an-ninh-trat-tu",
            NOW,
            f"ticket-{number}",
        )
        stream = replace(stream, **changed)  # type: ignore[arg-type]  # tests change any fact
        self.running.append(stream)
        return stream

    def stop(self, stream: OpenStream, reason: str = "left", at: int = NOW + 60 * S) -> None:
        self.running = [each for each in self.running if each.stream_id != stream.stream_id]
        ended = EndedStream(**asdict(stream), ended_at=WallUs(at), reason=reason)  # type: ignore[arg-type]
        self.over[stream.stream_id] = ended

    def _answer(self) -> None:
        if self.away:
            raise Unavailable("couldn't ask the gateway")


def ends() -> list[Entry]:
    return list(Entry.objects.filter(action="end_view").order_by("pk"))


def later(seconds: float) -> WallUs:
    return WallUs(NOW + round(seconds * S))


def test_an_end_tells_who_watched_which_camera_from_when_to_when_and_for_what() -> None:
    gateway = FakeGateway()
    gateway.stop(gateway.start(1))
    assert ViewKeeper(gateway).run_once(later(61)) == 1
    [entry] = ends()
    assert (entry.actor, entry.resource, entry.purpose) == ('Account::"binh"', 'Camera::"de-gi-1"', "an-ninh-trat-tu")
    assert entry.facts == {
        "of": "view_live", "stream": "stream-1", "ticket": "ticket-1", "session": "s-1", "started": NOW,
        "ended": NOW + 60 * S, "reason": "left",
    }  # fmt: skip
    assert gateway.over == {}


def test_an_end_of_playback_tells_the_minutes_that_were_fetched() -> None:
    gateway = FakeGateway()
    gateway.stop(
        gateway.start(1, action="view_playback", fetched="1795570000-1795570060 1795571000-1795571010", fetched_s=70)
    )
    gateway.stop(gateway.start(2, action="view_playback"))
    ViewKeeper(gateway).run_once(later(61))
    first, second = (entry.facts for entry in ends())
    assert (first["from"], first["to"], first["seconds"]) == (1795570000 * S, 1795571010 * S, 70)
    assert ("from" in second, second["seconds"]) == (False, 0)


def test_streams_that_came_and_went_between_two_looks_are_told_however_many() -> None:
    gateway = FakeGateway()
    keeper = ViewKeeper(gateway)
    keeper.run_once(NOW)
    for number in range(7):
        gateway.stop(gateway.start(number))
    assert keeper.run_once(later(1)) == 7
    assert len(ends()) == 7


def test_what_was_written_and_not_let_go_of_is_not_written_twice() -> None:
    gateway = FakeGateway(deaf=True)
    gateway.stop(gateway.start(1))
    assert ViewKeeper(gateway).run_once(later(61)) == 0, "the gateway hung up after it was written"
    gateway.deaf = False
    assert ViewKeeper(gateway).run_once(later(62)) == 0
    assert len(ends()) == 1
    assert gateway.over == {}


def test_what_could_not_be_written_stays_with_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = FakeGateway()
    gateway.stop(gateway.start(1))

    def fail(**_facts: object) -> Entry:
        raise DatabaseError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(keeper_views, "record", fail)
        with pytest.raises(DatabaseError):
            ViewKeeper(gateway).run_once(later(61))
    assert list(gateway.over) == ["stream-1"]
    assert ViewKeeper(gateway).run_once(later(62)) == 1


def test_a_gateway_that_was_restarted_leaves_its_streams_told_as_they_were_last_seen() -> None:
    gateway = FakeGateway()
    keeper = ViewKeeper(gateway)
    gateway.start(1, action="view_playback", fetched="1795570000-1795570060", fetched_s=60)
    keeper.run_once(later(5))
    gateway.away = True
    assert keeper.run_once(later(6)) == 0
    keeper.gateway = FakeGateway()
    assert keeper.run_once(later(7)) == 1
    [entry] = ends()
    assert (entry.facts["reason"], entry.facts["ended"], entry.facts["seconds"]) == ("gone", later(5), 60)
    assert keeper.run_once(later(8)) == 0


def test_a_gateway_that_stays_away_has_no_streams_and_one_that_comes_back_tells_nothing_twice() -> None:
    gateway = FakeGateway()
    keeper = ViewKeeper(gateway)
    stream = gateway.start(1)
    keeper.run_once(NOW)
    gateway.away = True
    assert [keeper.run_once(later(seconds)) for seconds in (30, 61, 62)] == [0, 1, 0]
    gateway.away = False
    gateway.stop(stream, "unchecked", at=later(70))
    assert keeper.run_once(later(71)) == 0
    assert [entry.facts["reason"] for entry in ends()] == ["gone"]


def test_a_running_stream_is_not_told_and_ends_after_the_keeper_was_restarted() -> None:
    gateway = FakeGateway()
    stream = gateway.start(1)
    assert ViewKeeper(gateway).run_once(NOW) == 0
    gateway.stop(stream, "session_ended")
    assert ViewKeeper(gateway).run_once(later(61)) == 1
    assert ends()[0].facts["reason"] == "session_ended"


def test_ends_that_a_gateway_let_go_of_are_told_once_by_their_number() -> None:
    gateway = FakeGateway(lost=4)
    keeper = ViewKeeper(gateway)
    keeper.run_once(NOW)
    keeper.run_once(later(1))
    gateway.lost = 6
    keeper.run_once(later(2))
    told = Entry.objects.filter(action="lose_views").order_by("pk")
    assert [entry.facts["streams"] for entry in told] == [4, 2]
