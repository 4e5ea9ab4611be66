"""What expires, step by step; called by the keeper alone (docs/guide/retention.md).

Laws: the rows here decide, so a kill between any two steps is gone on from by the next round. A file is planned, then
logged, and only then is it decided that it goes: holds and the period are asked again in that very transaction, which
places of holds take the same lock for. From then on its pictures are no longer shown. Whatever a hold touches before
that is cancelled. These writes leave no audit entry: each file has its own in the log of recordings, before it goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from haidang.cameras.models import Site
from haidang.core.layout import RecordingName
from haidang.core.retention import DAY_US, ExpiryReason, HeldTime, StoredFile, is_held
from haidang.core.units import WallUs
from haidang.footage.actions.journal_rows import take_back
from haidang.footage.expiring import WAITING, Period, held_times
from haidang.footage.models import Expiry, JournalPosition, RecordingFile

__all__ = [
    "begin_removals",
    "cancel_held",
    "finish_removal",
    "forget_left_journal",
    "hold_lock",
    "journals_left",
    "note_logged",
    "plan_removals",
]

_MAX_POLICY = 400


def hold_lock() -> None:
    """In a transaction: holds are placed and removals decided one after the other (SQLite has one writer anyway)."""
    list(Site.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def plan_removals(
    files: Sequence[StoredFile], reason: ExpiryReason, policies: Mapping[str, str], *, now: WallUs
) -> int:
    """These files are to go; ``policies`` says of each site by which rule. A cancelled one is planned anew."""
    if not files:
        return 0
    with transaction.atomic():
        paths = [file.path for file in files]
        sequences = dict(RecordingFile.objects.filter(path__in=paths).values_list("path", "sequence"))
        Expiry.objects.filter(path__in=paths, state="cancelled").delete()
        rows = [
            Expiry(
                path=file.path, site=file.site, camera=file.camera, stream=file.stream, started_at=file.started_at,
                ended_at=file.ended_at, size_bytes=file.size_bytes, sequence=sequences[file.path], reason=reason,
                policy=policies[file.site][:_MAX_POLICY], planned_at=now,
            )
            for file in files
            if file.path in sequences
        ]  # fmt: skip
        return len(Expiry.objects.bulk_create(rows))


def note_logged(paths: Sequence[str], first: int) -> None:
    """The entries of these files stand in the log from number ``first`` on, in this order."""
    with transaction.atomic():
        for number, path in enumerate(paths, first):
            Expiry.objects.filter(path=path, state="planned").update(state="logged", log_size=number + 1)


def cancel_held(*, now: WallUs, periods: Mapping[str, Period]) -> int:
    """Take back what a hold, or a longer period, has overtaken; how many files."""
    with transaction.atomic():
        hold_lock()
        return _cancel(Expiry.objects.filter(state__in=WAITING), now, periods)


def begin_removals(
    *, now: WallUs, witnessed: int | None, periods: Mapping[str, Period], reasons: Iterable[ExpiryReason], most: int
) -> list[Expiry]:
    """Decide what goes now: the files whose entry is below ``witnessed`` in the log (None: any that is logged).

    Their rows and their time in the spans go in this transaction; the files after it, by whoever called.
    """
    with transaction.atomic():
        hold_lock()
        logged = Expiry.objects.filter(state="logged", reason__in=list(reasons)).order_by("started_at", "pk")
        if witnessed is not None:
            logged = logged.filter(log_size__lte=witnessed)
        rows = list(logged[:most])
        _cancel(rows, now, periods)
        going = [row for row in rows if row.state == "logged"]
        for row in going:
            take_back(RecordingName.parse(row.path))
            row.state = "removing"
            row.journal_left = not _has_newer(row)
            row.save(update_fields=["state", "journal_left"])
    return going


def _cancel(rows: Iterable[Expiry], now: WallUs, periods: Mapping[str, Period]) -> int:
    held = held_times(now)
    cancelled = [row for row in rows if not _may_go(row, held, periods, now)]
    for row in cancelled:
        row.state = "cancelled"
    Expiry.objects.filter(pk__in=[row.pk for row in cancelled]).update(state="cancelled")
    return len(cancelled)


def _may_go(row: Expiry, held: list[HeldTime], periods: Mapping[str, Period], now: WallUs) -> bool:
    file = StoredFile(
        row.path, row.site, row.camera, row.stream, WallUs(row.started_at), WallUs(row.ended_at), row.size_bytes
    )
    if is_held(file, held):
        return False
    if row.reason == "emergency":
        return True
    period = periods.get(row.site)
    ended_at = max(row.ended_at, RecordingName.parse(row.path).started_at)  # rows can be made old, names cannot
    return period is not None and ended_at < now - period.days * DAY_US


def _has_newer(row: Expiry) -> bool:
    """Whether the stream has a recording with a higher number: the next one counts on from that."""
    beside = {"site": row.site, "camera": row.camera, "stream": row.stream, "sequence__gt": row.sequence}
    return RecordingFile.objects.filter(**beside).exists()


def finish_removal(row: Expiry, *, fault: str, gone: bool, now: WallUs) -> None:
    """The file was taken away (``gone``), or could not be: then it is tried again."""
    with transaction.atomic():
        row.fault = fault
        if gone:
            row.state, row.removed_at = "removed", now
            if not row.journal_left:
                JournalPosition.objects.filter(path=RecordingName.parse(row.path).journal_path).delete()
        row.save(update_fields=["state", "removed_at", "fault"])


def journals_left() -> list[Expiry]:
    """Rows whose journal was left, and need not be any longer: the stream has a newer recording."""
    return [row for row in Expiry.objects.filter(state="removed", journal_left=True) if _has_newer(row)]


def forget_left_journal(row: Expiry) -> None:
    """The journal that was left is gone."""
    with transaction.atomic():
        JournalPosition.objects.filter(path=RecordingName.parse(row.path).journal_path).delete()
        Expiry.objects.filter(pk=row.pk).update(journal_left=False)
