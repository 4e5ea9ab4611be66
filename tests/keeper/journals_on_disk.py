"""Journals written record by record, as a recorder leaves them, without pictures."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from haidang.core.journal import (
    Close,
    CloseReason,
    Fragment,
    FragmentFlag,
    GapClose,
    GapOpen,
    GapReason,
    Open,
    Record,
    encode,
)
from haidang.core.layout import RecordingName, Stream, gaps_journal
from haidang.core.units import Pts90k, WallUs
from haidang.footage.models import Gap, JournalPosition, RecordingFile, Span

#: 2026-11-25 10:00:00 in Việt Nam.
T0 = WallUs(1_795_575_600_000_000)
S = 1_000_000
DAY = 86_400 * S
SITE, CAMERA = "de-gi", "de-gi-1"


def at(seconds: float) -> WallUs:
    return WallUs(T0 + int(seconds * S))


def name_at(seconds: float, *, camera: str = CAMERA, stream: Stream = "main") -> RecordingName:
    return RecordingName(SITE, camera, at(seconds), stream)


def opened(name: RecordingName, sequence: int = 0) -> Open:
    return Open("avc1", 1920, 1080, 800, name.started_at, Pts90k(0), sequence=sequence)


def fragments(name: RecordingName, count: int, *, first: int = 0, each_s: float = 1.0) -> list[Record]:
    """``count`` fragments of ``each_s``, 1,000 bytes each, without a hole from the file's start on."""
    return [
        Fragment(
            800 + 1000 * n, 1000, Pts90k(int(n * each_s * 90_000)), int(each_s * 90_000),
            WallUs(name.started_at + int(n * each_s * S)), None, 25, FragmentFlag.KEYFRAME, lost_packets=n % 2,
        )
        for n in range(first, first + count)
    ]  # fmt: skip


def closed(name: RecordingName, count: int, reason: CloseReason = CloseReason.ROTATED) -> Close:
    return Close(reason, 800 + 1000 * count, WallUs(name.started_at + count * S))


def whole(name: RecordingName, count: int) -> list[Record]:
    return [opened(name), *fragments(name, count), closed(name, count)]


def append(root: Path, path: str, records: Iterable[Record]) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("ab") as file:
        file.write(b"".join(map(encode, records)))


def gap_opened(seconds: float, reason: GapReason = GapReason.NETWORK) -> GapOpen:
    return GapOpen(reason, at(seconds))


def gap_closed(began_s: float, ended_s: float, reason: GapReason = GapReason.NETWORK) -> GapClose:
    return GapClose(reason, at(began_s), at(ended_s))


def gaps_path(seconds: float, *, camera: str = CAMERA, stream: Stream = "main") -> str:
    return gaps_journal(SITE, camera, at(seconds), stream)


def all_rows() -> dict[str, list[tuple[object, ...]]]:
    """Everything the keeper writes, without row numbers."""
    return {
        "files": sorted(
            RecordingFile.objects.values_list(
                "path", "started_at", "ended_at", "size_bytes", "fragments", "lost_packets", "close_reason"
            )
        ),
        "spans": sorted(Span.objects.values_list("camera", "stream", "started_at", "ended_at")),
        "gaps": sorted(
            Gap.objects.values_list("camera", "stream", "started_at", "ended_at", "reason"), key=lambda row: row[:3]
        ),
        "positions": sorted(JournalPosition.objects.values_list("path", "mark", "finished")),
    }
