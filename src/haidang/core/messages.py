"""What processes of one host say to each other over local sockets, as JSON lines.

**Doorbell.** Tailers bind a datagram socket in ``run/doorbell/``; a recorder worker sends
``<camera>/<stream>`` to each after a fragment's journal record is written. A lost ring costs latency only.

**Gateway control socket** ``run/gateway.sock`` (mode 0600). The warden (in the keeper) asks
``{"op": "list"}`` at least every second, gets ``{"streams": [OpenStream…]}``, decides anew about each,
and sends ``{"op": "end", "streams": {"<stream_id>": "<reason>"}}``, with no streams if none must end: that is
what says that rights were checked. A gateway that has not heard it for ``warden_timeout_s`` ends every stream:
no stream outlives the check of its right, also where the warden asks and cannot decide.

What ran and is over waits there until the keeper has written it down: ``{"op": "ended"}`` gets ``{"ended":
[EndedStream…], "lost": <how many were never taken>}``, the oldest first, and ``{"op": "taken", "streams": [<id>…]}``
lets go of them. Asked for again, the same are told again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from haidang.core.tickets import TicketAction
from haidang.core.units import WallUs

__all__ = ["EndReason", "EndedStream", "OpenStream", "OverReason"]

#: Codes that reach the browser when a stream is ended; texts for people are translations.
EndReason = Literal["session_ended", "account_ended", "grant_ended", "ticket_ended", "unchecked", "shutdown"]


#: Why a stream is over: it was ended, its viewer left, it fetched nothing any more, or a gateway took it along.
OverReason = EndReason | Literal["left", "idle", "gone"]
_NEVER = WallUs(0)


@dataclass(frozen=True, slots=True)
class OpenStream:
    """One running live stream or playback session, as the gateway reports it."""

    stream_id: str
    account: str
    session: str
    site: str
    camera: str
    action: TicketAction
    purpose: str
    started_at: WallUs
    ticket: str = ""
    #: Playback: what time of the recording was handed out, ``<from>-<to> …`` in seconds since 1970; how much in all.
    fetched: str = ""
    fetched_s: int = 0


@dataclass(frozen=True, slots=True)
class EndedStream(OpenStream):
    """One that is over."""

    ended_at: WallUs = _NEVER
    reason: OverReason = "left"
