"""What is running on whose right, and how it ends.

Laws: nothing runs that is not listed here; everything listed ends at its ticket's ``ends_at``, when the warden says
so, and when no warden has decided for ``warden_timeout_s`` (no stream outlives the check of its right; none starts
either until one decides again). ``end`` takes effect before it returns: the stream's own ``end`` must not wait.

Two clocks: rights end by the wall clock, silence is counted by the monotonic one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from haidang.core.errors import Unavailable
from haidang.core.messages import EndReason, OpenStream
from haidang.core.tickets import Ticket
from haidang.core.units import Clock, WallUs

__all__ = ["OpenStreams"]


@dataclass(frozen=True, slots=True)
class _Running:
    listed: OpenStream
    ends_at: WallUs
    end: Callable[[EndReason], None]


class OpenStreams:
    """The list, on the event loop's thread only."""

    def __init__(self, clock: Clock, monotonic: Callable[[], float], *, warden_timeout_s: float) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._warden_timeout_s = warden_timeout_s
        #: A start counts as a check: the warden finds us within a second, or everything ends.
        self._checked_at = monotonic()
        self._running: dict[str, _Running] = {}
        self._closing = False

    def __len__(self) -> int:
        return len(self._running)

    def check_may_start(self) -> None:
        """Raises Unavailable (``unchecked``, ``shutdown``) while nothing may start."""
        if self._closing:
            raise Unavailable("couldn't start a stream: the gateway is stopping", code="shutdown")
        if self._unchecked():
            raise Unavailable("couldn't start a stream: nobody is checking rights now", code="unchecked")

    def open(self, ticket: Ticket, end: Callable[[EndReason], None]) -> str:
        """List a stream that starts on this ticket; ``end`` stops it at once. Returns its id (public, random)."""
        self.check_may_start()
        stream_id = secrets.token_hex(8)
        listed = OpenStream(
            stream_id=stream_id, account=ticket.account, session=ticket.session, site=ticket.site, camera=ticket.camera,
            action=ticket.action, purpose=ticket.purpose, started_at=self._clock(),
        )  # fmt: skip
        self._running[stream_id] = _Running(listed, ticket.ends_at, end)
        return stream_id

    def close(self, stream_id: str) -> None:
        """Forget a stream that ended by itself; one that is gone already is fine."""
        self._running.pop(stream_id, None)

    def end(self, stream_id: str, reason: EndReason) -> bool:
        """End one; False if it is not running (any more)."""
        running = self._running.pop(stream_id, None)
        if running is None:
            return False
        running.end(reason)
        return True

    def end_all(self, reason: EndReason) -> None:
        for stream_id in list(self._running):
            self.end(stream_id, reason)

    def shut_down(self) -> None:
        """End all for good."""
        self._closing = True
        self.end_all("shutdown")

    def listed(self) -> list[OpenStream]:
        """What the warden decides about. Asking proves nothing: only ``checked`` keeps the streams running."""
        return [running.listed for running in self._running.values()]

    def checked(self) -> None:
        """A warden has decided about what was listed; what it ended has ended."""
        self._checked_at = self._monotonic()

    def tick(self) -> None:
        """End what must end by now; called several times a second."""
        if self._unchecked():
            self.end_all("unchecked")
        now = self._clock()
        for stream_id in [key for key, running in self._running.items() if running.ends_at <= now]:
            self.end(stream_id, "ticket_ended")

    def _unchecked(self) -> bool:
        return self._monotonic() - self._checked_at > self._warden_timeout_s
