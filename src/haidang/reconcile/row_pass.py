"""Rows of the database held against the log: they are derived, so each difference is somebody's hand or our fault.

What is younger than the log's newest tick is left alone: rows and log follow the journals each at its own pace.
"""

from __future__ import annotations

from haidang.core.findings import Finding
from haidang.core.timeline import JOIN_US, Span, complement, merge
from haidang.core.units import WallUs
from haidang.footage.models import Gap as GapRow
from haidang.footage.models import RecordingFile
from haidang.footage.models import Span as SpanRow
from haidang.reconcile.alive import YOUNG_US
from haidang.reconcile.scratch import LoggedFile, LoggedGap, Scratch
from haidang.reconcile.since import Since

__all__ = ["RowPass"]

_CHUNK = 500


class RowPass:
    """Raises the database's errors."""

    def __init__(self, scratch: Scratch, since: Since, *, until_us: int) -> None:
        self._scratch, self._since, self._until_us = scratch, since, until_us

    def check(self) -> None:
        """Recordings, minutes and gaps."""
        self._files()
        self._rows_without_a_file()
        streams = {(camera, stream): site for site, camera, stream in self._scratch.streams()}
        for model in (SpanRow, GapRow):
            for key in model.objects.values_list("camera", "stream").distinct():
                streams.setdefault(key, "")
        for (camera, stream), site in sorted(streams.items()):
            self._minutes(site, camera, stream)
            self._gaps(site, camera, stream)

    def _files(self) -> None:
        chunk: list[LoggedFile] = []
        for file in self._scratch.files():
            if file.reason and not file.expired_us and file.seals and file.to_us < self._until_us - YOUNG_US:
                chunk.append(file)
            if len(chunk) == _CHUNK:
                self._compare(chunk)
                chunk = []
        self._compare(chunk)

    def _compare(self, files: list[LoggedFile]) -> None:
        rows = {row.path: row for row in RecordingFile.objects.filter(path__in=[file.path for file in files])}
        for file in files:
            row = rows.get(file.path)
            if row is None:
                if not self._since.expired(file.path):
                    self._tell("row_missing", file)
            elif (row.size_bytes, row.close_reason) != (file.size_bytes, file.reason):
                self._tell("row_changed", file, what="size_bytes", found=row.size_bytes, expected=file.size_bytes)
            elif abs(row.ended_at - file.to_us) > JOIN_US or (row.camera, row.stream) != (file.camera, file.stream):
                self._tell("row_changed", file, what="ended_at", found=row.ended_at, expected=file.to_us)

    def _rows_without_a_file(self) -> None:
        behind = ""
        while True:
            rows = list(RecordingFile.objects.filter(path__gt=behind).order_by("path")[:_CHUNK])
            if not rows:
                return
            for row in rows:
                if row.started_at < self._until_us - YOUNG_US and self._scratch.file(row.path) is None:
                    facts = Finding(
                        "row_added", row.site, row.camera, row.stream, row.path, WallUs(row.started_at),
                        WallUs(row.ended_at),
                    )  # fmt: skip
                    self._scratch.report(facts)
            behind = rows[-1].path

    def _minutes(self, site: str, camera: str, stream: str) -> None:
        """Every minute that the log tells of is a minute that pages show, and the other way round."""
        found = self._differences(camera, stream)
        if any(what == "hidden" for what, _part in found):
            self._since.catch_up()  # a time that is over by now
            found = self._differences(camera, stream)
        for what, part in found:
            self._scratch.report(
                Finding("row_minutes", site, camera, stream, "", part.started_at, part.ended_at, {"what": what})
            )

    def _differences(self, camera: str, stream: str) -> list[tuple[str, Span]]:
        logged = self._scratch.recorded(camera, stream)
        # What has expired may still be shown: it is on its way, or was held after all.
        expired = self._scratch.recorded(camera, stream, expired=True)
        shown = list(SpanRow.objects.filter(camera=camera, stream=stream).values_list("started_at", "ended_at"))
        starts = [start for start, _end in [*logged, *shown]]
        until = WallUs(self._until_us - YOUNG_US)
        if not starts or min(starts) >= until:
            return []
        window = Span(WallUs(min(starts)), until)
        in_log, in_rows, known = (_merged(each) for each in (logged, shown, [*logged, *expired]))
        return [
            (what, part)
            for what, have, want in (("hidden", in_rows, in_log), ("invented", known, in_rows))
            for hole in complement(have, window)
            for part in complement(complement(want, window), hole)
            if part.ended_at - part.started_at > JOIN_US
        ]

    def _gaps(self, site: str, camera: str, stream: str) -> None:
        rows = {row.started_at: row for row in GapRow.objects.filter(camera=camera, stream=stream)}
        for gap in self._scratch.gaps(camera, stream):
            if max(gap.from_us, gap.to_us) > self._until_us - YOUNG_US or not gap.to_us:
                continue
            row = rows.get(gap.from_us)
            if row is None or (row.ended_at, row.reason) != (gap.to_us, gap.reason):
                self._tell_gap(site, gap, found=row.reason if row else "", logged=gap.reason)
        for start, row in sorted(rows.items()):
            if start < self._until_us - YOUNG_US and self._scratch.gap(camera, stream, start) is None:
                told = LoggedGap(camera, stream, WallUs(start), WallUs(row.ended_at or 0), row.reason)
                self._tell_gap(site, told, found=row.reason, logged="")

    def _tell_gap(self, site: str, gap: LoggedGap, *, found: str, logged: str) -> None:
        facts: dict[str, str | int] = {"found": found, "logged": logged}
        self._scratch.report(Finding("row_gap", site, gap.camera, gap.stream, "", gap.from_us, gap.to_us, facts))

    def _tell(self, kind: str, file: LoggedFile, **facts: str | int) -> None:
        self._scratch.report(
            Finding(
                kind, file.path.partition("/")[0], file.camera, file.stream, file.path, file.from_us, file.to_us, facts
            )
        )


def _merged(times: list[tuple[int, int]]) -> list[Span]:
    return merge((Span(WallUs(start), WallUs(end)) for start, end in times), tolerance_us=JOIN_US)
