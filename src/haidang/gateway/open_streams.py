"""What is running on whose right, and how it ends.

Laws: nothing runs that is not listed here; everything listed ends at its ticket's ``ends_at``, when the warden says
so, and when no warden has decided for ``warden_timeout_s`` (no stream outlives the check of its right; none starts
either until one decides again). ``end`` takes effect before it returns: the stream's own ``end`` must not wait.

What is over waits until it was taken, ``MOST_ENDED`` at most: beyond that the oldest are let go, and counted.

Two clocks: rights end by the wall clock, silence is counted by the monotonic one.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from itertools import islice

from haidang.core.errors import Unavailable
from haidang.core.messages import EndedStream, EndReason, OpenStream, OverReason
from haidang.core.tickets import Ticket
from haidang.core.units import Clock, WallUs

__all__ = ["MOST_ENDED", "OpenStreams"]

#: A keeper that is away for a minute, while a thousand viewers come and go every few seconds.
MOST_ENDED = 20_000
_MOST_TOLD = 200


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
        self._ended: OrderedDict[str, EndedStream] = OrderedDict()
        #: How many were over and never taken.
        self.lost = 0

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
            action=ticket.action, purpose=ticket.purpose, started_at=self._clock(), ticket=ticket.ticket_id,
        )  # fmt: skip
        self._running[stream_id] = _Running(listed, ticket.ends_at, end)
        return stream_id

    def fetched(self, stream_id: str, text: str, seconds: int) -> None:
        """What was handed to a playback session so far; of one that is over it is no news any more."""
        running = self._running.get(stream_id)
        if running is not None and (running.listed.fetched, running.listed.fetched_s) != (text, seconds):
            listed = replace(running.listed, fetched=text, fetched_s=seconds)
            self._running[stream_id] = replace(running, listed=listed)

    def close(self, stream_id: str, reason: OverReason = "left") -> None:
        """A stream that ended by itself; one that is gone already is fine."""
        running = self._running.pop(stream_id, None)
        if running is not None:
            self._over(running, reason)

    def end(self, stream_id: str, reason: EndReason) -> bool:
        """End one; False if it is not running (any more)."""
        running = self._running.pop(stream_id, None)
        if running is None:
            return False
        self._over(running, reason)
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

    def ended(self) -> list[EndedStream]:
        """Some of what is over and was not taken, the oldest first."""
        return list(islice(self._ended.values(), _MOST_TOLD))

    def taken(self, stream_ids: Iterable[str]) -> None:
        """These are written down; what is not known is fine."""
        for stream_id in stream_ids:
            self._ended.pop(stream_id, None)

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

    def _over(self, running: _Running, reason: OverReason) -> None:
        listed = running.listed
        self._ended[listed.stream_id] = EndedStream(**asdict(listed), ended_at=self._clock(), reason=reason)
        while len(self._ended) > MOST_ENDED:
            self._ended.popitem(last=False)
            self.lost += 1

    def _unchecked(self) -> bool:
        return self._monotonic() - self._checked_at > self._warden_timeout_s
