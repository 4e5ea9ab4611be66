"""A small archive with media, journals and rows, a log that was told, and a disk of any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from haidang.core.layout import RecordingName, Stream
from haidang.core.retention import DAY_US
from haidang.core.settings import RetentionSettings
from haidang.core.units import WallUs
from haidang.footage.models import Expiry, RecordingFile, Span
from haidang.storage.removal import RealRemovalOps
from haidang.supervisor.keeper_journals import JournalKeeper
from haidang.supervisor.keeper_log import LogKeeper
from haidang.supervisor.keeper_retention import ExpiryOutbox, RetentionKeeper, Room
from keeper.a_log import log_of
from keeper.journals_on_disk import SITE, T0, S, append, closed, fragments, opened

#: The shipped period is 30 days: what began at T0 is over then.
LATER = WallUs(T0 + 31 * DAY_US)
ENOUGH = Room(1_000_000, 500_000)


class Killed(BaseException):
    """The process is gone."""


@dataclass
class RemovalSteps(RealRemovalOps):
    """Counts steps; ends the process before or after the ``at``-th."""

    at: int | None = None
    after: bool = False
    steps: list[str] = field(default_factory=list)

    def _step(self, name: str) -> Iterator[None]:
        number = len(self.steps)
        self.steps.append(name)
        if number == self.at and not self.after:
            raise Killed
        yield
        if number == self.at:
            raise Killed

    def unlink(self, path: Path) -> None:
        for _ in self._step(f"unlink {path.suffix}"):
            super().unlink(path)

    def sync_folder(self, path: Path) -> None:
        for _ in self._step("sync_folder"):
            super().sync_folder(path)


@dataclass
class Archive:
    """A host with recordings; ``home`` has keys and the policy is in force."""

    home: Path
    room: Room = ENOUGH
    settings: RetentionSettings = field(default_factory=RetentionSettings)
    ops: RemovalSteps = field(default_factory=RemovalSteps)
    numbers: int = 0

    def __post_init__(self) -> None:
        self.root = self.home / "recordings"
        self.log = LogKeeper(log_of(self.home), self.root, [ExpiryOutbox(self.home)])
        self.journals = JournalKeeper(self.root)

    def record(
        self, start_s: float, *, site: str = SITE, camera: str = "", stream: Stream = "main", count: int = 10
    ) -> RecordingName:
        """A closed recording of ``count`` seconds, with bytes as its journal says."""
        name = RecordingName(site, camera or f"{site}-1", WallUs(T0 + int(start_s * S)), stream)
        append(self.root, name.journal_path, [opened(name, self.numbers), *fragments(name, count), closed(name, count)])
        (self.root / name.media_path).write_bytes(b"v" * (800 + 1000 * count))
        self.numbers += 1
        return name

    def know(self, now: WallUs = LATER) -> None:
        """Journals become rows, and entries of the log."""
        self.journals.run_once(now)
        self.log.run_once(now)

    @property
    def keeper(self) -> RetentionKeeper:
        """A process's keeper: nothing is remembered but what is on disk and in rows."""
        return RetentionKeeper(
            self.home, self.root, self.settings, lambda: self.log.cosigned_size, lambda _: self.room, self.ops
        )

    def rounds(self, count: int = 3, now: WallUs = LATER) -> None:
        """The keeper's loops beside each other."""
        for _ in range(count):
            self.keeper.run_once(now)
            self.log.run_once(now)

    def there(self) -> set[str]:
        """The media files on disk."""
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*.mp4")}

    def journals_there(self) -> set[str]:
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*.journal")}


def state_of(name: RecordingName) -> str:
    row = Expiry.objects.filter(path=name.media_path).first()
    return "" if row is None else row.state


def rows() -> tuple[list[str], list[tuple[int, int]]]:
    """Files, and spans in seconds from T0."""
    files = sorted(RecordingFile.objects.values_list("path", flat=True))
    spans = sorted(Span.objects.values_list("started_at", "ended_at"))
    return files, [((a - T0) // S, (b - T0) // S) for a, b in spans]
