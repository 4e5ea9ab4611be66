"""Lost, repeated, late packets, new timelines: what is delivered is whole, and the next keyframe is awaited."""

from core.camera_bytes import IDR, SLICE, Stream, feed, frames, fu_a, interleaved, playing, rtp, sender_report, unit_of
from haidang.core.rtsp import RtspClient
from haidang.core.video import AccessUnit

RECOVERY_POINT = b"\x06\x06\x01\xc4\x80"


def units(client: RtspClient, *packets: bytes) -> list[AccessUnit]:
    return frames(feed(client, *(interleaved(packet) for packet in packets)))


def test_what_comes_before_the_first_keyframe_is_not_delivered() -> None:
    stream = Stream()
    packets = [*stream.unit(SLICE), *stream.unit(IDR), *stream.unit(SLICE)]
    assert [unit.keyframe for unit in units(playing(), *packets)] == [True, False]


def test_joining_inside_a_keyframe_waits_for_the_next() -> None:
    stream = Stream()
    packets = [*stream.unit(*fu_a(IDR, 3))[1:], *stream.unit(b"\x65\x4arest"), *stream.unit(IDR)]
    assert [unit.pts_90k for unit in units(playing(), *packets)] == [8200]


def test_a_loss_inside_a_unit_drops_it_and_all_up_to_the_next_keyframe() -> None:
    client, stream = playing(), Stream()
    units(client, *stream.unit(IDR))
    damaged = stream.unit(*fu_a(b"\x41\x9a" + bytes(50), 10))
    del damaged[2:4]
    assert units(client, *damaged, *stream.unit(SLICE), *stream.unit(SLICE)) == []
    assert [unit.lost_packets for unit in units(client, *stream.unit(IDR), *stream.unit(SLICE))] == [2, 0]


def test_a_loss_between_units_waits_too() -> None:
    client, stream = playing(), Stream()
    units(client, *stream.unit(IDR))
    stream.unit(SLICE)  # never arrives
    assert units(client, *stream.unit(SLICE)) == []
    assert [unit.lost_packets for unit in units(client, *stream.unit(IDR))] == [1]


def test_a_whole_keyframe_right_behind_a_loss_is_delivered() -> None:
    client, stream = playing(), Stream()
    units(client, *stream.unit(IDR))
    stream.unit(SLICE)
    assert [unit.data for unit in units(client, *stream.unit(IDR))] == [unit_of(IDR)]


def test_a_keyframe_that_lost_its_beginning_is_not() -> None:
    client, stream = playing(), Stream()
    units(client, *stream.unit(IDR))
    assert units(client, *stream.unit(b"\x65\x88first", b"\x65\x4asecond")[1:]) == []


def test_a_keyframe_that_lost_its_end_is_not() -> None:
    client, stream = playing(), Stream()
    assert units(client, *stream.unit(*fu_a(IDR, 3))[:-1], *stream.unit(SLICE)) == []
    assert [unit.lost_packets for unit in units(client, *stream.unit(IDR))] == [1]


def test_repeated_and_late_packets_are_thrown_away() -> None:
    stream = Stream()
    first, second = stream.unit(*fu_a(IDR, 8)), stream.unit(SLICE)
    packets = [first[0], first[0], *first[1:], first[0], *second, second[0], *first]
    assert [unit.data for unit in units(playing(), *packets)] == [unit_of(IDR), unit_of(SLICE)]


def test_a_count_that_starts_anew_waits_for_a_keyframe() -> None:
    client, stream = playing(), Stream(sequence=40_000)
    units(client, *stream.unit(IDR))
    stream.sequence = 7
    assert units(client, *stream.unit(SLICE)) == []
    assert [unit.lost_packets for unit in units(client, *stream.unit(IDR))] == [1]


def test_a_new_ssrc_is_a_new_timeline() -> None:
    client, stream = playing(), Stream()
    units(client, *stream.unit(IDR))
    feed(client, interleaved(sender_report(3_863_030_400.0, 1000), 1))
    other = Stream(sequence=9, timestamp=2_000_000, ssrc=99)
    assert units(client, *other.unit(SLICE)) == []
    [unit] = units(client, *other.unit(IDR))
    assert (unit.pts_90k, unit.lost_packets, unit.captured_at) == (2_003_600, 0, None)


def test_a_malformed_unit_counts_as_damaged() -> None:
    client, stream = playing(), Stream()
    units(client, *stream.unit(IDR))
    assert units(client, *stream.unit(b"\x7c\x05x."), *stream.unit(SLICE)) == []
    assert len(units(client, *stream.unit(IDR))) == 1


def test_a_stream_without_idr_is_taken_from_a_recovery_point_after_a_while() -> None:
    client, stream = playing(), Stream(timestamp=0)
    got = [units(client, *stream.unit(RECOVERY_POINT, SLICE, step=90_000)) for _ in range(10)]
    assert [len(found) for found in got] == [0] * 5 + [1] * 5
    assert all(found[0].keyframe for found in got[5:])


def test_recovery_points_between_idrs_are_no_keyframes() -> None:
    client, stream = playing(), Stream(timestamp=0)
    units(client, *stream.unit(IDR, step=90_000))
    got = [units(client, *stream.unit(RECOVERY_POINT, SLICE, step=90_000))[0].keyframe for _ in range(6)]
    assert got == [False] * 4 + [True] * 2


def test_the_position_moves_while_a_keyframe_is_awaited() -> None:
    client, stream = playing(), Stream(timestamp=0)
    assert client.position_90k is None
    positions: list[int | None] = []
    for _ in range(3):
        assert units(client, *stream.unit(SLICE)) == []
        positions.append(client.position_90k)
    assert positions == [0, 3600, 7200]


def test_a_slice_without_picture_start_is_delivered_when_nothing_is_lost() -> None:
    client, stream = playing(), Stream()
    units(client, *stream.unit(IDR))
    assert len(units(client, rtp(b"\x41\x4aodd", stream.sequence, stream.timestamp, marker=True))) == 1
