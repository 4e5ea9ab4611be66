"""From journal records to rows. Called by the keeper alone, inside its transaction.

Law: the same records in any number of pieces and any number of times give the same rows, because spans are joined, gaps
are named by their start, and a journal's position moves in the transaction of its rows. These writes append no audit
entry: they say again what the journals on disk say.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from haidang.core.journal import Close, Fragment, GapClose, GapOpen, Open, Record
from haidang.core.layout import RecordingName
from haidang.core.timeline import JOIN_US, span_of, spans_of
from haidang.core.timeline import Span as SpanValue
from haidang.footage.models import Gap, JournalPosition, RecordingFile, Span

__all__ = ["finish_gaps_journal", "forget_everything", "keep_gaps", "keep_recording", "place_marks"]


def keep_recording(name: RecordingName, records: Sequence[Record], *, restarted: bool) -> bool:
    """Add a recording journal's new records; True if it said that the file is complete.

    ``restarted``: the journal was rewritten after a power cut and ``records`` begin at its start, so what was known of
    this file is taken back first.
    """
    path = name.media_path
    if restarted:
        _take_back(name)
    if records and isinstance(records[0], Open):
        _begin(name, records[0])
    fragments = [record for record in records if isinstance(record, Fragment)]
    close = next((record for record in records if isinstance(record, Close)), None)
    if fragments and _lengthen(path, fragments):  # False: no OPEN told how to read it, so there is nothing to play
        for span in spans_of(fragments):
            _join(name.camera, name.stream, span)
    if close is not None:
        RecordingFile.objects.filter(path=path).update(close_reason=close.reason.name.lower())
    return close is not None


def keep_gaps(camera: str, stream: str, records: Sequence[Record], *, day_us: tuple[int, int] | None = None) -> None:
    """Add a gaps journal's new records. ``day_us``: the journal was rewritten; its day's gaps are taken back first."""
    if day_us is not None:
        Gap.objects.filter(camera=camera, stream=stream, started_at__gte=day_us[0], started_at__lt=day_us[1]).delete()
    for record in records:
        if isinstance(record, GapOpen):
            Gap.objects.update_or_create(  # again with a better known reason while it lasts
                camera=camera,
                stream=stream,
                started_at=record.started_at,
                defaults={"reason": record.reason.name.lower(), "detail": record.detail},
            )
        elif isinstance(record, GapClose):
            Gap.objects.update_or_create(
                camera=camera,
                stream=stream,
                started_at=record.started_at,
                defaults={
                    "ended_at": record.ended_at, "reason": record.reason.name.lower(), "detail": record.detail,
                },
            )  # fmt: skip


def place_marks(positions: Sequence[JournalPosition]) -> None:
    """Where the next look at each of these journals goes on."""
    JournalPosition.objects.bulk_create([position for position in positions if position.pk is None])
    JournalPosition.objects.bulk_update(
        [position for position in positions if position.pk is not None], ["mark", "finished"]
    )


def finish_gaps_journal(position: JournalPosition) -> None:
    """Its day is over and none of its gaps is open: nobody writes there any more."""
    JournalPosition.objects.filter(pk=position.pk).update(finished=True)


def forget_everything() -> None:
    """Before a full rescan: drop every row that journals can say again."""
    JournalPosition.objects.all().delete()
    RecordingFile.objects.all().delete()
    Span.objects.all().delete()
    Gap.objects.all().delete()


def _begin(name: RecordingName, record: Open) -> None:
    RecordingFile.objects.get_or_create(
        path=name.media_path,
        defaults={
            "site": name.site, "camera": name.camera, "stream": name.stream, "codec": record.codec,
            "width_px": record.width_px, "height_px": record.height_px, "started_at": name.started_at,
            "ended_at": name.started_at, "size_bytes": record.init_size_bytes, "sequence": record.sequence,
        },
    )  # fmt: skip


def _lengthen(path: str, fragments: Sequence[Fragment]) -> bool:
    """Add the fragments to the file's row; False if there is none."""
    last = fragments[-1]
    changed = RecordingFile.objects.filter(path=path).update(
        ended_at=span_of(last).ended_at,
        size_bytes=last.offset_bytes + last.size_bytes,
        fragments=F("fragments") + len(fragments),
        lost_packets=F("lost_packets") + sum(fragment.lost_packets for fragment in fragments),
    )
    return changed == 1


def _take_back(name: RecordingName) -> None:
    """Remove a file's row and cut its time out of the spans."""
    row = RecordingFile.objects.filter(path=name.media_path).first()
    if row is None:
        return
    touched = Span.objects.filter(
        camera=name.camera, stream=name.stream, started_at__lt=row.ended_at, ended_at__gt=row.started_at
    )
    for span in list(touched):
        left, right = (span.started_at, row.started_at), (row.ended_at, span.ended_at)
        span.delete()
        for started_at, ended_at in (left, right):
            if started_at < ended_at:
                Span.objects.create(camera=name.camera, stream=name.stream, started_at=started_at, ended_at=ended_at)
    row.delete()


def _join(camera: str, stream: str, span: SpanValue) -> None:
    """Put a span among the rows: one with all that it touches or nearly touches."""
    near = list(
        Span.objects.filter(
            camera=camera,
            stream=stream,
            ended_at__gte=span.started_at - JOIN_US,
            started_at__lte=span.ended_at + JOIN_US,
        ).order_by("started_at")
    )
    if not near:
        Span.objects.create(camera=camera, stream=stream, started_at=span.started_at, ended_at=span.ended_at)
        return
    first, others = near[0], near[1:]
    started_at = min(first.started_at, span.started_at)
    ended_at = max(span.ended_at, *(row.ended_at for row in near))
    if others:
        Span.objects.filter(pk__in=[row.pk for row in others]).delete()
    if (started_at, ended_at) != (first.started_at, first.ended_at):
        Span.objects.filter(pk=first.pk).update(started_at=started_at, ended_at=ended_at)
