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
from haidang.reconcile.scratch import LoggedFile, Scratch

__all__ = ["RowPass"]

_YOUNG_US = 90_000_000
_CHUNK = 500


class RowPass:
    """Raises the database's errors."""

    def __init__(self, scratch: Scratch, *, until_us: int) -> None:
        self._scratch, self._until_us = scratch, until_us

    def check(self) -> None:
        """Recordings, minutes and gaps."""
        self._files()
        self._rows_without_a_file()
        for site, camera, stream in self._scratch.streams():
            self._minutes(site, camera, stream)
            self._gaps(site, camera, stream)

    def _files(self) -> None:
        chunk: list[LoggedFile] = []
        for file in self._scratch.files():
            if file.reason and not file.expired_us and file.seals and file.to_us < self._until_us - _YOUNG_US:
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
                if row.started_at < self._until_us - _YOUNG_US and self._scratch.file(row.path) is None:
                    facts = Finding(
                        "row_added", row.site, row.camera, row.stream, row.path, WallUs(row.started_at),
                        WallUs(row.ended_at),
                    )  # fmt: skip
                    self._scratch.report(facts)
            behind = rows[-1].path

    def _minutes(self, site: str, camera: str, stream: str) -> None:
        """Every minute that the log tells of is a minute that pages show, and the other way round."""
        logged = self._scratch.recorded(camera, stream)
        # What has expired may still be shown: it is on its way, or was held after all.
        expired = self._scratch.recorded(camera, stream, expired=True)
        until = WallUs(self._until_us - _YOUNG_US)
        if not logged or logged[0][0] >= until:
            return
        window = Span(WallUs(logged[0][0]), until)
        shown = SpanRow.objects.filter(camera=camera, stream=stream).values_list("started_at", "ended_at")
        in_log = merge((Span(WallUs(a), WallUs(b)) for a, b in logged), tolerance_us=JOIN_US)
        in_rows = merge((Span(WallUs(a), WallUs(b)) for a, b in shown), tolerance_us=JOIN_US)
        known = merge((Span(WallUs(a), WallUs(b)) for a, b in [*logged, *expired]), tolerance_us=JOIN_US)
        for what, have, want in (("hidden", in_rows, in_log), ("invented", known, in_rows)):
            for hole in complement(have, window):
                for part in complement(complement(want, window), hole):
                    if part.ended_at - part.started_at > JOIN_US:
                        self._scratch.report(
                            Finding(
                                "row_minutes", site, camera, stream, "", part.started_at, part.ended_at,
                                {"what": what},
                            )
                        )  # fmt: skip

    def _gaps(self, site: str, camera: str, stream: str) -> None:
        rows = {row.started_at: row for row in GapRow.objects.filter(camera=camera, stream=stream)}
        for gap in self._scratch.gaps(camera, stream):
            if max(gap.from_us, gap.to_us) > self._until_us - _YOUNG_US or not gap.to_us:
                continue
            row = rows.get(gap.from_us)
            if row is None or (row.ended_at, row.reason) != (gap.to_us, gap.reason):
                found = row.reason if row else ""
                self._scratch.report(
                    Finding(
                        "row_gap", site, camera, stream, "", gap.from_us, gap.to_us,
                        {"found": found, "logged": gap.reason},
                    )
                )  # fmt: skip

    def _tell(self, kind: str, file: LoggedFile, **facts: str | int) -> None:
        self._scratch.report(
            Finding(
                kind, file.path.partition("/")[0], file.camera, file.stream, file.path, file.from_us, file.to_us, facts
            )
        )
