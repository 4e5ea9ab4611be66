"""From journal records to rows. Called by the keeper alone, inside its transaction.

Law: the same records in any number of pieces and any number of times give the same rows, because spans are joined, gaps
are named by their start, and a journal's position moves in the transaction of its rows. These writes append no audit
entry: they say again what the journals on disk say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from haidang.core.journal import Close, Fragment, GapClose, GapOpen, Open, Record
from haidang.core.layout import RecordingName
from haidang.core.timeline import JOIN_US, span_of, spans_of
from haidang.core.timeline import Span as SpanValue
from haidang.footage.expiring import GONE
from haidang.footage.models import Expiry, Gap, JournalPosition, RecordingFile, Span

__all__ = [
    "NewRecords",
    "finish_gaps_journal",
    "forget_everything",
    "keep_gaps",
    "keep_recordings",
    "place_marks",
    "take_back",
]


@dataclass(frozen=True, slots=True)
class NewRecords:
    """A recording journal's records since its mark.

    ``restarted``: the journal was rewritten after a power cut and the records begin at its start, so what was known of
    this file is taken back first.
    """

    name: RecordingName
    records: Sequence[Record]
    restarted: bool = False

    @property
    def fragments(self) -> list[Fragment]:
        return [record for record in self.records if isinstance(record, Fragment)]

    @property
    def close(self) -> Close | None:
        """Says that the file is complete: nothing will follow."""
        return next((record for record in self.records if isinstance(record, Close)), None)


def keep_recordings(news: Sequence[NewRecords]) -> None:
    """Add the new records of many recording journals, with a few statements for all of them.

    A file that has expired stays expired, whatever its journal still says.
    """
    gone = _gone([each.name.media_path for each in news])
    news = [each for each in news if each.name.media_path not in gone]
    for each in news:
        if each.restarted:
            take_back(each.name)
        if each.records and isinstance(each.records[0], Open):
            _begin(each.name, each.records[0])
    # A file whose OPEN is missing cannot be read by anybody: it has no row, and its time is no span.
    paths = [each.name.media_path for each in news]
    known = set(RecordingFile.objects.filter(path__in=paths).values_list("path", flat=True))
    growing = [each for each in news if each.fragments and each.name.media_path in known]
    _lengthen(growing)
    _join([(each.name.camera, each.name.stream, span) for each in growing for span in spans_of(each.fragments)])
    for each in news:
        if each.close is not None:
            reason = each.close.reason.name.lower()
            RecordingFile.objects.filter(path=each.name.media_path).update(close_reason=reason)


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
    _many(
        "UPDATE footage_journalposition SET mark = %s, finished = %s WHERE id = %s",
        [(position.mark, position.finished, position.pk) for position in positions if position.pk is not None],
    )


def finish_gaps_journal(position: JournalPosition) -> None:
    """Its day is over and none of its gaps is open: nobody writes there any more."""
    JournalPosition.objects.filter(pk=position.pk).update(finished=True)


def forget_everything() -> None:
    """Before a full rescan: drop every row that journals can say again. Expiries, holds and replicas stay."""
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


def _lengthen(growing: Sequence[NewRecords]) -> None:
    """Add fragments to the files' rows."""
    _many(
        "UPDATE footage_recordingfile SET ended_at = %s, size_bytes = %s, fragments = fragments + %s, "
        "lost_packets = lost_packets + %s WHERE path = %s",
        [
            (
                span_of(last).ended_at, last.offset_bytes + last.size_bytes, len(each.fragments),
                sum(fragment.lost_packets for fragment in each.fragments), each.name.media_path,
            )
            for each in growing
            for last in each.fragments[-1:]
        ],
    )  # fmt: skip


def _gone(paths: Sequence[str]) -> set[str]:
    return set(Expiry.objects.filter(path__in=paths, state__in=GONE).values_list("path", flat=True))


def take_back(name: RecordingName) -> None:
    """Remove a file's row and cut its time out of the spans, with what was only joined on to it."""
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
            if started_at < ended_at and not _only_joined(row, started_at, ended_at):
                Span.objects.create(camera=name.camera, stream=name.stream, started_at=started_at, ended_at=ended_at)
    row.delete()


def _only_joined(row: RecordingFile, started_at: int, ended_at: int) -> bool:
    """Whether a piece is but the moment between two files: then it has no picture of its own."""
    if ended_at - started_at > JOIN_US:
        return False
    others = RecordingFile.objects.filter(camera=row.camera, stream=row.stream, started_at__lt=ended_at)
    return not others.exclude(pk=row.pk).filter(ended_at__gt=started_at).exists()


def _join(added: Sequence[tuple[str, str, SpanValue]]) -> None:
    """Put spans among the rows: each one with all that it touches or nearly touches."""
    if not added:
        return
    rows = Span.objects.filter(
        camera__in={camera for camera, _, _ in added},
        ended_at__gte=min(span.started_at for _, _, span in added) - JOIN_US,
        started_at__lte=max(span.ended_at for _, _, span in added) + JOIN_US,
    )
    near: dict[tuple[str, str], list[Span]] = {}
    for row in rows:
        near.setdefault((row.camera, row.stream), []).append(row)
    before = {row.pk: (row.started_at, row.ended_at) for each in near.values() for row in each}
    gone: list[int] = []
    for camera, stream, span in added:
        gone += _join_one(near.setdefault((camera, stream), []), Span(camera=camera, stream=stream), span)
    kept = [row for each in near.values() for row in each]
    if gone:
        Span.objects.filter(pk__in=gone).delete()
    _many(
        "UPDATE footage_span SET started_at = %s, ended_at = %s WHERE id = %s",
        [
            (row.started_at, row.ended_at, row.pk)
            for row in kept
            if row.pk is not None and before[row.pk] != (row.started_at, row.ended_at)
        ],
    )
    Span.objects.bulk_create([row for row in kept if row.pk is None])


def _join_one(rows: list[Span], fresh: Span, span: SpanValue) -> list[int]:
    """Change ``rows`` (of one stream) so that they hold the span; the numbers of the stored rows it swallowed."""
    touched = [
        row for row in rows if row.ended_at >= span.started_at - JOIN_US and row.started_at <= span.ended_at + JOIN_US
    ]
    # A stored row stays rather than a new one, so that a growing span keeps its row.
    touched.sort(key=lambda row: (row.pk is None, row.started_at))
    first, others = (touched[0], touched[1:]) if touched else (fresh, [])
    first.started_at = min([span.started_at, *(row.started_at for row in touched)])
    first.ended_at = max([span.ended_at, *(row.ended_at for row in touched)])
    rows[:] = [row for row in rows if row not in touched] + [first]
    return [row.pk for row in others if row.pk is not None]


def _many(statement: str, values: Sequence[tuple[str | int | bool, ...]]) -> None:
    """One prepared statement for many rows: the ORM would compile it anew for each."""
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)
