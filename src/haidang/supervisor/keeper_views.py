"""Who watched what, which minutes, for which purpose: an entry when a stream is over (``end_view``).

Laws: the gateway keeps what is over until it was taken here, and what is taken is written before it is let go: a stream
that came and went between two looks is told, and after a crash at most told again, which is seen and left out. A stream
that ran at the last look and of which the gateway knows nothing any more (it was restarted) is told as it was then.
Lost are only streams that began and ended while both were being restarted, and what a gateway let go of unread, which
is an entry of its own (``lose_views``); each has its ticket's entry in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol

import structlog
from django.db import transaction

from haidang.accounts.entities import account_uid
from haidang.audit.actions import Fact, record
from haidang.audit.queries import written_views
from haidang.cameras.entities import camera_uid
from haidang.core.errors import Unavailable
from haidang.core.messages import EndedStream, OpenStream
from haidang.core.policy import SYSTEM_UID
from haidang.core.units import WallUs

__all__ = ["ViewKeeper", "Views"]

log = structlog.get_logger("keeper.views")

#: Longer than a gateway lets streams run that nobody checks: one that is away so long has none.
_AWAY_US = 60 * 1_000_000
#: How long before its end an entry may have been written already (a gateway that was away and is back).
_WRITTEN_US = 10 * 60 * 1_000_000
_MOST_ROUNDS = 100
_NEVER = WallUs(0)


class Views(Protocol):
    """What this needs of a gateway."""

    def open_streams(self) -> list[OpenStream]:
        """Everything that runs. Raises Unavailable when the gateway does not answer."""

    def ended_streams(self) -> tuple[list[EndedStream], int]:
        """Some of what is over and was not taken, and how many never were. Raises Unavailable."""

    def take(self, stream_ids: Sequence[str]) -> None:
        """These are written down. Raises Unavailable."""


@dataclass(slots=True)
class ViewKeeper:
    """Asks, writes, lets go."""

    gateway: Views
    _seen: dict[str, OpenStream] = field(default_factory=dict)
    _seen_at: WallUs = _NEVER
    _lost: int = 0

    def run_once(self, now: WallUs) -> int:
        """One round; how many entries were written."""
        try:
            running = {stream.stream_id: stream for stream in self.gateway.open_streams()}
            written, told = self._take(now)
        except Unavailable:
            if self._seen and abs(now - self._seen_at) > _AWAY_US:
                return self._forget(now)
            return 0
        gone = [stream for name, stream in self._seen.items() if name not in running and name not in told]
        written += self._write([self._gone(stream) for stream in gone], now)
        self._seen, self._seen_at = {name: each for name, each in running.items() if name not in told}, now
        return written

    def _take(self, now: WallUs) -> tuple[int, set[str]]:
        written, told = 0, set[str]()
        for _ in range(_MOST_ROUNDS):
            ended, lost = self.gateway.ended_streams()
            self._tell_lost(lost, now)
            if not ended:
                break
            written += self._write(ended, now)
            names = [stream.stream_id for stream in ended]
            self.gateway.take(names)
            told.update(names)
        return written, told

    def _forget(self, now: WallUs) -> int:
        """The gateway is away for good: what ran there is over."""
        streams, self._seen = list(self._seen.values()), {}
        return self._write([self._gone(stream) for stream in streams], now)

    def _gone(self, stream: OpenStream) -> EndedStream:
        return EndedStream(**asdict(stream), ended_at=self._seen_at, reason="gone")

    def _tell_lost(self, lost: int, now: WallUs) -> None:
        more = lost - self._lost if lost >= self._lost else lost  # fewer: another gateway
        self._lost = lost
        if more:
            log.error("ends of streams were lost", streams=more)
            record(now=now, actor="", action="lose_views", resource=SYSTEM_UID, facts={"streams": more})

    @staticmethod
    @transaction.atomic
    def _write(ended: Sequence[EndedStream], now: WallUs) -> int:
        if not ended:
            return 0
        since = WallUs(min(now, *(stream.ended_at for stream in ended)) - _WRITTEN_US)
        known = written_views((stream.stream_id for stream in ended), since=since)
        fresh = [stream for stream in ended if stream.stream_id not in known]
        for stream in fresh:
            record(
                now=now, actor=str(account_uid(stream.account)), action="end_view",
                resource=str(camera_uid(stream.camera)), purpose=stream.purpose, facts=_facts(stream),
            )  # fmt: skip
        return len(fresh)


def _facts(stream: EndedStream) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "of": stream.action, "stream": stream.stream_id, "ticket": stream.ticket, "session": stream.session,
        "started": stream.started_at, "ended": stream.ended_at, "reason": stream.reason,
    }  # fmt: skip
    if stream.action == "view_playback":
        facts |= {"spans": stream.fetched, "seconds": stream.fetched_s}
        spans = [part.partition("-") for part in stream.fetched.split()]
        if spans:
            facts |= {"from": int(spans[0][0]) * 1_000_000, "to": int(spans[-1][2]) * 1_000_000}
    return facts
