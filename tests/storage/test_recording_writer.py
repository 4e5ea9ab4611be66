from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from haidang.core.errors import Conflict, Unavailable
from haidang.core.journal import Close, CloseReason, Fragment, FragmentFlag, Open, Seal
from haidang.core.units import TIMESCALE_90K, Pts90k, WallUs
from haidang.core.video import VideoCodec
from haidang.storage import RealFileOps, RecordingWriter, load_index, newest_recording
from haidang.storage.journal_file import read_journal
from haidang.storage.seal_rule import SealRule
from storage.coded_video import clip
from storage.faulty_file_ops import FaultyOps, NoWaitOps, ShortOps
from storage.recorded import BEGAN, CAMERA, SITE, add, begin, check_closed, demuxed, record

LATER = WallUs(BEGAN + 60_000_000)


@pytest.mark.parametrize("codec", ["avc1", "hvc1"])
@pytest.mark.parametrize("bframes", [0, 2])
def test_what_is_written_is_what_a_player_reads(tmp_path: Path, codec: VideoCodec, bframes: int) -> None:
    video = clip(codec, bframes=bframes)
    name = record(tmp_path, video, RealFileOps())
    packets = demuxed((tmp_path / name.media_path).read_bytes())
    assert [(dts, pts, data) for dts, pts, data, _ in packets] == [
        (unit.dts_90k, unit.pts_90k, unit.data) for unit in video.units
    ]
    assert check_closed(tmp_path, name) == len(video.cuts())


def test_the_name_is_the_time_and_the_journal_tells_all(tmp_path: Path) -> None:
    name = record(tmp_path, clip(), NoWaitOps())
    assert name.media_path == "de-gi/de-gi-luong-vao/2026-11-25/030405.678Z-main.mp4"
    records = read_journal(tmp_path / name.journal_path)
    assert isinstance(records[0], Open)
    assert isinstance(records[1], Fragment)
    assert records[1].received_at == BEGAN
    assert records[1].flags == FragmentFlag.KEYFRAME
    assert isinstance(records[-1], Close)
    assert records[-1].reason == CloseReason.STOPPED


def test_a_taken_name_moves_to_the_next_millisecond(tmp_path: Path) -> None:
    first, second = (begin(tmp_path, clip(), NoWaitOps()) for _ in range(2))
    assert second.name.started_at == first.name.started_at + 1000
    for writer in (first, second):
        writer.close(CloseReason.STOPPED, LATER)


def test_seals_are_cut_before_keyframes_and_cover_every_byte(tmp_path: Path) -> None:
    name = record(tmp_path, clip(frames=100), NoWaitOps())
    index = load_index(tmp_path, name)
    keyframes = {0} | {fragment.offset_bytes for fragment in index.fragments if fragment.keyframe}
    assert len(index.seals) > 2
    assert all(seal.offset_bytes in keyframes for seal in index.seals)
    check_closed(tmp_path, name)


@pytest.mark.parametrize(("gop_s", "longest_s"), [(2, 10), (4, 8), (3, 9), (1, 10), (15, 15)])
def test_ranges_keep_to_ten_seconds_where_groups_of_pictures_allow(gop_s: int, longest_s: int) -> None:
    rule = SealRule(10.0)
    cuts = [at for at in range(0, 61, gop_s) if rule.cuts_before(at * TIMESCALE_90K, keyframe=True)]
    assert cuts == list(range(longest_s, 61, longest_s))


def test_a_range_is_never_cut_inside_a_group_of_pictures() -> None:
    rule = SealRule(10.0)
    assert not any(rule.cuts_before(at * TIMESCALE_90K, keyframe=at == 0) for at in range(60))


def test_lost_packets_are_marked(tmp_path: Path) -> None:
    writer = begin(tmp_path, clip(), NoWaitOps())
    fragment = add(writer, clip(), 0, 5, lost_packets=70_000)
    assert fragment.flags == FragmentFlag.KEYFRAME | FragmentFlag.LOSS_BEFORE
    assert fragment.lost_packets == 65_535
    writer.close(CloseReason.STOPPED, LATER)
    assert load_index(tmp_path, writer.name).fragments == [fragment]


@pytest.mark.parametrize("most", [1, 7, 63, 1000])
def test_short_writes_are_gone_on_with(tmp_path: Path, most: int) -> None:
    video = clip(frames=10)
    name = record(tmp_path, video, ShortOps(most))
    assert check_closed(tmp_path, name) == len(video.cuts())


def test_a_fragment_of_more_pieces_than_the_kernel_takes_is_written(tmp_path: Path) -> None:
    video = clip(frames=10)
    writer = begin(tmp_path, video, RealFileOps())
    samples = [*video.samples(0, 10)] * 150
    writer.append(samples, Pts90k(0), received_at=BEGAN, captured_at=None, keyframe=True, lost_packets=0)
    writer.close(CloseReason.STOPPED, LATER)
    index = load_index(tmp_path, writer.name)
    assert index.fragments[0].sample_count == 1500
    assert index.close is not None
    assert (tmp_path / writer.name.media_path).stat().st_size == index.close.size_bytes


def test_a_full_disk_fails_the_writer_and_keeps_the_journal_true(tmp_path: Path) -> None:
    ops = FaultyOps()
    writer = begin(tmp_path, clip(), ops)
    good = add(writer, clip(), 0, 5)
    ops._fail_at, ops._fault = len(ops.steps), "half persisted"
    with pytest.raises(Unavailable) as caught:
        add(writer, clip(), 5, 10)
    assert caught.value.code == "disk_full"
    assert writer.failed
    with pytest.raises(Conflict):
        add(writer, clip(), 5, 10)
    writer.close(CloseReason.WRITE_FAILED, LATER)
    index = load_index(tmp_path, writer.name)
    assert index.fragments == [good]
    assert index.close is not None
    assert index.close.size_bytes < (tmp_path / writer.name.media_path).stat().st_size
    check_closed(tmp_path, writer.name)


def test_a_broken_disk_is_told_from_a_full_one(tmp_path: Path) -> None:
    ops = FaultyOps(2, error=OSError(errno.EIO, "Input/output error"))
    with pytest.raises(Unavailable) as caught:
        begin(tmp_path, clip(), ops)
    assert caught.value.code == "write_failed"


def test_a_record_that_the_journal_refused_is_written_at_close(tmp_path: Path) -> None:
    ops = FaultyOps()
    writer = begin(tmp_path, clip(), ops)
    ops._fail_at, ops._fault = len(ops.steps) + 1, "half persisted"
    with pytest.raises(Unavailable):
        add(writer, clip(), 0, 5)
    writer.close(CloseReason.WRITE_FAILED, LATER)
    assert check_closed(tmp_path, writer.name) == 1


def test_after_a_failed_sync_no_close_claims_that_all_is_on_disk(tmp_path: Path) -> None:
    ops = FaultyOps()
    writer = begin(tmp_path, clip(), ops)
    add(writer, clip(), 0, 5)
    ops._fail_at = len(ops.steps)
    with pytest.raises(Unavailable):
        writer.sync()
    writer.close(CloseReason.WRITE_FAILED, LATER)
    assert load_index(tmp_path, writer.name).close is None


def test_close_is_as_good_twice_and_sync_after_it_does_nothing(tmp_path: Path) -> None:
    name = record(tmp_path, clip(), NoWaitOps())
    before = (tmp_path / name.journal_path).read_bytes()
    writer = begin(tmp_path, clip(), NoWaitOps(), now=LATER)
    for _ in range(2):
        writer.close(CloseReason.STOPPED, LATER)
        writer.sync()
    assert (tmp_path / name.journal_path).read_bytes() == before
    assert newest_recording(tmp_path, SITE, CAMERA, "main") == writer.name


def test_sync_runs_beside_appends_and_close(tmp_path: Path) -> None:
    video = clip(frames=100)
    writer = begin(tmp_path, video, RealFileOps())
    ended = threading.Event()

    def keep_syncing(writer: RecordingWriter) -> None:
        while not ended.is_set():
            writer.sync()

    thread = threading.Thread(target=keep_syncing, args=(writer,))
    thread.start()
    for first, last in video.cuts():
        add(writer, video, first, last)
    writer.close(CloseReason.STOPPED, LATER)
    ended.set()
    thread.join()
    assert check_closed(tmp_path, writer.name) == len(video.cuts())


def test_descriptors_are_given_back(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    record(tmp_path, clip(), NoWaitOps())
    for number in range(8):  # each step of create
        with pytest.raises(Unavailable):
            begin(tmp_path, clip(), FaultyOps(number), now=WallUs(BEGAN + number * 1_000_000))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_writer_can_seal_at_any_time(tmp_path: Path) -> None:
    writer = begin(tmp_path, clip(), NoWaitOps())
    add(writer, clip(), 0, 5)
    seal = writer.seal()
    assert isinstance(seal, Seal)
    assert writer.seal() is None
    writer.close(CloseReason.STOPPED, LATER)
    check_closed(tmp_path, writer.name)
