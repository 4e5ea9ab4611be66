"""Redeeming tickets: who may start a stream here, once.

Laws: a ticket is used up by the first request that may use it and by no other (a wrong holder does not burn it); it
opens one kind of door; the camera is the ticket's, never the request's. A ticket older than this process is refused,
because the process before may have redeemed it (by age, so that a host's clock may be set in either direction). Used
tickets are remembered until long after they could start anything; only validly signed ones are remembered, so the
memory is bounded by what the web process signs.
"""

from __future__ import annotations

import heapq
import hmac
from collections.abc import Callable, Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.datastructures import Headers

from haidang.core.errors import Denied, InvalidInput
from haidang.core.layout import check_slug
from haidang.core.tickets import Ticket, TicketAction, holder_of, verify_ticket
from haidang.core.units import Clock, WallUs

__all__ = ["HOLDER_COOKIE", "Redemption", "check_holder", "credentials_of"]

HOLDER_COOKIE = "hd_viewer"
#: What the wall and the monotonic clock may differ by within a ticket's minute; starting a process takes longer.
_CLOCKS_DIFFER_US = 20_000
_MAX_CREDENTIAL_CHARS = 512
_MAX_COOKIE_CHARS = 8192
#: Longer than any ticket can start, and than a clock is likely to be set back.
_REMEMBER_US = 600 * 1_000_000


def credentials_of(headers: Headers) -> list[str]:
    """What the request shows to prove whose it is: the viewer cookie, a bearer token, or nothing."""
    shown = []
    cookie = headers.get("cookie", "")
    if HOLDER_COOKIE in cookie and len(cookie) <= _MAX_COOKIE_CHARS:
        shown += [value for name, value in _cookies(cookie) if name == HOLDER_COOKIE]
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        shown.append(token.strip())
    return [credential for credential in shown if 0 < len(credential) <= _MAX_CREDENTIAL_CHARS]


def _cookies(header: str) -> Iterable[tuple[str, str]]:
    for pair in header.split(";"):
        name, _, value = pair.partition("=")
        yield name.strip(), value.strip().strip('"')


def check_holder(holder: str, credentials: Iterable[str]) -> None:
    """Raises Denied (``holder``) unless one of the credentials has the hash ``holder``; "" asks for none."""
    if holder and not any(hmac.compare_digest(holder_of(shown), holder) for shown in credentials):
        raise Denied("couldn't accept the ticket: it belongs to another viewer", code="holder")


class Redemption:
    """The gateway's memory of used tickets; one a process."""

    def __init__(self, key: Ed25519PublicKey, clock: Clock, monotonic: Callable[[], float]) -> None:
        self._key = key
        self._clock = clock
        self._monotonic = monotonic
        self._began_s = monotonic()
        self._used: set[str] = set()
        #: By the wall clock and by the monotonic one: whichever way the host's clock was set, and back.
        self._forget_at: list[tuple[WallUs, float, str]] = []

    def check(self, text: str, action: TicketAction, credentials: Iterable[str]) -> Ticket:
        """The claims of a ticket that may start ``action`` now for whoever shows these credentials. Burns nothing.

        Raises Denied: ``ticket_invalid``, ``ticket_expired``, ``ticket_action``, ``ticket_used``, ``holder``.
        """
        now = self._clock()
        ticket = verify_ticket(text, self._key, now=now)
        _check_names(ticket)
        if ticket.action != action:
            raise Denied("couldn't accept the ticket: it opens another door", code="ticket_action")
        uptime_us = (self._monotonic() - self._began_s) * 1_000_000
        if now - ticket.issued_at > uptime_us + _CLOCKS_DIFFER_US or now >= ticket.ends_at:
            raise Denied("couldn't accept the ticket: its time is over; ask for a new one", code="ticket_expired")
        check_holder(ticket.holder, credentials)
        if ticket.ticket_id in self._used:
            raise Denied("couldn't accept the ticket: it was used; ask for a new one", code="ticket_used")
        return ticket

    def burn(self, ticket: Ticket) -> None:
        """Use the ticket up. Check and burn without an await between them."""
        now, now_s = self._clock(), self._monotonic()
        while self._forget_at and self._forget_at[0][0] < now and self._forget_at[0][1] < now_s:
            self._used.discard(heapq.heappop(self._forget_at)[-1])
        self._used.add(ticket.ticket_id)
        forget = WallUs(ticket.start_by + _REMEMBER_US), now_s + _REMEMBER_US / 1_000_000, ticket.ticket_id
        heapq.heappush(self._forget_at, forget)


def _check_names(ticket: Ticket) -> None:
    """Signed by us, and still: these become parts of a path."""
    try:
        check_slug(ticket.site, "a site")
        check_slug(ticket.camera, "a camera id")
    except InvalidInput as error:
        raise Denied("couldn't accept the ticket: it is not one of ours", code="ticket_invalid") from error
