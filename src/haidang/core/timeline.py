"""What a day looks like: spans with pictures and gaps without, as pure interval arithmetic.

Instants are ``WallUs``; a :class:`Span` is half open, ``[started_at, ended_at)``. Law: for any window,
the spans that :func:`clip` gives and the gaps that :func:`gaps_within` gives never overlap and cover it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from haidang.core.journal import Fragment, GapReason, Record
from haidang.core.units import WallUs

__all__ = ["Gap", "Span", "clip", "complement", "gaps_within", "merge", "recorded_gaps", "spans_of"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """There are pictures from ``started_at`` until just before ``ended_at``."""

    started_at: WallUs
    ended_at: WallUs


@dataclass(frozen=True, slots=True)
class Gap:
    """There is no picture; ``ended_at`` is None while it lasts, ``reason`` None where nobody recorded one."""

    started_at: WallUs
    ended_at: WallUs | None
    reason: GapReason | None


def spans_of(fragments: Iterable[Fragment], *, tolerance_us: int = 1_500_000) -> list[Span]:
    """When the fragments (of one or more files, in any order) have pictures; holes up to the tolerance are joined."""
    raise NotImplementedError


def merge(spans: Iterable[Span], *, tolerance_us: int = 0) -> list[Span]:
    """The same time as few sorted spans; neighbours no further apart than the tolerance become one."""
    raise NotImplementedError


def clip(spans: Iterable[Span], window: Span) -> list[Span]:
    """The parts of the spans inside the window, merged and sorted."""
    raise NotImplementedError


def complement(spans: Iterable[Span], window: Span) -> list[Span]:
    """The parts of the window that no span covers."""
    raise NotImplementedError


def recorded_gaps(records: Iterable[Record]) -> list[Gap]:
    """The gaps of a gaps journal; the final reason holds."""
    raise NotImplementedError


def gaps_within(spans: Iterable[Span], recorded: Iterable[Gap], window: Span) -> list[Gap]:
    """Every hole of the window, cut where the recorded reason changes. Pictures win over a recorded gap."""
    raise NotImplementedError
