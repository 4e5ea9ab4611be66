"""When a stream's files begin and end, what is left out, and what the gaps journal is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from haidang.core.journal import CloseReason, GapClose, GapOpen, GapReason
from haidang.core.settings import RecorderSettings
from haidang.core.units import Pts90k, WallUs
from haidang.core.video import AccessUnit, VideoFormat
from haidang.recorder.cutting import CutFragment
from haidang.recorder.gaps import Cause, GapKeeper
from haidang.recorder.pipeline import Pipeline
from haidang.recorder.shares import Rotation
from recorder.pictures import BEGAN, FRAME_US, LARGE, SMALL, numbers, unit, units

PERIOD_US = 300_000_000
S = 1_000_000


@dataclass
class MemoryFiles:
    """``Files`` that remember; the disk takes everything unless told otherwise."""

    begun: list[tuple[VideoFormat, Pts90k]] = field(default_factory=list)
    pictures: list[list[int]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    ended: list[CloseReason] = field(default_factory=list)
    gaps: list[GapOpen | GapClose] = field(default_factory=list)
    room: bool = True
    takes: bool = True
    pipeline: Pipeline | None = None
    #: Confirm each file's first fragment as the lane would.
    confirms: bool = True
    generation: int = 0

    def begin(self, generation: int, video: VideoFormat, position_90k: Pts90k, now: WallUs) -> None:
        self.generation = generation
        self.begun.append((video, position_90k))
        self.pictures.append([])

    def append(self, fragment: CutFragment) -> bool:
        if not self.takes:
            return False
        first = not self.pictures[-1]
        self.pictures[-1] += numbers([sample.data for sample in fragment.samples])
        self.lost.append(fragment.lost_packets)
        if first and self.confirms and self.pipeline is not None:
            self.pipeline.written(self.generation, fragment.received_at)
        return True

    def end(self, reason: CloseReason, now: WallUs) -> None:
        self.ended.append(reason)

    def record(self, gaps: Sequence[GapOpen | GapClose]) -> None:
        self.gaps += gaps

    def has_room(self) -> bool:
        return self.room


class Camera:
    """A pipeline with a clock: pictures arrive when they are due, plus ``late_us``."""

    def __init__(self, *, rotation: Rotation | None = None) -> None:
        self.files = MemoryFiles()
        self.late_us = 0
        rotation = rotation or Rotation(PERIOD_US, (BEGAN - 1) % PERIOD_US)
        self.pipeline = Pipeline(self.files, GapKeeper(BEGAN), RecorderSettings(), rotation)
        self.files.pipeline = self.pipeline
        self.pipeline.format_changed(SMALL)

    def now(self, number: float) -> WallUs:
        return WallUs(BEGAN + int(number * FRAME_US) + self.late_us)

    def send(self, pictures: Sequence[AccessUnit] | AccessUnit, number: int) -> None:
        pictures = [pictures] if isinstance(pictures, AccessUnit) else pictures
        for offset, picture in enumerate(pictures):
            now = self.now(number + offset)
            self.pipeline.accept(picture, now, now - BEGAN)

    def play(self, start: int, end: int) -> None:
        self.send(list(units(start, end)), start)


def test_what_comes_before_the_first_keyframe_is_not_written() -> None:
    camera = Camera()
    camera.play(3, 60)
    camera.pipeline.disconnected(Cause(GapReason.NETWORK), camera.now(60))
    assert camera.files.pictures == [list(range(25, 60))]
    assert camera.pipeline.counters.skipped_pictures == 22


def test_a_file_is_rotated_at_the_first_keyframe_after_its_moment_and_loses_no_picture() -> None:
    camera = Camera(rotation=Rotation(PERIOD_US, (BEGAN + 30 * FRAME_US) % PERIOD_US))
    camera.play(0, 100)
    camera.pipeline.disconnected(Cause(GapReason.NETWORK), camera.now(100))
    assert camera.files.pictures == [list(range(50)), list(range(50, 100))]
    assert camera.files.ended == [CloseReason.ROTATED, CloseReason.DISCONNECTED]
    assert camera.files.begun[1][1] == 50 * 3600


def test_a_new_format_begins_a_file_and_the_same_one_does_not() -> None:
    camera = Camera()
    camera.play(0, 50)
    camera.pipeline.format_changed(SMALL)
    camera.play(50, 75)
    camera.pipeline.format_changed(LARGE)
    camera.play(75, 101)
    camera.pipeline.disconnected(Cause(GapReason.NETWORK), camera.now(101))
    assert [video for video, _ in camera.files.begun] == [SMALL, LARGE]
    assert camera.files.pictures == [list(range(75)), list(range(75, 101))]
    assert camera.files.ended[0] is CloseReason.FORMAT_CHANGED


def test_a_jump_in_time_begins_a_file_at_the_next_keyframe_and_loses_no_picture() -> None:
    camera = Camera()
    camera.play(0, 60)
    later = list(units(60, 100, first_pts=90_000 * 7200))
    camera.send(later, 60)
    camera.pipeline.disconnected(Cause(GapReason.NETWORK), camera.now(100))
    assert camera.files.pictures == [list(range(75)), list(range(75, 100))]
    assert camera.files.ended[0] is CloseReason.TIME_JUMPED
    assert camera.files.begun[1][1] == 90_000 * 7200 + 75 * 3600


def test_lost_packets_are_marked_and_the_next_keyframe_awaited() -> None:
    camera = Camera()
    camera.play(0, 30)
    camera.send(unit(30, lost=4), 30)
    camera.play(31, 60)
    camera.pipeline.disconnected(Cause(GapReason.NETWORK), camera.now(60))
    assert camera.files.pictures == [[*range(30), *range(50, 60)]]
    assert [lost for lost in camera.files.lost if lost] == [4]
    assert camera.files.ended == [CloseReason.DISCONNECTED]
    assert [type(gap) for gap in camera.files.gaps] == [GapOpen]  # 0.8 s are a mark only; this is the disconnect


def test_a_loss_that_costs_a_second_or_more_is_a_gap() -> None:
    camera = Camera()
    camera.send(list(units(0, 55, gop=50)), 0)
    camera.send(unit(55, gop=50, lost=2), 55)
    camera.send(list(units(56, 110, gop=50)), 56)
    last, key = camera.now(54), camera.now(100)
    assert camera.files.gaps == [
        GapOpen(GapReason.PACKET_LOSS, last, "2 packets"),
        GapClose(GapReason.PACKET_LOSS, last, key, "2 packets"),
    ]


def test_loss_on_a_keyframe_leaves_nothing_out() -> None:
    camera = Camera()
    camera.play(0, 25)
    camera.send(unit(25, lost=3), 25)
    camera.play(26, 40)
    camera.pipeline.disconnected(Cause(GapReason.NETWORK), camera.now(40))
    assert camera.files.pictures == [list(range(40))]


def test_a_gap_ends_when_a_fragment_is_written_not_when_a_picture_comes() -> None:
    camera = Camera()
    camera.files.confirms = False
    camera.pipeline.disconnected(Cause(GapReason.CAMERA_UNREACHABLE), camera.now(-50))
    camera.play(0, 20)
    assert [type(gap) for gap in camera.files.gaps] == [GapOpen]
    camera.pipeline.written(camera.files.generation, camera.now(0))
    assert isinstance(camera.files.gaps[-1], GapClose)
    assert camera.files.gaps[-1].ended_at == camera.now(0)


def test_a_refused_disk_is_tried_again_later_with_a_new_file() -> None:
    camera = Camera()
    camera.play(0, 30)
    until = camera.now(25)
    camera.pipeline.write_failed(camera.files.generation, Cause(GapReason.DISK_FULL), until, camera.now(30))
    camera.play(30, 30 + 4 * 25)
    camera.play(130, 140)
    assert len(camera.files.begun) == 2
    assert camera.files.pictures[1][0] == 125  # the first keyframe three seconds later
    assert camera.files.gaps == [
        GapOpen(GapReason.DISK_FULL, until),
        GapClose(GapReason.DISK_FULL, until, camera.now(125)),
    ]


def test_a_disk_that_stays_full_is_asked_more_and_more_rarely() -> None:
    camera = Camera()
    camera.files.confirms = False
    for number in range(0, 25 * 120, 25):
        begun = len(camera.files.begun)
        camera.play(number, number + 25)
        if len(camera.files.begun) > begun:
            camera.pipeline.write_failed(
                camera.files.generation, Cause(GapReason.DISK_FULL), None, camera.now(number + 25)
            )
    assert 6 <= len(camera.files.begun) <= 9
    assert [type(gap) for gap in camera.files.gaps] == [GapOpen]


def test_when_too_much_waits_for_the_disk_pictures_are_left_out_and_a_gap_says_so() -> None:
    camera = Camera()
    camera.play(0, 30)
    camera.files.takes = camera.files.room = False
    camera.play(30, 60)
    camera.files.takes = True
    camera.play(60, 80)
    assert camera.files.gaps == [GapOpen(GapReason.WRITE_FAILED, camera.now(25), "disk too slow")]
    camera.files.room = True
    camera.play(80, 110)
    assert camera.files.gaps[1:] == [GapClose(GapReason.WRITE_FAILED, camera.now(25), camera.now(100), "disk too slow")]
    assert camera.files.pictures == [[*range(25), *range(100, 105)]]


def test_pictures_that_fail_to_come_open_a_gap_and_the_newest_one_is_written_meanwhile() -> None:
    camera = Camera()
    camera.play(0, 30)
    for pulse in range(1, 9):
        camera.pipeline.pulse(camera.now(29 + pulse * 6.25), connected=True)
    assert camera.files.pictures == [list(range(30))]
    assert camera.files.gaps == [GapOpen(GapReason.NETWORK, camera.now(29), "no pictures")]
    camera.late_us = 2 * S
    camera.play(30, 31)
    assert camera.files.gaps[1:] == [
        GapClose(GapReason.NETWORK, WallUs(BEGAN + 29 * FRAME_US), camera.now(30), "no pictures")
    ]


def test_a_clock_set_forward_begins_a_file_and_leaves_a_gap() -> None:
    camera = Camera()
    camera.play(0, 30)
    last = camera.now(29)
    camera.late_us = 3600 * S
    camera.pipeline.clock_set(3600 * S, camera.now(30))
    for number in range(30, 60):  # the monotonic clock runs on
        camera.pipeline.accept(unit(number), camera.now(number), number * FRAME_US)
    assert camera.files.ended == [CloseReason.TIME_JUMPED]
    assert camera.files.gaps[0] == GapOpen(GapReason.CLOCK, last, "set forward 3600.0 s")
    assert camera.files.pictures[0] == list(range(50))


def test_stopping_writes_everything_and_says_that_the_recorder_stopped() -> None:
    camera = Camera()
    camera.play(0, 33)
    camera.pipeline.stop(CloseReason.STOPPED, Cause(GapReason.RECORDER_STOPPED), camera.now(33))
    assert camera.files.pictures == [list(range(33))]
    assert camera.files.ended == [CloseReason.STOPPED]
    assert camera.files.gaps == [GapOpen(GapReason.RECORDER_STOPPED, camera.now(32))]
