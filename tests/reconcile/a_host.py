"""A host of one camera that was recorded, logged, cosigned and turned into rows; and what reconciliation says of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from haidang.audit.actions import record
from haidang.core.camera_list import CameraList, ListedCamera, dump_camera_list
from haidang.core.findings import Finding
from haidang.core.host import CAMERA_LIST, RECORDINGS
from haidang.core.journal import CloseReason, GapReason
from haidang.core.layout import RecordingName
from haidang.core.units import Pts90k, WallUs
from haidang.host.signers import LOGS, log_signer
from haidang.reconcile.run import Outcome, Progress, Reconciliation, Sources
from haidang.reconcile.scratch import Scratch
from haidang.storage import GapWriter, RealFileOps, RecordingWriter
from haidang.supervisor.keeper_acts import ActsKeeper
from haidang.supervisor.keeper_journals import JournalKeeper
from haidang.supervisor.keeper_log import LogKeeper
from keeper.a_log import Department, log_of
from storage.coded_video import FRAME_90K
from storage.coded_video import clip as coded
from storage.memory_store import MemoryStore
from storage.recorded import BEGAN, CAMERA, SITE

S = 1_000_000
CLIP = coded(frames=100)
FILE_US = 100 * 40_000


def at(seconds: float) -> WallUs:
    return WallUs(BEGAN + int(seconds * S))


@dataclass
class Host:
    """Three files, a gap of ten seconds with its reason, three more; then two quiet minutes behind an open gap."""

    home: Path
    files: list[RecordingName] = field(default_factory=list)
    sequence: int = 0
    store: MemoryStore | None = None

    def __post_init__(self) -> None:
        self.root = self.home / RECORDINGS
        (self.home / "department").mkdir()
        self.department = Department(self.home / "department", self.home, clock_s=lambda: self.now // S)
        self.now = at(0)
        self.gaps = GapWriter(self.root, SITE, CAMERA, "main", ops=RealFileOps())
        url = "rtsp://10.0.0.9/main"
        listed = CameraList(self.now, (ListedCamera(CAMERA, SITE, url, None),))
        (self.home / CAMERA_LIST).write_text(dump_camera_list(listed))
        self._start_keepers()

    def _start_keepers(self) -> None:
        self.records = LogKeeper(log_of(self.home, "record", self.department.witnesses()), self.root)
        self.acts = ActsKeeper(log_of(self.home, "acts", self.department.witnesses()))

    def keep(self, *, until: float, rows: bool = True) -> None:
        """The keeper's rounds every ten seconds."""
        while self.now < at(until):
            self.now = WallUs(self.now + 10 * S)
            self.log_once()
            if rows:
                JournalKeeper(self.root).run_once(self.now)

    def log_once(self) -> None:
        self.records.run_once(self.now)
        self.acts.run_once(self.now)

    def restart(self) -> None:
        """The keeper starts anew, knowing what is on disk alone."""
        self._start_keepers()

    def record(self, began: WallUs) -> RecordingName:
        writer = RecordingWriter.create(
            self.root, SITE, CAMERA, "main", CLIP.video, position_90k=Pts90k(0), sequence=self.sequence, now=began,
            ops=RealFileOps(), seal_s=1.0,
        )  # fmt: skip
        self.sequence += 1
        for first, last in CLIP.cuts():
            samples = CLIP.samples(first, last)
            writer.append(
                samples, Pts90k(first * FRAME_90K), received_at=WallUs(began + first * 40_000), captured_at=None,
                keyframe=samples[0].keyframe, lost_packets=0,
            )  # fmt: skip
        writer.close(CloseReason.ROTATED, WallUs(began + FILE_US))
        self.files.append(writer.name)
        return writer.name

    def act(self, action: str = "view_live") -> int:
        return record(now=self.now, actor='Account::"bp-de-gi"', action=action, resource=f'Camera::"{CAMERA}"').pk

    def path(self, number: int) -> Path:
        return self.root / self.files[number].media_path

    def journal(self, number: int) -> Path:
        return self.root / self.files[number].journal_path

    def check(self, *, deep: bool = True, scratch: Path | None = None, progress: Progress | None = None) -> Outcome:
        sources = Sources(
            self.home, self.root, {name: log_signer(self.home, name).key for name in LOGS},
            self.department.witnesses().witnesses, self.department.get, store=self.store,
        )  # fmt: skip
        kept = Scratch(scratch)
        try:
            return Reconciliation(sources, kept, deep, progress or (lambda _phase, _done, _total: None)).run()
        finally:
            kept.close()

    def found(self, *, deep: bool = True) -> list[Finding]:
        """What is wrong."""
        return [each for each in self.check(deep=deep).findings if each.wrong]

    def kinds(self, *, deep: bool = True) -> list[str]:
        return sorted({each.kind for each in self.found(deep=deep)})


def a_host(home: Path) -> Host:
    host = Host(home)
    for number in range(3):
        host.record(at(number * 4))
    host.act("login")
    host.gaps.open(GapReason.CAMERA_UNREACHABLE, at(12))
    host.keep(until=20)
    host.gaps.close(at(22))
    for number in range(3):
        host.record(at(22 + number * 4))
        host.act()
    host.keep(until=40)
    host.gaps.open(GapReason.NETWORK, at(34))
    host.keep(until=200)
    return host
