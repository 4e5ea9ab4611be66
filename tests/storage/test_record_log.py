"""Journals to the log: every seal, end and gap once, in order, whatever is killed, rotated or set back."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.core.errors import CorruptData
from haidang.core.journal import CloseReason, GapReason
from haidang.core.layout import RecordingName
from haidang.core.log_entries import NO_LINK, Drift, FileEnd, Gap, Sealed, entry_bytes, entry_of, link_of
from haidang.core.tlog.notes import ED25519, Signer
from haidang.core.units import Pts90k, WallUs
from haidang.storage import GapWriter, RealFileOps, load_index, record_log
from haidang.storage.log_reader import LogReader
from haidang.storage.log_store import LogStore
from haidang.storage.record_log import RecordLog
from storage.coded_video import FRAME_90K
from storage.coded_video import clip as coded
from storage.recorded import BEGAN, CAMERA, SITE, add, begin
from storage.test_log_store import FailingOps, PulledPlugError

SIGNER = Signer.of("haidang.example/record", ED25519, Ed25519PrivateKey.from_private_bytes(bytes(32)))
DAY_US = 86_400_000_000
LATER = WallUs(BEGAN + 60_000_000)
CLIP = coded(frames=100)
Logged = Sealed | FileEnd | Gap


def log_of(tmp_path: Path, **options: FailingOps) -> RecordLog:
    return RecordLog(tmp_path / "recordings", LogStore(tmp_path / "log", SIGNER, **options))


def logged(tmp_path: Path) -> list[Logged]:
    """What is in the log, held against its own chain."""
    LogStore(tmp_path / "log", SIGNER)  # finishes what a crash cut short
    log = LogReader(tmp_path / "log", SIGNER.key)
    entries = [entry_of(log.entry(index)) for index in range(log.checkpoint.size)]
    of_stream = [each for each in entries if isinstance(each, Sealed | FileEnd | Gap)]
    previous = NO_LINK
    for number, entry in enumerate(of_stream):
        assert (entry.number, entry.previous) == (number, previous)
        previous = link_of(entry_bytes(entry))
    return of_stream


def everything(log: RecordLog, now: WallUs = LATER) -> int:
    total = 0
    while count := log.run_once(now):
        total += count
    return total


def recorded(tmp_path: Path, *, now: WallUs = BEGAN, sequence: int = 0, until: int = -1, closed: bool = True) -> str:
    """A recording of the clip's fragments up to ``until``; its path."""
    writer = begin(tmp_path / "recordings", CLIP, RealFileOps(), now=now, sequence=sequence)
    for first, last in CLIP.cuts()[: until if until >= 0 else None]:
        add(writer, CLIP, first, last)
    if closed:
        writer.close(CloseReason.ROTATED, WallUs(now + 10_000_000))
    return writer.name.media_path


def test_every_seal_of_a_file_and_its_end_are_logged(tmp_path: Path) -> None:
    path = recorded(tmp_path)
    count = everything(log_of(tmp_path))
    found, at = logged(tmp_path), 0
    data = (tmp_path / "recordings" / path).read_bytes()
    assert len(found) == count
    for seal in found[:-1]:
        assert isinstance(seal, Sealed)
        assert (seal.file, seal.offset_bytes) == (path, at)
        at += seal.size_bytes
        assert seal.sha256 == hashlib.sha256(data[seal.offset_bytes : at]).digest()
        assert BEGAN <= seal.from_us < seal.to_us
    end = found[-1]
    assert isinstance(end, FileEnd)
    assert (end.file, end.size_bytes, end.reason, at) == (path, len(data), "rotated", len(data))
    assert log_of(tmp_path).run_once(LATER) == 0


def test_a_file_that_is_written_is_followed_seal_by_seal(tmp_path: Path) -> None:
    writer = begin(tmp_path / "recordings", CLIP, RealFileOps())
    log, counts = log_of(tmp_path), []
    for first, last in CLIP.cuts():
        add(writer, CLIP, first, last)
        counts.append(log.run_once(LATER))
    writer.close(CloseReason.STOPPED, LATER)
    counts.append(log.run_once(LATER))
    index = load_index(tmp_path / "recordings", writer.name)
    found = logged(tmp_path)
    assert sum(counts) == len(found) == len(index.seals) + 1
    assert [each.sha256 for each in found if isinstance(each, Sealed)] == [seal.sha256 for seal in index.seals]
    times = [(each.from_us, each.to_us) for each in found if isinstance(each, Sealed)]
    assert all(before[1] <= after[0] for before, after in pairwise(times))


@pytest.mark.parametrize("persists", [False, True], ids=["not persisted", "persisted"])
@pytest.mark.parametrize("step", range(6))
def test_whatever_step_fails_nothing_is_logged_twice_or_lost(
    tmp_path: Path, step: int, *, persists: bool
) -> None:  # fmt: skip
    path = recorded(tmp_path)
    with pytest.raises(PulledPlugError):
        everything(log_of(tmp_path, ops=FailingOps(step, persists=persists)))
    everything(log_of(tmp_path))
    index = load_index(tmp_path / "recordings", RecordingName.parse(path))
    found = logged(tmp_path)
    assert [each.sha256 for each in found if isinstance(each, Sealed)] == [seal.sha256 for seal in index.seals]
    assert sum(isinstance(each, FileEnd) for each in found) == 1


def test_files_follow_one_another_over_midnight_in_small_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_log, "_ENOUGH", 2)
    paths = [recorded(tmp_path, now=WallUs(BEGAN + n * DAY_US // 2), sequence=n) for n in range(4)]
    everything(log_of(tmp_path), WallUs(BEGAN + 2 * DAY_US))
    assert [each.file for each in logged(tmp_path) if isinstance(each, FileEnd)] == paths


def test_after_the_clock_was_set_back_the_next_file_has_an_earlier_name(tmp_path: Path) -> None:
    first = recorded(tmp_path, now=WallUs(BEGAN + 7_200_000_000), sequence=0)
    log = log_of(tmp_path)
    everything(log, WallUs(BEGAN + 7_300_000_000))
    second = recorded(tmp_path, now=BEGAN, sequence=1)
    assert second < first
    everything(log, LATER)
    third = recorded(tmp_path, now=WallUs(BEGAN + 300_000_000), sequence=2)
    everything(log, WallUs(BEGAN + 600_000_000))
    assert [each.file for each in logged(tmp_path) if isinstance(each, FileEnd)] == [first, second, third]


def test_gaps_are_told_when_they_open_and_end_and_never_again(tmp_path: Path) -> None:
    recorded(tmp_path)
    log, gaps = log_of(tmp_path), GapWriter(tmp_path / "recordings", SITE, CAMERA, "main", ops=RealFileOps())
    everything(log)
    began = WallUs(BEGAN + 20_000_000)
    gaps.open(GapReason.NETWORK, began)
    everything(log)
    assert logged(tmp_path)[-1] == _gap(tmp_path, began, WallUs(0), "network")
    ended = WallUs(BEGAN + 5 * DAY_US)
    gaps.close(ended, GapReason.CAMERA_REFUSED)
    for later in (ended, WallUs(ended + DAY_US), WallUs(ended + 9 * DAY_US)):
        everything(log, later)
    everything(log_of(tmp_path), WallUs(ended + 10 * DAY_US))
    found = [each for each in logged(tmp_path) if isinstance(each, Gap)]
    assert [(each.from_us, each.to_us, each.reason) for each in found] == [
        (began, 0, "network"), (began, ended, "camera_refused"),
    ]  # fmt: skip


def _gap(tmp_path: Path, began: WallUs, ended: WallUs, reason: str) -> Gap:
    last = logged(tmp_path)[-1]
    return Gap(CAMERA, "main", last.number, last.previous, began, ended, reason)


def test_a_camera_that_never_sent_a_picture_has_its_gap_logged(tmp_path: Path) -> None:
    GapWriter(tmp_path / "recordings", SITE, CAMERA, "main", ops=RealFileOps()).open(
        GapReason.CAMERA_UNREACHABLE, BEGAN
    )
    log = log_of(tmp_path)
    assert everything(log) == 1
    assert everything(log, WallUs(BEGAN + 3 * DAY_US)) == 0


def test_a_state_that_is_none_is_refused(tmp_path: Path) -> None:
    store = LogStore(tmp_path / "log", SIGNER)
    store.append([b"x"], b"[{}]")
    with pytest.raises(CorruptData):
        RecordLog(tmp_path, store)


def drifts(tmp_path: Path) -> list[Drift]:
    log = LogReader(tmp_path / "log", SIGNER.key)
    entries = [entry_of(log.entry(index)) for index in range(log.checkpoint.size)]
    return [each for each in entries if isinstance(each, Drift)]


@pytest.mark.parametrize(
    ("offsets_s", "told_s"),
    [
        ((0.3, 0.4, -0.5), []),  # pictures on their way
        ((-40, -40.4, -41), [-40]),
        ((-3, -3, 1.5), [-3, 1.5]),  # set right, and told of too
        ((None, None, None), []),  # a camera that never says its time
        ((7, None, 7), [7]),
    ],
)
def test_a_cameras_clock_is_told_of_when_it_drifts_and_not_again_while_it_stays(
    tmp_path: Path, offsets_s: tuple[float | None, ...], told_s: list[float]
) -> None:
    writer = begin(tmp_path / "recordings", CLIP, RealFileOps())
    for number, (first, last) in enumerate(CLIP.cuts()):
        offset_s = offsets_s[min(number * len(offsets_s) // len(CLIP.cuts()), len(offsets_s) - 1)]
        samples, received = CLIP.samples(first, last), WallUs(BEGAN + first * 40_000)
        captured = None if offset_s is None else WallUs(received + int(offset_s * 1_000_000))
        writer.append(
            samples, Pts90k(first * FRAME_90K), received_at=received, captured_at=captured,
            keyframe=samples[0].keyframe, lost_packets=0,
        )  # fmt: skip
    writer.close(CloseReason.ROTATED, LATER)
    everything(log_of(tmp_path))
    found = [(each.captured_us - each.received_us) / 1_000_000 for each in drifts(tmp_path)]
    assert found == told_s
    assert everything(log_of(tmp_path)) == 0
