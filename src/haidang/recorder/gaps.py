"""When a stream is without pictures, since when and why: the decision, without disk or clock.

Law 1: a gap opens at the time of the last picture, when none has come for 1.5 s (or three of the camera's
own picture intervals, for slow cameras) or as soon as it is known that none can come; it closes at the next
picture. Law 2: gaps of a stream follow each other and never overlap. Law 3: while a gap lasts, a better
knowledge of its cause replaces the guess it was opened with (a GapOpen with the same start); only when the
*blame* passes between the camera's side and ours is the gap closed and a new one opened, so that nobody
answers for the other's minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

from haidang.core.journal import GapClose, GapOpen, GapReason
from haidang.core.units import WallUs

__all__ = ["Cause", "GapKeeper", "GapRecord"]

GapRecord = GapOpen | GapClose

_QUIET_US = 1_500_000
_QUIET_INTERVALS = 3
_OURS = frozenset(
    {
        GapReason.RECORDER_STOPPED,
        GapReason.DISK_FULL,
        GapReason.WRITE_FAILED,
        GapReason.MAINTENANCE,
        GapReason.CLOCK,
    }
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why no picture comes; ``detail`` (≤ 40 bytes) holds no secret."""

    reason: GapReason
    detail: str = ""


class GapKeeper:
    """The gaps of one stream. Each method returns the records to write, in order."""

    def __init__(self, watched_from: WallUs) -> None:
        self._last_picture_at = watched_from
        self._interval_us = 0
        self._open: GapOpen | None = None
        self._cause = Cause(GapReason.CAMERA_UNREACHABLE)

    @property
    def last_picture_at(self) -> WallUs:
        """The last picture, or the moment from which pictures were expected."""
        return self._last_picture_at

    @property
    def open_gap(self) -> GapOpen | None:
        return self._open

    def resume(
        self, *, last_picture_at: WallUs | None, open_gap: GapOpen | None, gap_ended_at: WallUs | None
    ) -> list[GapRecord]:
        """Take over what the run before left: how far it recorded, and the gap it left open.

        ``gap_ended_at``: there are pictures after that gap; the run before died before it could say so.
        """
        if open_gap is not None and gap_ended_at is None:
            self._open, self._cause = open_gap, Cause(open_gap.reason, open_gap.detail)
            self._last_picture_at = open_gap.started_at
            return []
        records: list[GapRecord] = []
        if open_gap is not None and gap_ended_at is not None:
            records.append(GapClose(open_gap.reason, open_gap.started_at, gap_ended_at, open_gap.detail))
        if last_picture_at is not None:
            self._last_picture_at = last_picture_at
            records += self._begin(Cause(GapReason.RECORDER_STOPPED), last_picture_at)
        return records

    def picture(self, at: WallUs) -> list[GapRecord]:
        """A picture arrived that will be written."""
        if self._open is None:
            step = at - self._last_picture_at
            self._interval_us += (step - self._interval_us) >> 3
            self._last_picture_at = at
            return []
        self._last_picture_at = at
        return [self._end(at)]

    def impossible(self, cause: Cause, now: WallUs, *, since: WallUs | None = None) -> list[GapRecord]:
        """No picture can come: the connection ended, the disk is full, the recorder stops.

        ``since``: the last picture that was really written, where that is earlier than the last that came.
        """
        if self._open is None:
            return self._begin(cause, min(now, self._last_picture_at if since is None else since))
        if (cause.reason in _OURS) == (self._cause.reason in _OURS):
            better_known = cause.reason != self._cause.reason
            self._cause = cause
            if not better_known:
                return []
            self._open = GapOpen(cause.reason, self._open.started_at, cause.detail)
            return [self._open]
        return [self._end(now), *self._begin(cause, max(now, self._open_started_at()))]

    def quiet(self, cause: Cause, now: WallUs) -> list[GapRecord]:
        """Called on the clock: opens a gap when pictures are overdue."""
        overdue_us = max(_QUIET_US, _QUIET_INTERVALS * self._interval_us)
        if self._open is not None or now - self._last_picture_at <= overdue_us:
            return []
        return self._begin(cause, self._last_picture_at)

    def quiet_since_loss(self, cause: Cause) -> list[GapRecord]:
        """Pictures were left out after lost packets, long enough to say so."""
        return [] if self._open is not None else self._begin(cause, self._last_picture_at)

    def clock_set(self, step_us: int, now: WallUs) -> list[GapRecord]:
        """The host's clock was set: forward leaves a hole in time, back leaves none."""
        if step_us > 0 and self._open is None:
            return self._begin(Cause(GapReason.CLOCK, f"set forward {step_us / 1e6:.1f} s"), self._last_picture_at)
        self._last_picture_at = min(self._last_picture_at, now)
        return []

    def _open_started_at(self) -> WallUs:
        return self._last_picture_at if self._open is None else self._open.started_at

    def _begin(self, cause: Cause, at: WallUs) -> list[GapRecord]:
        self._open, self._cause = GapOpen(cause.reason, at, cause.detail), cause
        return [self._open]

    def _end(self, at: WallUs) -> GapClose:
        gap = self._open
        assert gap is not None, "only an open gap ends"
        self._open = None
        return GapClose(self._cause.reason, gap.started_at, max(at, gap.started_at), self._cause.detail)
