"""Playback sessions: what a playback ticket was redeemed for.

Laws: a session reads one camera within its ticket's window, for the ticket's holder; it is over 90 s after its last
use, at the ticket's ``ends_at``, or when the warden says so, and answers that are being sent are cut off then. A file
has a number that only this session knows, given when a playlist named it; only the runs of bytes granted with it are
ever sent. Whether an id was ever a session's is not told.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from haidang.core.errors import Denied, NotFound, Unavailable
from haidang.core.layout import RecordingName
from haidang.core.messages import EndReason
from haidang.core.tickets import Ticket
from haidang.core.timeline import Span
from haidang.gateway.byte_ranges import Run
from haidang.gateway.fetched import Fetched
from haidang.gateway.open_streams import OpenStreams
from haidang.gateway.redemption import check_holder

__all__ = ["IDLE_S", "PlaybackSession", "PlaybackSessions"]

IDLE_S = 90.0


@dataclass(eq=False, slots=True)
class PlaybackSession:
    """One viewer playing one camera's recordings."""

    session_id: str
    ticket: Ticket
    stream_id: str
    used_at: float
    over: bool = False
    fetched: Fetched = field(default_factory=Fetched)
    #: Answers being sent now.
    sending: set[asyncio.Task[Any]] = field(default_factory=set)
    _numbers: dict[RecordingName, int] = field(default_factory=dict)
    _files: list[tuple[RecordingName, list[Run]]] = field(default_factory=list)

    def number_of(self, name: RecordingName) -> int:
        """The file's number in this session's addresses; nothing is granted by having one."""
        number = self._numbers.setdefault(name, len(self._files))
        if number == len(self._files):
            self._files.append((name, []))
        return number

    def grant(self, number: int, runs: list[Run]) -> None:
        """These bytes of the file lie inside the ticket's window: all that may be read, until said anew."""
        self._files[number] = (self._files[number][0], runs)

    def file(self, number: int) -> tuple[RecordingName, list[Run]]:
        """Raises NotFound (``file_not_found``)."""
        if number >= len(self._files):
            raise NotFound("couldn't find that file in this session's playlists", code="file_not_found")
        return self._files[number]

    def end(self) -> None:
        self.over = True
        for task in self.sending:
            task.cancel()


class PlaybackSessions:
    """All of them; on the event loop's thread only."""

    def __init__(self, streams: OpenStreams, monotonic: Callable[[], float], *, most: int) -> None:
        self._streams = streams
        self._monotonic = monotonic
        self._most = most
        self._sessions: dict[str, PlaybackSession] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def check_may_open(self) -> None:
        """Raises Unavailable (``full``, and what OpenStreams raises)."""
        if len(self._sessions) >= self._most:
            raise Unavailable("couldn't start a playback session: there are as many as this host serves", code="full")
        self._streams.check_may_start()

    def open(self, ticket: Ticket) -> str:
        """A session on this ticket, which the caller has redeemed; its id is the secret of its addresses."""
        session_id = secrets.token_urlsafe(16)

        def end(_: EndReason) -> None:
            self._sessions.pop(session_id).end()

        stream_id = self._streams.open(ticket, end)
        self._sessions[session_id] = PlaybackSession(session_id, ticket, stream_id, self._monotonic())
        return session_id

    def use(self, session_id: str, credentials: Iterable[str]) -> PlaybackSession:
        """The running session, for its holder. Raises Denied (``session_over``, ``holder``)."""
        session = self._sessions.get(session_id)
        if session is None:
            raise Denied("couldn't go on: the playback session is over; ask for a new ticket", code="session_over")
        check_holder(session.ticket.holder, credentials)
        self.touch(session)
        return session

    def touch(self, session: PlaybackSession) -> None:
        session.used_at = self._monotonic()

    def handed(self, session: PlaybackSession, span: Span | None) -> None:
        """Pictures of this time are being sent."""
        if span is not None:
            session.fetched.add(span)
            self._streams.fetched(session.stream_id, session.fetched.text, session.fetched.seconds)

    def end_idle(self) -> None:
        before = self._monotonic() - IDLE_S
        for session in [session for session in self._sessions.values() if session.used_at < before]:
            del self._sessions[session.session_id]
            self._streams.close(session.stream_id, "idle")
            session.end()
