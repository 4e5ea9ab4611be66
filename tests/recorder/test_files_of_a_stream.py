"""What a stream's lane does to the disk: files, gaps, refusals, crashes."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from haidang.core.journal import CloseReason, GapClose, GapOpen, GapReason, read_records
from haidang.core.layout import RecordingName
from haidang.core.units import Pts90k, WallUs
from haidang.recorder.cutting import CutFragment
from haidang.recorder.files import MIN_FREE_BYTES, Place, StreamFiles
from haidang.recorder.gaps import Cause
from haidang.storage import FileOps, load_index, newest_recording, open_gaps
from storage.coded_video import FRAME_90K, clip
from storage.faulty_file_ops import FaultyOps, NoWaitOps
from storage.recorded import BEGAN, CAMERA, SITE, check_closed

CLIP = clip()
S = 1_000_000


class Disk(NoWaitOps):
    """A disk that can be full."""

    full = False

    def append(self, fd: int, pieces: Sequence[bytes]) -> int:
        self._check()
        return super().append(fd, pieces)

    def write_at(self, fd: int, data: bytes, offset: int) -> int:
        self._check()
        return super().write_at(fd, data, offset)

    def _check(self) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Lane:
    """``StreamFiles`` with a report that remembers."""

    def __init__(self, root: Path, ops: FileOps | None = None) -> None:
        self.root = root
        self.written_files: list[tuple[int, WallUs]] = []
        self.failures: list[tuple[int, Cause, WallUs | None]] = []
        self.rings: list[bytes] = []
        self.free = 10 * MIN_FREE_BYTES
        self.files = StreamFiles(
            Place(root, SITE, CAMERA, "main"),
            ops=ops or NoWaitOps(),
            free_bytes=lambda _: self.free,
            ring=self.rings.append,
            report=self,
            seal_s=10.0,
            clock=lambda: WallUs(BEGAN + 60 * S),
        )

    def written(self, generation: int, received_at: WallUs) -> None:
        self.written_files.append((generation, received_at))

    def write_failed(self, generation: int, cause: Cause, since: WallUs | None) -> None:
        self.failures.append((generation, cause, since))

    def begin(self, generation: int = 1, seconds: float = 0) -> None:
        self.files.begin(generation, CLIP.video, Pts90k(0), WallUs(BEGAN + int(seconds * S)))

    def append(self, first: int, last: int) -> None:
        samples = CLIP.samples(first, last)
        self.files.append(
            CutFragment(
                samples, Pts90k(first * FRAME_90K), WallUs(BEGAN + first * 40_000), None, samples[0].keyframe, 0
            )
        )

    def gap_records(self) -> list[object]:
        journals = sorted(self.root.glob(f"{SITE}/{CAMERA}/*/gaps-main.journal"))
        return [record for journal in journals for record in read_records(journal.read_bytes())]


def test_fragments_become_a_recording_that_plays_and_the_first_is_confirmed(tmp_path: Path) -> None:
    lane = Lane(tmp_path)
    lane.files.recover(BEGAN)
    lane.begin(7)
    for first, last in CLIP.cuts():
        lane.append(first, last)
    lane.files.end(CloseReason.STOPPED, WallUs(BEGAN + 5 * S))
    name = newest_recording(tmp_path, SITE, CAMERA, "main")
    assert name is not None
    assert check_closed(tmp_path, name) == len(CLIP.cuts())
    assert lane.written_files == [(7, BEGAN)]
    assert lane.failures == []
    assert set(lane.rings) == {f"{CAMERA}/main".encode()}
    assert len(lane.rings) == len(CLIP.cuts()) + 1


def test_a_full_disk_ends_the_file_and_is_reported_with_what_was_written(tmp_path: Path) -> None:
    disk = Disk()
    lane = Lane(tmp_path, disk)
    lane.files.recover(BEGAN)
    lane.begin()
    lane.append(0, 10)
    disk.full = True
    lane.append(10, 20)
    lane.append(20, 30)  # the loop did not know yet
    assert lane.failures == [(1, Cause(GapReason.DISK_FULL, "disk_full"), WallUs(BEGAN + 400_000))]


def test_once_there_is_room_a_new_file_begins_and_the_failed_one_is_completed(tmp_path: Path) -> None:
    disk = Disk()
    lane = Lane(tmp_path, disk)
    lane.files.recover(BEGAN)
    lane.begin(1)
    lane.append(0, 10)
    disk.full = True
    lane.append(10, 20)
    disk.full = False
    lane.begin(2, seconds=30)
    lane.append(0, 10)
    lane.files.end(CloseReason.STOPPED, WallUs(BEGAN + 40 * S))
    for journal in sorted(tmp_path.glob(f"{SITE}/{CAMERA}/*/*Z-main.journal")):
        name = RecordingName.parse(str(journal.relative_to(tmp_path)))
        assert check_closed(tmp_path, name) >= 1


def test_a_disk_without_room_gets_no_new_file(tmp_path: Path) -> None:
    lane = Lane(tmp_path)
    lane.files.recover(BEGAN)
    lane.free = MIN_FREE_BYTES - 1
    lane.begin()
    assert lane.failures == [(1, Cause(GapReason.DISK_FULL, "disk_full"), None)]
    assert list(tmp_path.rglob("*.mp4")) == []


def test_a_failed_sync_is_reported_by_the_next_fragment(tmp_path: Path) -> None:
    class Broken(NoWaitOps):
        broken = False

        def sync(self, fd: int) -> None:
            if self.broken:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

    ops = Broken()
    lane = Lane(tmp_path, ops)
    lane.files.recover(BEGAN)
    lane.begin()
    lane.append(0, 10)
    ops.broken = True
    lane.files.sync()
    assert lane.failures == []
    lane.append(10, 20)
    assert [cause.reason for _, cause, _ in lane.failures] == [GapReason.WRITE_FAILED]


def test_a_file_that_was_taken_away_is_followed_by_another_and_told(tmp_path: Path) -> None:
    lane = Lane(tmp_path)
    lane.files.recover(BEGAN)
    lane.begin()
    lane.append(0, 10)
    for path in tmp_path.rglob("*Z-main.*"):
        path.unlink()
    lane.files.sync()
    lane.append(10, 20)
    assert [cause for _, cause, _ in lane.failures] == [Cause(GapReason.WRITE_FAILED, "recording_removed")]
    lane.begin()
    lane.append(0, 10)
    assert len(list(tmp_path.rglob("*Z-main.mp4"))) == 1


def test_gap_records_wait_in_order_until_the_disk_takes_them(tmp_path: Path) -> None:
    disk = Disk()
    lane = Lane(tmp_path, disk)
    lane.files.recover(BEGAN)
    disk.full = True
    first = GapOpen(GapReason.DISK_FULL, BEGAN)
    lane.files.record([first])
    lane.files.record([GapClose(GapReason.DISK_FULL, BEGAN, WallUs(BEGAN + S))])
    second = GapOpen(GapReason.NETWORK, WallUs(BEGAN + 2 * S), "silent")
    lane.files.record([second])
    assert lane.files.has_waiting_gaps
    disk.full = False
    lane.files.retry()
    assert not lane.files.has_waiting_gaps
    assert lane.gap_records() == [first, GapClose(GapReason.DISK_FULL, BEGAN, WallUs(BEGAN + S)), second]


def test_waiting_gap_records_are_bounded(tmp_path: Path) -> None:
    disk = Disk()
    lane = Lane(tmp_path, disk)
    lane.files.recover(BEGAN)
    disk.full = True
    for number in range(1000):
        lane.files.record([GapOpen(GapReason.NETWORK, WallUs(BEGAN + number))])
    assert lane.files.lost_gap_records == 1000 - 256


def test_a_crash_is_recovered_with_the_end_of_the_last_picture(tmp_path: Path) -> None:
    lane = Lane(tmp_path)
    lane.files.recover(BEGAN)
    lane.begin()
    lane.append(0, 10)
    lane.append(10, 20)
    again = Lane(tmp_path)
    recovered = again.files.recover(WallUs(BEGAN + 30 * S))
    assert [adopted.problem for adopted in recovered.adopted] == [""]
    assert recovered.last_picture_at == BEGAN + 800_000
    assert recovered.open_gap is None
    again.begin(1, seconds=30)
    name = newest_recording(tmp_path, SITE, CAMERA, "main")
    assert name is not None
    assert load_index(tmp_path, name).open.sequence == 1


def test_an_open_gap_and_its_lost_end_are_found(tmp_path: Path) -> None:
    lane = Lane(tmp_path)
    lane.files.recover(BEGAN)
    gap = GapOpen(GapReason.NETWORK, WallUs(BEGAN - 20 * S), "silent")
    lane.files.record([gap])
    assert Lane(tmp_path).files.recover(BEGAN).open_gap == gap
    assert Lane(tmp_path).files.recover(BEGAN).gap_ended_at is None
    lane.begin()
    lane.append(0, 10)
    recovered = Lane(tmp_path).files.recover(WallUs(BEGAN + 30 * S))
    assert (recovered.open_gap, recovered.gap_ended_at) == (gap, BEGAN)
    assert open_gaps(tmp_path, SITE, CAMERA, "main") == [gap]


def test_a_gap_of_years_whose_end_was_lost_does_not_keep_a_camera_from_being_recorded(tmp_path: Path) -> None:
    lane = Lane(tmp_path)
    lane.files.recover(BEGAN)
    gap = GapOpen(GapReason.CAMERA_UNREACHABLE, WallUs(BEGAN - 2 * 365 * 86_400 * S))
    lane.files.record([gap])
    lane.begin()
    lane.append(0, 10)
    recovered = Lane(tmp_path).files.recover(WallUs(BEGAN + 30 * S))
    assert (recovered.open_gap, recovered.gap_ended_at) == (gap, BEGAN)


def test_nothing_on_disk_is_a_fresh_start(tmp_path: Path) -> None:
    recovered = Lane(tmp_path).files.recover(BEGAN)
    assert (recovered.adopted, recovered.last_picture_at, recovered.open_gap) == ([], None, None)


def test_whichever_step_of_beginning_and_appending_fails_once_it_is_reported_and_recording_goes_on(
    tmp_path: Path,
) -> None:
    for fail_at in range(14):
        root = tmp_path / str(fail_at)
        root.mkdir()
        lane = Lane(root, FaultyOps(fail_at))
        lane.files.recover(BEGAN)
        lane.begin(1)
        lane.append(0, 10)
        lane.append(10, 20)
        lane.files.end(CloseReason.STOPPED, WallUs(BEGAN + 10 * S))
        assert len(lane.failures) <= 1
        lane.begin(2, seconds=30)
        lane.append(0, 10)
        assert lane.written_files[-1][0] == 2, f"step {fail_at}"
