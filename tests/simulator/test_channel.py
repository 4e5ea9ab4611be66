"""A camera's stream as its clients get it, over loops, seams and faults."""

import asyncio
from itertools import pairwise
from random import Random

import pytest

from haidang.core.layout import Stream
from haidang.core.units import WallUs
from haidang.simulator.catalogue import by_id
from haidang.simulator.channel import Channel
from haidang.simulator.clip import Clip
from haidang.simulator.faults import make_fault
from haidang.simulator.looptime import frame_at
from haidang.simulator.player import BUFFER_LIMIT_BYTES, Player
from haidang.simulator.reel import Reel
from haidang.simulator.variants import Form
from simulator.player_stub import Packet, Transport
from simulator.virtual_time import START_US, sleep_through, virtual_clock, virtually

_NTP = 2_208_988_800


class Watched:
    """A channel, the forms it asked for, and one client of it."""

    def __init__(self, reel: Reel, *, paced: bool = False, moved_us: int = 0) -> None:
        self.asked: list[Form] = []
        self.moved_us = moved_us
        self._reel = reel
        self.channel = Channel(
            by_id("de-gi-luong-vao"), "sub", reels=self._get, clock=self._clock, rng=Random(1), paced=paced
        )
        self.transport = Transport()
        self.player = Player(self.transport, Random(2))

    def _get(self, form: Form) -> Reel:
        self.asked.append(form)
        return self._reel

    def _clock(self) -> WallUs:
        return WallUs(virtual_clock() + self.moved_us)

    async def watch(self, seconds: float) -> list[Packet]:
        self.channel.join(self.player)
        await asyncio.sleep(seconds)
        return self.transport.take().packets


@pytest.fixture(scope="session")
def reel(encoded: dict[Stream, Clip]) -> Reel:
    return Reel(encoded["sub"])


def _pictures(packets: list[Packet]) -> list[list[Packet]]:
    pictures: list[list[Packet]] = [[]]
    for packet in packets:
        pictures[-1].append(packet)
        if packet.marker:
            pictures.append([])
    return [picture for picture in pictures if picture]


def _is_key(picture: list[Packet]) -> bool:
    return picture[0].payload[0] & 31 == 7


def test_timestamps_and_sequence_run_on_over_three_loops(reel: Reel) -> None:
    pictures = _pictures(virtually(Watched(reel).watch(14)))
    packets = [packet for picture in pictures for packet in picture]
    assert len(pictures) > 3 * reel.frames
    assert all((b.sequence - a.sequence) & 0xFFFF == 1 for a, b in pairwise(packets))
    times = [picture[0].timestamp for picture in pictures]
    assert all((b - a) & 0xFFFFFFFF == 3600 for a, b in pairwise(times))
    assert all(packet.timestamp == picture[0].timestamp for picture in pictures for packet in picture)
    assert [index for index, picture in enumerate(pictures) if _is_key(picture)] == list(range(0, len(pictures), 50))


def test_a_paced_stream_carries_the_same_packets(reel: Reel) -> None:
    burst, paced = (virtually(Watched(reel, paced=paced).watch(5)) for paced in (False, True))
    assert [packet.payload for packet in paced][:200] == [packet.payload for packet in burst][:200]


def test_sender_reports_tie_the_camera_s_clock_to_rtp_time_every_five_seconds(reel: Reel) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        watched.channel.join(watched.player)
        await asyncio.sleep(13)
        reports = watched.transport.take().reports
        assert len(reports) in (2, 3)
        assert abs(reports[0][0] - _NTP - START_US // 1_000_000) <= 3
        assert (reports[1][1] - reports[0][1]) & 0xFFFFFFFF == 5 * 90_000

    virtually(scenario())


def test_loss_leaves_holes_in_the_sequence(reel: Reel) -> None:
    async def scenario() -> list[Packet]:
        watched = Watched(reel)
        watched.channel.add(make_fault("drop", "0.2"))
        return await watched.watch(6)

    packets = virtually(scenario())
    steps = [(b.sequence - a.sequence) & 0xFFFF for a, b in pairwise(packets)]
    assert 0.1 < sum(step > 1 for step in steps) / len(steps) < 0.3


def test_a_hanging_camera_sends_nothing_until_it_recovers_in_time(reel: Reel) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        before = await watched.watch(4)
        watched.channel.add(make_fault("hang", for_s=3))
        assert watched.channel.silent()
        await asyncio.sleep(2.9)
        assert not watched.transport.take().packets
        await asyncio.sleep(2)
        after = watched.transport.take().packets
        gap = (after[0].timestamp - before[-1].timestamp) & 0xFFFFFFFF
        assert 2.9 * 90_000 < gap < 3.2 * 90_000

    virtually(scenario())


def test_rtp_time_jumps_once_and_runs_on(reel: Reel) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        await watched.watch(4)
        watched.channel.add(make_fault("rtp-jump", "-2"))
        packets = await watched.watch(4)
        times = [picture[0].timestamp for picture in _pictures(packets)]
        steps = {(b - a) & 0xFFFFFFFF for a, b in pairwise(times)}
        assert steps <= {3600, (3600 - 180_000) & 0xFFFFFFFF}

    virtually(scenario())


def test_a_wrong_wall_clock_shows_in_the_reports_alone(reel: Reel) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        watched.channel.join(watched.player)
        await asyncio.sleep(3)
        honest = watched.transport.take().reports[-1][0]
        watched.channel.add(make_fault("ntp-jump", "-3600", for_s=4))
        await asyncio.sleep(1)
        lied = watched.transport.take().reports[-1][0]
        assert abs(lied - honest + 3600) <= 4
        await asyncio.sleep(4)
        assert abs(watched.transport.take().reports[-1][0] - honest) <= 9

    virtually(scenario())


def test_a_frozen_camera_repeats_one_picture_and_its_clock(reel: Reel) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        watched.channel.add(make_fault("freeze"))
        pictures = _pictures(await watched.watch(9))
        keys = [b"".join(packet.payload for packet in picture) for picture in pictures if _is_key(picture)]
        assert len(keys) >= 3
        assert len(set(keys)) == 1
        assert all(len(picture) == 1 and len(picture[0].payload) < 16 for picture in pictures if not _is_key(picture))

    virtually(scenario())


@pytest.mark.parametrize(
    ("kind", "value", "form"),
    [("cover", "", "cover"), ("bitrate", "high", "high"), ("resolution", "", "small"), ("h265", "in-stream", "h265")],
)
def test_a_picture_fault_comes_and_goes_with_a_keyframe(reel: Reel, kind: str, value: str, form: Form) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        await watched.watch(3)
        watched.channel.add(make_fault(kind, value, for_s=3))
        await asyncio.sleep(2.1)
        assert watched.asked[-1] == form
        await asyncio.sleep(3)
        assert watched.asked[-1] == "plain"
        assert not watched.transport.aborted

    virtually(scenario())


@pytest.mark.parametrize(("kind", "value"), [("close", ""), ("refuse", "403"), ("h265", "reconnect")])
def test_faults_that_drop_clients_drop_them_at_once(reel: Reel, kind: str, value: str) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        await watched.watch(1)
        watched.channel.add(make_fault(kind, value))
        assert watched.transport.aborted
        assert watched.channel.refusal() == (403 if kind == "refuse" else None)

    virtually(scenario())


def test_while_a_camera_closes_whoever_comes_to_play_is_dropped(reel: Reel) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        watched.channel.add(make_fault("close", for_s=2))
        await watched.watch(0.5)
        assert watched.transport.aborted

    virtually(scenario())


def test_a_planned_fault_counts_from_play(reel: Reel) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        watched.channel.plan(make_fault("hang", at_s=5))
        await asyncio.sleep(20)
        packets = await watched.watch(30)
        assert 2.5 < len(_pictures(packets)) / 25 < 5.5

    virtually(scenario())


def test_a_client_that_stops_reading_is_dropped_not_buffered(reel: Reel) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        await watched.watch(3)
        watched.transport.buffered = BUFFER_LIMIT_BYTES + 1
        await asyncio.sleep(0.1)
        assert watched.transport.aborted

    virtually(scenario())


@pytest.mark.parametrize(
    "moved_us", [60_000, 90_000, 120_000, 1_930_000, -80_000, -1_950_000, 86_400_000_000 + 777_000]
)
def test_a_moved_clock_breaks_no_stream_and_pictures_follow_it(reel: Reel, moved_us: int) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        first = await watched.watch(4)
        watched.moved_us = moved_us
        rest = await watched.watch(9)
        pictures = _pictures(first + rest)
        times = [picture[0].timestamp for picture in pictures]
        assert {(b - a) & 0xFFFFFFFF for a, b in pairwise(times)} == {3600}
        keys = [index for index, picture in enumerate(pictures) if _is_key(picture)]
        assert all(2 <= b - a <= 50 for a, b in pairwise(keys))
        assert len([1 for a, b in pairwise(keys) if b - a < 50]) <= 2
        wanted = frame_at("de-gi-luong-vao", WallUs(virtual_clock() + moved_us), reel.frames)
        shown = [reel.clip.pictures.index(picture[-1].payload) for picture in pictures[-12:] if len(picture) == 2]
        assert min((wanted - shown[-1]) % reel.frames, (shown[-1] - wanted) % reel.frames) <= 12

    virtually(scenario())


def test_a_stall_is_made_up_for_without_a_hole(reel: Reel) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        pictures = await watched.watch(4)
        for _ in range(3):
            sleep_through(1.3)
            pictures += await watched.watch(0.9)
        times = [picture[0].timestamp for picture in _pictures(pictures)]
        assert {(b - a) & 0xFFFFFFFF for a, b in pairwise(times)} == {3600}
        keys = [index for index, picture in enumerate(_pictures(pictures)) if _is_key(picture)]
        assert {b - a for a, b in pairwise(keys)} == {50}

    virtually(scenario())


def test_a_machine_that_slept_goes_on_from_now(reel: Reel) -> None:
    async def scenario() -> None:
        watched = Watched(reel)
        first = await watched.watch(4)
        sleep_through(60)
        rest = await watched.watch(5)
        assert len(_pictures(rest)) <= 5 * 25 + 1
        steps = [(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in pairwise(first + rest)]
        assert sum(step > 3600 for step in steps) == 1
        assert 59 * 90_000 < max(steps) < 63 * 90_000

    virtually(scenario())
