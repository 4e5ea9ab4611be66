"""Retention: the one thing that takes recordings away, by a dated policy that cites a document (A6, I.2.c-1).

Order for each file, one row in ``footage.Expiry`` all the way: planned -> its entry is in the log of recordings -> that
entry is in a cosigned checkpoint -> holds and period are asked again and it is decided -> pictures, then journal, are
unlinked, folders synced -> the row says removed. A crash anywhere is gone on from by the next round. When the disk
fills, the oldest footage that nobody holds goes early, in the same order; only below
``emergency_without_witness_percent`` nothing waits for the witnesses. Held footage does not go, and recording does not
stop for anything here.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import structlog

from haidang.accounts.authority import vietnam_day
from haidang.accounts.policies import notice_in_force
from haidang.core.disk_state import DiskLevel, DiskState, dump_disk_state, level_of
from haidang.core.errors import CorruptData, Unavailable
from haidang.core.host import DISK_STATE, LOG_STANDING, RECORD_LOG
from haidang.core.layout import RecordingName
from haidang.core.log_entries import Entry, Expired
from haidang.core.log_standing import parse_standing
from haidang.core.retention import ExpiryReason, bytes_short, plan_emergency, plan_expiry
from haidang.core.settings import RetentionSettings
from haidang.core.units import WallUs
from haidang.footage.actions import (
    begin_removals,
    cancel_held,
    finish_removal,
    forget_left_journal,
    journals_left,
    note_logged,
    plan_removals,
)
from haidang.footage.expiring import (
    Period,
    files_by_age,
    files_of_sites,
    held_times,
    periods_on,
    waiting_bytes,
)
from haidang.footage.models import Expiry
from haidang.host.files import replace_file
from haidang.storage.record_log import last_ended
from haidang.storage.removal import RealRemovalOps, RemovalOps, remove_journal, remove_recording
from haidang.supervisor.keeper_log import MAX_WAITING

__all__ = ["ExpiryOutbox", "RetentionKeeper", "Room", "room_at"]

log = structlog.get_logger("keeper.retention")

#: Decided in one transaction, and planned or removed in one round: neither may hold the database or the loop for long.
_AT_ONCE, _A_ROUND = 100, 500
#: A closed file may still be read by the journals' loop and the log's; for want of room it goes no younger than this.
_SETTLED_US = 15 * 60 * 1_000_000


class Room(NamedTuple):
    total_bytes: int
    free_bytes: int


def room_at(root: Path) -> Room:
    """The room of the disk that the recordings lie on (or will)."""
    there = next(folder for folder in (root, *root.parents) if folder.exists())
    usage = shutil.disk_usage(there)
    return Room(usage.total, usage.free)


@dataclass(slots=True)
class ExpiryOutbox:
    """Gives the log what is planned to go. A file is not told of before its own end is: seals and end come first."""

    home: Path

    def waiting(self, now: WallUs) -> Sequence[Entry]:
        del now
        ended = last_ended(self._state())
        rows = Expiry.objects.filter(state="planned").order_by("started_at", "pk")
        known = (
            row for row in rows.iterator() if row.sequence <= ended.get(f"{row.site}/{row.camera}/{row.stream}", -1)
        )
        return [
            Expired(
                row.camera, row.stream, row.path, row.size_bytes, WallUs(row.started_at), WallUs(row.ended_at),
                row.reason, row.policy,
            )
            for row in islice(known, MAX_WAITING)
        ]  # fmt: skip

    def logged(self, entries: Sequence[Entry], first: int) -> None:
        note_logged([each.file for each in entries if isinstance(each, Expired)], first)

    def _state(self) -> bytes:
        try:
            return (self.home / RECORD_LOG / "state").read_bytes()
        except FileNotFoundError:
            return b""


@dataclass(slots=True)
class RetentionKeeper:
    """Plans and removes below ``root``. ``witnessed()``: entries of the log below it are in a cosigned checkpoint."""

    home: Path
    root: Path
    settings: RetentionSettings
    witnessed: Callable[[], int]
    room: Callable[[Path], Room] = room_at
    ops: RemovalOps = field(default_factory=RealRemovalOps)

    def run_once(self, now: WallUs) -> int:
        """One round; how many files went. Raises what database and disk raise."""
        room, doubted = self.room(self.root), self._clock_doubted()
        level = level_of(room.total_bytes, room.free_bytes, self.settings)
        periods = periods_on(notice_in_force(), vietnam_day(now))
        cancel_held(now=now, periods=periods)
        if not doubted:
            self._plan(periods, now)
        reasons: list[ExpiryReason] = ["emergency"] if doubted else ["retention", "emergency"]
        nothing_left = level in ("emergency", "last") and self._plan_emergency(room, reasons, now)
        gone = self._finish(now) + self._remove(periods, level, reasons, now)
        self._drop_journals()
        self._tell(room, level, reasons, now, nothing_left=nothing_left, doubted=doubted)
        return gone

    # -- planning

    def _plan(self, periods: Mapping[str, Period], now: WallUs) -> None:
        days = {site: period.days for site, period in periods.items()}
        due = plan_expiry(files_of_sites(dict(periods), now), days, held_times(now), now)
        policies = {site: period.policy for site, period in periods.items()}
        plan_removals(list(islice(due, _A_ROUND)), "retention", policies, now=now)

    def _plan_emergency(self, room: Room, reasons: Sequence[ExpiryReason], now: WallUs) -> bool:
        """Whether there is nothing more to take, though more is needed."""
        needed = bytes_short(*room, self.settings.emergency_free_percent) - waiting_bytes(reasons)
        if needed <= 0:
            return False
        oldest = plan_emergency(files_by_age(WallUs(now - _SETTLED_US)), held_times(now), needed)
        files = list(islice(oldest, _A_ROUND))
        percent = room.free_bytes * 100 // room.total_bytes
        why = f"disk {percent}% free, below {self.settings.emergency_free_percent}%"
        plan_removals(files, "emergency", dict.fromkeys((file.site for file in files), why), now=now)
        if files:
            log.error("emergency expiry: the disk is nearly full", free_percent=percent, files=len(files))
        return not files

    # -- removing

    def _finish(self, now: WallUs) -> int:
        """What a crash, or a disk that refused, has left between deciding and removing."""
        return self._take(list(Expiry.objects.filter(state="removing").order_by("started_at", "pk")[:_A_ROUND]), now)

    def _remove(
        self, periods: Mapping[str, Period], level: DiskLevel, reasons: Sequence[ExpiryReason], now: WallUs
    ) -> int:
        gone = 0
        for _ in range(_A_ROUND // _AT_ONCE):
            rows = begin_removals(now=now, witnessed=self.witnessed(), periods=periods, reasons=reasons, most=_AT_ONCE)
            if not rows and level == "last":
                # Its own signature must do: the next picture is worth more than a witness's word on the oldest one.
                rows = begin_removals(now=now, witnessed=None, periods=periods, reasons=reasons, most=_AT_ONCE)
            if not rows:
                break
            gone += self._take(rows, now)
        return gone

    def _take(self, rows: Sequence[Expiry], now: WallUs) -> int:
        gone = 0
        for row in rows:
            name = RecordingName.parse(row.path)
            fault = remove_recording(self.root, name, keep_journal=row.journal_left, ops=self.ops)
            if fault:
                log.error("recording not taken away as it should", recording=row.path, fault=fault)
            finish_removal(row, fault=fault, gone=fault != "not_ours", now=now)
            gone += fault != "not_ours"
        return gone

    def _drop_journals(self) -> None:
        for row in journals_left():
            remove_journal(self.root, RecordingName.parse(row.path), ops=self.ops)
            forget_left_journal(row)

    # -- telling

    def _clock_doubted(self) -> bool:
        """Whether a witness says that this host's clock is wrong: a clock set ahead must not expire anything."""
        try:
            standing = parse_standing((self.home / LOG_STANDING / "record.json").read_bytes())
        except (FileNotFoundError, CorruptData):
            return False  # nothing is removed without the log's word either way
        return any(each.problem == "clock" for each in standing.witnesses)

    def _tell(
        self,
        room: Room,
        level: DiskLevel,
        reasons: Sequence[ExpiryReason],
        now: WallUs,
        *,
        nothing_left: bool,
        doubted: bool,
    ) -> None:
        faults = Expiry.objects.exclude(fault="").count()
        state = DiskState(now, *room, level, waiting_bytes(reasons), nothing_left, doubted, faults)
        path = self.home / DISK_STATE
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        try:
            replace_file(path, dump_disk_state(state), mode=0o640, durable=False)
        except OSError as error:
            raise Unavailable(f"couldn't tell how much room there is: {error.strerror}", code="write_failed") from error
