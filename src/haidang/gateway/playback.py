"""The playback doors: a ticket is redeemed for a session, the session gives playlists and ranges of original files."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from haidang.core.errors import Denied, InvalidInput, NotFound
from haidang.core.layout import Stream, check_stream
from haidang.core.tickets import Ticket
from haidang.core.timeline import Span
from haidang.core.units import WallUs, from_datetime
from haidang.gateway.byte_ranges import requested_run
from haidang.gateway.parts import Parts
from haidang.gateway.playback_sessions import PlaybackSession
from haidang.gateway.range_response import RangeResponse
from haidang.gateway.redemption import credentials_of

__all__ = ["instant", "media", "playlist", "redeem"]

MAX_PLAYLIST_US = 3600 * 1_000_000
_FILE_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
_MICROSECONDS = re.compile(r"\d{1,18}", re.ASCII)
#: 9999-01-01: later instants have no date.
_LAST_US = 253_370_764_800_000_000
_MAX_INSTANT_CHARS = 40


async def redeem(request: Request) -> Response:
    """Use the ticket up and go to its session. GET alone: a HEAD of a link preview must not cost anybody a ticket."""
    if request.method != "GET":
        raise InvalidInput("couldn't redeem a ticket but by GET", code="method_not_allowed")
    parts: Parts = request.app.state.parts
    wanted = _wanted(request)
    parts.sessions.check_may_open()
    ticket = parts.redemption.check(request.path_params["ticket"], "view_playback", credentials_of(request.headers))
    parts.redemption.burn(ticket)
    session_id = parts.sessions.open(ticket)
    query = urlencode({name: value for name, value in wanted.items() if value is not None})
    return RedirectResponse(f"/media/playback/s/{session_id}/index.m3u8" + (f"?{query}" if query else ""), 303)


def _wanted(request: Request) -> dict[str, str | int | None]:
    """The query, checked for form; what the ticket allows of it is checked at the session's door."""
    start, end = (instant(request.query_params.get(name)) for name in ("from", "to"))
    return {"from": start, "to": end, "stream": check_stream(request.query_params.get("stream", "main"))}


def instant(text: str | None) -> WallUs | None:
    """RFC 3339 or microseconds since 1970 UTC; raises InvalidInput (``instant``)."""
    if text is None:
        return None
    try:
        if _MICROSECONDS.fullmatch(text):
            at = WallUs(int(text))
        else:
            # A plus sign that somebody forgot to encode arrives as a space.
            moment = datetime.fromisoformat(text.strip().replace(" ", "+") if len(text) <= _MAX_INSTANT_CHARS else "")
            at = from_datetime(moment) if moment.tzinfo else WallUs(-1)
    except (ValueError, OverflowError):
        at = WallUs(-1)
    if not 0 <= at <= _LAST_US:
        raise InvalidInput(
            "couldn't read the instant: 2026-01-31T08:00:00+07:00 or microseconds since 1970 are accepted",
            code="instant",
        )
    return at


def window_within(ticket: Ticket, start: WallUs | None, end: WallUs | None) -> Span:
    """The part of the ticket's window to list; raises InvalidInput (``window``), Denied (``outside_window``)."""
    start = ticket.window_from if start is None else start
    end = WallUs(min(start + MAX_PLAYLIST_US, ticket.window_to)) if end is None else end
    if start < ticket.window_from or end > ticket.window_to:
        raise Denied("couldn't play this: the ticket is for another time", code="outside_window")
    if not 0 < end - start <= MAX_PLAYLIST_US:
        raise InvalidInput("couldn't list this window: more than nothing, one hour at most", code="window")
    return Span(start, end)


async def playlist(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    session = _session(request, parts)
    wanted = _wanted(request)
    ticket = session.ticket
    window = window_within(ticket, instant(request.query_params.get("from")), instant(request.query_params.get("to")))
    stream: Stream = check_stream(str(wanted["stream"]))
    names = await parts.archive.names(ticket.site, ticket.camera, stream, window)
    numbered = {name: session.number_of(name) for name in names}
    text, runs = await parts.archive.playlist(numbered, window, Span(ticket.window_from, ticket.window_to))
    for number, granted in runs.items():
        session.grant(number, granted)
    if session.over:
        raise Denied("couldn't go on: the playback session is over; ask for a new ticket", code="session_over")
    if not text:
        raise NotFound("couldn't play this: nothing was recorded then", code="nothing_recorded")
    return Response(text, media_type="application/vnd.apple.mpegurl")


async def media(request: Request) -> Response:
    """A range of an original file: bytes of one granted run."""
    parts: Parts = request.app.state.parts
    session = _session(request, parts)
    name, runs = session.file(_number(request.path_params["number"]))
    length = runs[-1][1] if runs else 0
    if request.method == "HEAD":
        headers = {"content-length": str(length), "accept-ranges": "bytes"}
        return Response(status_code=200, headers=headers, media_type="video/mp4")
    asked = request.headers.get("range")
    run = requested_run(asked, runs)
    fd, fragments = await parts.archive.open(name, run)
    return RangeResponse(
        parts.archive, parts.sessions, session, fd=fd, run=run, fragments=fragments, length=length,
        partial=asked is not None,
    )  # fmt: skip


def _number(text: str) -> int:
    """Read here and not by the router, whose integers break on a number of 5,000 digits."""
    if not _FILE_NUMBER.fullmatch(text):
        raise NotFound("couldn't find that file in this session's playlists", code="file_not_found")
    return int(text)


def _session(request: Request, parts: Parts) -> PlaybackSession:
    return parts.sessions.use(request.path_params["session"], credentials_of(request.headers))
