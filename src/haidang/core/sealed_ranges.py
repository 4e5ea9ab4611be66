"""When the pictures of a seal are from and to, by the fragments of its journal: the same for log and reconciliation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from haidang.core.journal import Fragment, Record, Seal
from haidang.core.timeline import Span, span_of

__all__ = ["SealedRange", "sealed_ranges", "split_at"]


@dataclass(frozen=True, slots=True)
class SealedRange:
    """``span`` is None where no fragment lies in the range: a file without pictures."""

    seal: Seal
    span: Span | None


def split_at(seal: Seal, fragments: Sequence[Fragment]) -> tuple[SealedRange, list[Fragment]]:
    """The range of a seal by the fragments before it in the journal, and those that lie behind it."""
    end = seal.offset_bytes + seal.size_bytes
    spans = [span_of(each) for each in fragments if each.offset_bytes < end]
    span = Span(spans[0].started_at, spans[-1].ended_at) if spans else None
    return SealedRange(seal, span), [each for each in fragments if each.offset_bytes >= end]


def sealed_ranges(records: Iterable[Record]) -> Iterator[SealedRange]:
    """Every sealed range of a recording's journal."""
    fragments: list[Fragment] = []
    for record in records:
        if isinstance(record, Fragment):
            fragments.append(record)
        elif isinstance(record, Seal):
            found, fragments = split_at(record, fragments)
            yield found
