"""Journals to rows: finds new journals, follows the open ones, and writes what they say in one transaction a round.

Laws: (1) a journal's position and its rows move in one transaction, so a kill between any two steps is caught up with
by the next start, on the same path. (2) What a failed round had read is read again from the stored marks. (3) A round
looks only at journals that are not finished and at folders of the newest days, whatever the size of the archive;
``rescan`` is the one function that reads it all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import structlog
from django.db import transaction
from django.db.models import Max

from haidang.core.errors import InvalidInput
from haidang.core.journal import Record
from haidang.core.layout import RecordingName, check_stream
from haidang.core.units import WallUs, from_datetime, to_datetime
from haidang.footage.actions import (
    NewRecords,
    finish_gaps_journal,
    forget_everything,
    keep_gaps,
    keep_recordings,
    place_marks,
)
from haidang.footage.models import Gap, JournalPosition
from haidang.storage import JournalTail
from haidang.storage.folders import day_names, names_in

__all__ = ["JournalKeeper", "rescan"]

log = structlog.get_logger("keeper.journals")

_GAPS = re.compile(r"gaps-(main|sub)\.journal", re.ASCII)
#: Journals written in one transaction: catching up after a long stop must not hold the database for long.
_AT_ONCE = 64
#: A folder's time stamp is coarse; one that changed this recently is listed again.
_SETTLED_NS = 2_000_000_000


@dataclass(slots=True)
class _Followed:
    position: JournalPosition
    tail: JournalTail
    #: None for a gaps journal.
    name: RecordingName | None


@dataclass(slots=True)
class JournalKeeper:
    """Follows every journal below ``root``."""

    root: Path
    _followed: dict[str, _Followed] = field(default_factory=dict)
    _listed_ns: dict[str, int] = field(default_factory=dict)
    #: The newest day known of each ``site/camera``.
    _newest_day: dict[str, str] = field(default_factory=dict)
    _loaded: bool = False

    def run_once(self, now: WallUs) -> int:
        """One round; how many records became rows.

        Raises whatever the database or disk raises; the next round then begins from what is stored.
        """
        try:
            if not self._loaded:
                self._load()
            self._discover(now)
            return self._follow(now)
        except BaseException:
            self._forget()
            raise

    def _load(self) -> None:
        """Go on from the stored marks."""
        for position in JournalPosition.objects.filter(finished=False):
            self._follow_position(position)
        newest = JournalPosition.objects.values_list("site", "camera").annotate(newest=Max("day"))
        self._newest_day = {f"{site}/{camera}": day for site, camera, day in newest}
        self._loaded = True

    def _forget(self) -> None:
        for followed in self._followed.values():
            followed.tail.close()
        self._followed.clear()
        self._listed_ns.clear()
        self._newest_day.clear()
        self._loaded = False

    # -- finding journals

    def _discover(self, now: WallUs) -> None:
        for camera_folder in _folders(self.root, depth=2):
            key = str(camera_folder.relative_to(self.root))
            newest = self._newest_day.get(key, "")
            for day in self._days_to_look_at(camera_folder, newest, now):
                self._list_day(key, camera_folder / day, day, now)

    def _days_to_look_at(self, camera_folder: Path, newest: str, now: WallUs) -> list[str]:
        """The newest known day and the days around today; all from the newest on after a long stop.

        The newest may lie ahead: then the host's clock was set back, and what is written now lies before it.
        """
        around = _days_around(now)
        if newest >= around[0]:
            return sorted({newest, *around})
        return [day for day in day_names(self.root, *camera_folder.parts[-2:]) if day >= newest]

    def _list_day(self, camera: str, folder: Path, day: str, now: WallUs) -> None:
        try:
            changed_ns = folder.stat().st_mtime_ns
        except FileNotFoundError:
            return
        relative = f"{camera}/{day}"
        if self._listed_ns.get(relative) == changed_ns:
            return
        names = sorted(name for name in names_in(folder) if name.endswith(".journal"))
        paths = {f"{relative}/{name}": name for name in names}
        unknown = paths.keys() - self._followed.keys()
        if unknown:
            site, _, slug = camera.partition("/")
            stored = JournalPosition.objects.filter(site=site, camera=slug, day=day).values_list("path", flat=True)
            for path in sorted(unknown - set(stored)):
                position = _new_position(path, day)
                if position is not None:
                    self._follow_position(position)
        self._newest_day[camera] = max(day, self._newest_day.get(camera, ""))
        if now * 1000 - changed_ns > _SETTLED_NS:
            self._listed_ns = {
                known: ns
                for known, ns in self._listed_ns.items()
                if not known.startswith(f"{camera}/") or known[-10:] >= _days_around(now)[0]
            }
            self._listed_ns[relative] = changed_ns

    def _follow_position(self, position: JournalPosition) -> None:
        try:
            name = None if _is_gaps(position.path) else RecordingName.parse(position.path)
            tail = JournalTail(self.root / position.path, position.mark)
        except InvalidInput:
            log.warning("journal passed over: its name or mark is not ours", path=position.path)
            return
        self._followed[position.path] = _Followed(position, tail, name)

    # -- following them

    def _follow(self, now: WallUs) -> int:
        kept = 0
        batch: list[tuple[_Followed, list[Record]]] = []
        for path in sorted(self._followed):
            followed = self._followed[path]
            records = followed.tail.read_new()
            if followed.name is None:
                followed.tail.close()  # written rarely: no need to hold it open
            if records or followed.tail.restarted:
                batch.append((followed, records))
                kept += len(records)
            if len(batch) == _AT_ONCE:
                self._write(batch)
                batch = []
        self._write(batch)
        self._let_go(now)
        return kept

    def _write(self, batch: list[tuple[_Followed, list[Record]]]) -> None:
        if not batch:
            return
        news: list[NewRecords] = []
        with transaction.atomic():
            for followed, records in batch:
                position, restarted = followed.position, followed.tail.restarted
                position.mark = followed.tail.mark
                if followed.name is not None:
                    news.append(NewRecords(followed.name, records, restarted))
                    position.finished = news[-1].close is not None
                else:
                    day = _day_us(position.day) if restarted else None
                    keep_gaps(position.camera, position.stream, records, day_us=day)
            keep_recordings(news)
            place_marks([followed.position for followed, _ in batch])

    def _let_go(self, now: WallUs) -> None:
        """Stop following what nobody writes to any more."""
        yesterday = _days_around(now)[0]
        for path, followed in list(self._followed.items()):
            position = followed.position
            if followed.name is None and position.pk is not None and position.day < yesterday:
                from_us, to_us = _day_us(position.day)
                is_open = Gap.objects.filter(
                    camera=position.camera, stream=position.stream, started_at__gte=from_us, started_at__lt=to_us,
                    ended_at=None,
                ).exists()  # fmt: skip
                if not is_open:
                    finish_gaps_journal(position)
                    position.finished = True
            if position.finished:
                followed.tail.close()
                del self._followed[path]


def rescan(root: Path, *, now: WallUs) -> int:
    """Read the whole archive again into rows, in one transaction; how many records there were."""
    with transaction.atomic():
        forget_everything()
        return JournalKeeper(root).run_once(now)


def _new_position(path: str, day: str) -> JournalPosition | None:
    site, camera, _, file = path.split("/")
    gaps = _GAPS.fullmatch(file)
    try:
        stream = check_stream(gaps[1]) if gaps else RecordingName.parse(path).stream
    except InvalidInput:
        return None  # something that a person put there
    return JournalPosition(path=path, site=site, camera=camera, stream=stream, day=day)


def _days_around(now: WallUs) -> list[str]:
    """Yesterday, today and tomorrow (UTC), as folders are named."""
    today = to_datetime(now).date()
    return [str(today + timedelta(days=n)) for n in (-1, 0, 1)]


def _is_gaps(path: str) -> bool:
    return _GAPS.fullmatch(path.rpartition("/")[2]) is not None


def _day_us(day: str) -> tuple[int, int]:
    start = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    return from_datetime(start), from_datetime(start + timedelta(days=1))


def _folders(root: Path, *, depth: int) -> Iterator[Path]:
    """The folders at a depth below root."""
    for name in sorted(names_in(root)):
        folder = root / name
        if folder.is_dir():
            if depth == 1:
                yield folder
            else:
                yield from _folders(folder, depth=depth - 1)
