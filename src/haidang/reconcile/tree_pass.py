"""Everything below the recordings' root: what of it the log never told of, and gaps journals against the log."""

from __future__ import annotations

import os
from pathlib import Path

from haidang.core.errors import InvalidInput
from haidang.core.findings import Finding
from haidang.core.journal import read_records
from haidang.core.layout import STREAMS, RecordingName, Stream, gaps_journal, is_slug
from haidang.core.timeline import Gap, Span, complement, recorded_gaps
from haidang.core.units import WallUs
from haidang.reconcile.alive import YOUNG_US
from haidang.reconcile.scratch import LoggedGap, Scratch
from haidang.reconcile.since import Since
from haidang.storage.folders import is_day_name, names_in
from haidang.storage.plain_files import read_plain

__all__ = ["TreePass"]

#: The root of a disk of its own has it.
_OF_THE_FILE_SYSTEM = "lost+found"


class TreePass:
    """``until_us``: the time of the log's newest tick; what began later is not looked at.

    ``recorded_until`` says how far each stream that must be recorded now is: what follows wants a reason too.
    """

    def __init__(
        self, root: Path, scratch: Scratch, since: Since, *, until_us: int, recorded_until: dict[tuple[str, str], int]
    ) -> None:
        self._root, self._scratch, self._since = root, scratch, since
        self._until_us, self._recorded_until = until_us, recorded_until
        #: Of each camera the site below which it was found: one without recordings is in no path of the log.
        self._sites: dict[str, str] = {}

    def check(self) -> None:
        """The whole tree, and every minute of every stream."""
        for site in self._folders("", ignored=_OF_THE_FILE_SYSTEM):
            for camera in self._folders(site):
                self._sites.setdefault(camera, site)
                self._camera(site, camera)
        for site, camera, stream in self._scratch.streams():
            self._logged_gaps(site or self._sites.get(camera, ""), camera, stream)
            self._minutes(site, camera, stream)

    # -- files

    def _folders(self, folder: str, *, ignored: str = "") -> list[str]:
        """Those in a folder that may be a site's or a camera's; what else is there is told of."""
        found = []
        for name in self._names(folder):
            if is_slug(name) and (self._root / folder / name).is_dir():
                found.append(name)
            elif name != ignored:
                self._unknown(f"{folder}/{name}".lstrip("/"))
        return found

    def _names(self, folder: str) -> list[str]:
        try:
            return sorted(names_in(self._root / folder))
        except OSError as error:
            self._unreadable(folder, error)
            return []

    def _camera(self, site: str, camera: str) -> None:
        folder = f"{site}/{camera}"
        names = self._names(folder)
        days = [name for name in names if is_day_name(name) and (self._root / folder / name).is_dir()]
        for name in sorted(set(names) - set(days)):
            self._unknown(f"{folder}/{name}")
        for day in days:
            for name in self._names(f"{folder}/{day}"):
                if name.startswith("gaps-"):
                    self._gaps_journal(site, camera, day, name)
                else:
                    self._file(f"{folder}/{day}/{name}")

    def _file(self, path: str) -> None:
        try:
            name = RecordingName.parse(path)
        except InvalidInput:
            self._unknown(path)
            return
        if name.started_at > self._until_us - YOUNG_US or self._scratch.file(name.media_path) is not None:
            return
        if path == name.journal_path and (self._root / name.media_path).exists():
            return  # told of with its recording
        if _is_empty(self._root / name.journal_path):
            return  # a crash before the first word of it: nothing was recorded
        self._scratch.report(
            Finding("file_added", name.site, name.camera, name.stream, path, name.started_at, name.started_at)
        )

    def _unknown(self, path: str) -> None:
        self._scratch.report(Finding("file_unknown", _readable(path.partition("/")[0]), file=_readable(path)))

    def _unreadable(self, path: str, error: OSError) -> None:
        facts: dict[str, str | int] = {"why": error.strerror or ""}
        self._scratch.report(Finding("file_unreadable", path.partition("/")[0], file=_readable(path), facts=facts))

    # -- gaps

    def _gaps_journal(self, site: str, camera: str, day: str, name: str) -> None:
        """Every gap that a journal tells is logged as it stands there."""
        path = f"{site}/{camera}/{day}/{name}"
        stream = next((each for each in STREAMS if name == f"gaps-{each}.journal"), None)
        if stream is None:
            self._unknown(path)
            return
        for gap in self._gaps_in(path, tell=True) or []:
            logged = self._scratch.gap(camera, stream, gap.started_at)
            if logged is None:
                if gap.started_at < self._until_us - YOUNG_US:
                    self._tell("gap_added", site, camera, stream, path, gap)
            elif not self._says_the_same(logged, gap) and not self._is_known_since(camera, stream, gap):
                self._tell("gap_journal_changed", site, camera, stream, path, gap, logged=logged.reason)

    def _gaps_in(self, path: str, *, tell: bool = False) -> list[Gap] | None:
        """None where it cannot be read, which is told of once."""
        try:
            return recorded_gaps(read_records(read_plain(self._root / path)))
        except FileNotFoundError:
            return []
        except OSError as error:
            if tell:
                self._unreadable(path, error)
            return None

    def _is_known_since(self, camera: str, stream: str, gap: Gap) -> bool:
        return self._since.gap(camera, stream, gap.started_at) == (gap.ended_at or 0, _reason(gap))

    def _says_the_same(self, logged: LoggedGap, gap: Gap) -> bool:
        reason = _reason(gap)
        if gap.ended_at is not None and not logged.to_us:
            return gap.ended_at > self._until_us - YOUNG_US  # its end is not logged yet
        return (logged.to_us, logged.reason) == (gap.ended_at or 0, reason)

    def _logged_gaps(self, site: str, camera: str, stream: str) -> None:
        """Every gap that is logged still stands in its journal."""
        journals: dict[str, set[int] | None] = {}
        for logged in self._scratch.gaps(camera, stream):
            path = gaps_journal(site, camera, logged.from_us, _stream(stream))
            if path not in journals:
                gaps = self._gaps_in(path)
                journals[path] = None if gaps is None else {gap.started_at for gap in gaps}
            known = journals[path]
            if known is not None and logged.from_us not in known:
                self._scratch.report(
                    Finding(
                        "gap_journal_missing", site, camera, stream, path, logged.from_us, logged.to_us,
                        {"reason": logged.reason},
                    )
                )  # fmt: skip

    def _minutes(self, site: str, camera: str, stream: str) -> None:
        """What is neither recorded nor explained by a gap that was logged."""
        gaps = [
            Span(WallUs(each.from_us), WallUs(each.to_us or self._until_us))
            for each in self._scratch.gaps(camera, stream)
        ]
        holes = self._scratch.holes(camera, stream)
        last_us = self._recorded_until.get((camera, stream), 0)
        if last_us and last_us < self._until_us - YOUNG_US:
            holes.append((last_us, self._until_us))
        for from_us, to_us in holes:
            for hole in complement(gaps, Span(WallUs(from_us), WallUs(to_us))):
                if hole.ended_at - hole.started_at > _SHORT_US:
                    self._scratch.report(
                        Finding("minutes_unexplained", site, camera, stream, "", hole.started_at, hole.ended_at)
                    )

    def _tell(  # noqa: PLR0917 - where, then what
        self, kind: str, site: str, camera: str, stream: str, path: str, gap: Gap, *, logged: str = ""
    ) -> None:
        facts: dict[str, str | int] = {"found": _reason(gap), "logged": logged}
        ended = gap.ended_at or WallUs(0)
        self._scratch.report(Finding(kind, site, camera, stream, path, gap.started_at, ended, facts))


#: Gaps begin and end with pictures; clocks of both jitter.
_SHORT_US = 1_500_000


def _reason(gap: Gap) -> str:
    return gap.reason.name.lower() if gap.reason else ""


def _readable(path: str) -> str:
    """A name as it can be written down, whatever bytes it is of."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _is_empty(path: Path) -> bool:
    try:
        return path.stat().st_size == 0
    except FileNotFoundError:
        return False


def _stream(name: str) -> Stream:
    return "sub" if name == "sub" else "main"
