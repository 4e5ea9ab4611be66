"""What can go wrong with a camera, on command: one grammar for the socket, the command line and the URL.

A fault has a kind, at most one value, a start (seconds after it was asked for, or after PLAY when asked for in
a URL) and a length (``for``; without it, until cleared). In a URL: ``?fault=hang&at=3&for=5&value=V``; it then
hits that client alone. Faults that change the picture (``PICTURE_KINDS``) take hold at the camera's next
keyframe, as in a real encoder; all others at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from haidang.core.errors import InvalidInput

__all__ = ["DEFAULTS", "KINDS", "PICTURE_KINDS", "Fault", "FaultKind", "fault_from_query", "make_fault"]

FaultKind = Literal[
    "drop",  # each RTP packet is lost with probability value (0.05)
    "hang",  # nothing is sent any more, TCP stays open, requests go unanswered
    "close",  # connections are dropped; with a length, new ones too when they ask to play
    "refuse",  # clients are dropped, requests are answered with status value (503; 401, 403, 404)
    "garbage",  # random bytes where frames should be
    "freeze",  # the encoder repeats one picture, its burnt-in clock included
    "cover",  # something dark over the lens
    "move",  # the camera looks elsewhere
    "blur",  # out of focus
    "bitrate",  # value low (a quarter) or high (double)
    "resolution",  # another picture size inside the running stream
    "rtp-jump",  # RTP time jumps by value seconds (3600), negative allowed, once
    "ntp-jump",  # sender reports tell a wall clock that is value seconds (3600) off
    "h265",  # value reconnect: clients are dropped and find H.265; in-stream: the payload changes under them
]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
PICTURE_KINDS: frozenset[FaultKind] = frozenset({"freeze", "cover", "move", "blur", "bitrate", "resolution", "h265"})

#: Value taken when none is given; kinds that are not here take no value.
DEFAULTS: Mapping[FaultKind, str] = {
    "drop": "0.05",
    "refuse": "503",
    "bitrate": "low",
    "rtp-jump": "3600",
    "ntp-jump": "3600",
    "h265": "reconnect",
}
_WORDS: Mapping[FaultKind, tuple[str, ...]] = {
    "refuse": ("401", "403", "404", "503"),
    "bitrate": ("low", "high"),
    "h265": ("reconnect", "in-stream"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    kind: FaultKind
    value: str = ""
    at_s: float = 0.0
    #: None: until cleared.
    for_s: float | None = None

    @property
    def number(self) -> float:
        """The value of ``drop``, ``rtp-jump`` and ``ntp-jump``."""
        return float(self.value)

    def active(self, elapsed_s: float) -> bool:
        """Whether the fault holds ``elapsed_s`` seconds after it was asked for."""
        return self.at_s <= elapsed_s and (self.for_s is None or elapsed_s < self.at_s + self.for_s)

    def over(self, elapsed_s: float) -> bool:
        return self.for_s is not None and elapsed_s >= self.at_s + self.for_s


def make_fault(kind: str, value: str = "", *, at_s: float = 0.0, for_s: float | None = None) -> Fault:
    """Check and complete; raises InvalidInput (``fault``) naming what is accepted."""
    if kind not in KINDS:
        raise InvalidInput(f"couldn't make a fault {kind!r}: one of {', '.join(KINDS)}", code="fault")
    known: FaultKind = kind
    if value and known not in DEFAULTS:
        raise InvalidInput(f"couldn't make a fault {kind}: it takes no value", code="fault")
    value = value or DEFAULTS.get(known, "")
    if known in _WORDS and value not in _WORDS[known]:
        raise InvalidInput(f"couldn't make {kind} of {value!r}: one of {', '.join(_WORDS[known])}", code="fault")
    if known in ("drop", "rtp-jump", "ntp-jump"):
        number = _number(value, kind)
        if known == "drop" and not 0 <= number <= 1:
            raise InvalidInput(f"couldn't drop with probability {value}: 0 to 1", code="fault")
    if at_s < 0 or (for_s is not None and for_s < 0):
        raise InvalidInput("couldn't make a fault in the past: at and for are 0 or more seconds", code="fault")
    return Fault(known, value, at_s, for_s)


def fault_from_query(query: Mapping[str, str]) -> Fault | None:
    """The fault that a URL asks for, or None; raises InvalidInput (``fault``)."""
    if "fault" not in query:
        return None
    for_s = _number(query["for"], "for") if "for" in query else None
    return make_fault(query["fault"], query.get("value", ""), at_s=_number(query.get("at", "0"), "at"), for_s=for_s)


def _number(text: str, what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) <= 1e9:
        raise InvalidInput(f"couldn't use {text!r} for {what}: a number", code="fault")
    return number
