"""Answers to SETUP and OPTIONS as values: Session (RFC 2326 §12.37), Transport (§12.39), Public (§12.28)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from haidang.core.rtsp.errors import RtspProtocolError

__all__ = ["Session", "parse_channels", "parse_public"]

_TIMEOUT = re.compile(r"timeout\s*=\s*(\d{1,6})", re.IGNORECASE | re.ASCII)
_INTERLEAVED = re.compile(r"interleaved\s*=\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?", re.IGNORECASE | re.ASCII)
_DEFAULT_TIMEOUT_S = 60
_SHORTEST_S, _LONGEST_S = 1.0, 30.0


@dataclass(frozen=True, slots=True)
class Session:
    identifier: str = ""
    timeout_s: int = _DEFAULT_TIMEOUT_S

    @property
    def keep_alive_s(self) -> float:
        """Half of what the camera waits, and often enough for the routers between."""
        return min(max(self.timeout_s / 2, _SHORTEST_S), _LONGEST_S)

    @classmethod
    def parse(cls, text: str) -> Session:
        """Read the field; a missing or zero timeout is the standard's 60 s, a missing session is none."""
        identifier, _, rest = text.partition(";")
        match = _TIMEOUT.search(rest)
        return cls(identifier.strip()[:256], (int(match[1]) if match else 0) or _DEFAULT_TIMEOUT_S)


def parse_channels(transport: str) -> tuple[int, int]:
    """RTP and RTCP channel that the camera chose; 0 and 1 if it does not say.

    Raises RtspProtocolError (``rtsp_transport``) if it chose something else than interleaved TCP.
    """
    match = _INTERLEAVED.search(transport)
    if match is None:
        if transport and "TCP" not in transport.upper():
            raise RtspProtocolError("couldn't get the stream inside the connection", code="rtsp_transport")
        return 0, 1
    media = int(match[1])
    control = int(match[2]) if match[2] else media + 1
    if media > 255 or control > 255 or media == control:
        raise RtspProtocolError("couldn't use the camera's interleaved channels", code="rtsp_transport")
    return media, control


def parse_public(text: str) -> frozenset[str]:
    """The methods that the camera knows."""
    return frozenset(word.strip().upper() for word in text.split(",") if word.strip())
