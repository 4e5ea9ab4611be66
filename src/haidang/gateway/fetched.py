"""Which minutes of a recording were handed to a viewer.

Laws: what is handed to the connection counts, whether or not it arrives, so a list may say a little more than was seen
and never less; it holds ``MOST_SPANS`` spans at most, beyond which the two that lie closest are told as one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from haidang.core.journal import Fragment
from haidang.core.timeline import JOIN_US, Span, merge, span_of

__all__ = ["MOST_SPANS", "Fetched", "fragments_in", "overlapped"]

MOST_SPANS = 20


def fragments_in(fragments: Sequence[Fragment], start: int, end: int) -> Sequence[Fragment]:
    """Those of which the bytes from ``start`` to ``end`` hold something; fragments lie in order."""
    first = bisect_right(fragments, start, key=lambda each: each.offset_bytes + each.size_bytes)
    return fragments[first : bisect_left(fragments, end, key=lambda each: each.offset_bytes)]


def overlapped(fragments: Sequence[Fragment], start: int, end: int) -> Span | None:
    """Their time; None for bytes without pictures."""
    held = fragments_in(fragments, start, end)
    return Span(held[0].received_at, span_of(held[-1]).ended_at) if held else None


class Fetched:
    """Of one playback session."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._us = 0

    def add(self, span: Span) -> None:
        before = _length(self._spans)
        self._spans = merge([*self._spans, span], tolerance_us=JOIN_US)
        self._us += _length(self._spans) - before
        if len(self._spans) > MOST_SPANS:
            pairs = list(zip(self._spans, self._spans[1:], strict=False))
            first, second = min(pairs, key=lambda pair: pair[1].started_at - pair[0].ended_at)
            joined = Span(first.started_at, second.ended_at)
            self._spans = [joined if each == first else each for each in self._spans if each != second]

    @property
    def seconds(self) -> int:
        """How much in all, without what lies between spans that were joined."""
        return -(-self._us // 1_000_000)

    @property
    def text(self) -> str:
        """``<from>-<to> …`` in whole seconds since 1970, outwards."""
        return " ".join(
            f"{each.started_at // 1_000_000}-{-(-each.ended_at // 1_000_000)}" for each in self._spans
        )  # fmt: skip


def _length(spans: Sequence[Span]) -> int:
    return sum(each.ended_at - each.started_at for each in spans)
