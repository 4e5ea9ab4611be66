"""Tickets: what the control plane hands a browser so that the media plane moves bytes.

A ticket is ``base64url(JSON) "." base64url(Ed25519 signature)``. The web process holds the private
key; the gateway holds only the public one, so it can check tickets and never make them.
A ticket starts one stream, once, within 60 s; what then runs ends at ``ends_at`` at the latest.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Literal, get_args

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from haidang.core.errors import Denied, InvalidInput
from haidang.core.units import WallUs

__all__ = ["MAX_START_S", "MAX_TICKET_CHARS", "Ticket", "TicketAction", "holder_of", "sign_ticket", "verify_ticket"]

TicketAction = Literal["view_live", "view_playback"]
_ACTIONS = get_args(TicketAction)
#: A ticket that is not used within this time is dead.
MAX_START_S = 60
MAX_TICKET_CHARS = 4096
_NO_TIME = WallUs(0)


@dataclass(frozen=True, slots=True)
class Ticket:
    """The claims. ``account`` and ``camera`` are ids as in Cedar UIDs, without the type."""

    ticket_id: str
    account: str
    #: Public name of the login session or API token it was issued to; ending that ends the stream.
    session: str
    #: SHA-256 hex of the credential that must accompany the request (``holder_of``); "" for API tokens.
    holder: str
    site: str
    camera: str
    action: TicketAction
    purpose: str
    issued_at: WallUs
    start_by: WallUs
    ends_at: WallUs
    #: Ids of the permitting policies, for the access log.
    policies: tuple[str, ...] = ()
    #: The playback window; both 0 for live.
    window_from: WallUs = _NO_TIME
    window_to: WallUs = _NO_TIME


def holder_of(credential: str) -> str:
    """What a ticket stores of the viewer's credential: its SHA-256, never the credential."""
    return hashlib.sha256(credential.encode()).hexdigest()


def sign_ticket(ticket: Ticket, key: Ed25519PrivateKey) -> str:
    """The ticket as text that is safe in a URL path."""
    assert ticket.start_by - ticket.issued_at <= MAX_START_S * 1_000_000, "a ticket must start within 60 s"
    payload = json.dumps(asdict(ticket), separators=(",", ":"), ensure_ascii=False).encode()
    return f"{_b64(payload)}.{_b64(key.sign(payload))}"


def verify_ticket(text: str, key: Ed25519PublicKey, *, now: WallUs) -> Ticket:
    """The claims of a ticket that may start now.

    Raises Denied (``ticket_invalid``, ``ticket_expired``). Single use and the holder are the gateway's to check.
    """
    if len(text) > MAX_TICKET_CHARS:
        raise Denied("couldn't accept the ticket: it is too long", code="ticket_invalid")
    payload_text, _, signature_text = text.partition(".")
    try:
        payload = _unb64(payload_text)
        key.verify(_unb64(signature_text), payload)
        ticket = _parse(payload)
    except (InvalidSignature, InvalidInput) as error:
        raise Denied("couldn't accept the ticket: it is not one of ours", code="ticket_invalid") from error
    if not ticket.issued_at - 5_000_000 <= now <= ticket.start_by:
        raise Denied("couldn't accept the ticket: its time to start is over; ask for a new one", code="ticket_expired")
    return ticket


def _parse(payload: bytes) -> Ticket:
    try:
        claims = json.loads(payload)
        ticket = Ticket(**{**claims, "policies": tuple(claims["policies"])})
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidInput(f"unreadable claims: {error!r}", code="ticket_invalid") from error
    times = (ticket.issued_at, ticket.start_by, ticket.ends_at, ticket.window_from, ticket.window_to)
    texts = (
        ticket.ticket_id, ticket.account, ticket.session, ticket.holder, ticket.site, ticket.camera, ticket.purpose,
        *ticket.policies,
    )  # fmt: skip
    if (
        any(type(at) is not int for at in times)
        or any(type(text) is not str for text in texts)
        or ticket.action not in _ACTIONS
        or type(claims["policies"]) is not list
        or set(claims) != {field.name for field in fields(Ticket)}
        or ticket.start_by - ticket.issued_at > MAX_START_S * 1_000_000
    ):
        raise InvalidInput("unknown claims", code="ticket_invalid")
    return ticket


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    """Strict: one text a value, so that a ticket cannot be re-spelt to pass a replay list."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("not base64url", code="ticket_invalid") from error
    if _b64(raw) != text:
        raise InvalidInput("not canonical base64url", code="ticket_invalid")
    return raw
