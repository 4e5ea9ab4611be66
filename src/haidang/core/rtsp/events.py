"""What a camera's connection tells. Order: ``Playing`` first, ``Ended`` last; a format before its keyframe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from haidang.core.video import AccessUnit, VideoFormat

__all__ = ["EndReason", "Ended", "Event", "FormatChanged", "FrameReceived", "Playing"]

#: ``bye`` RTCP BYE · ``torn_down`` our TEARDOWN was answered · ``closed_by_camera`` its TEARDOWN ·
#: ``redirected`` it wants us elsewhere (we ask again at the same address: a redirect may not carry credentials away).
EndReason = Literal["bye", "torn_down", "closed_by_camera", "redirected"]


@dataclass(frozen=True, slots=True)
class Playing:
    """The camera sends. ``format`` is the SDP's; None if it names none: FormatChanged then precedes the first frame."""

    format: VideoFormat | None
    #: Call ``keep_alive()`` this often.
    keep_alive_s: float


@dataclass(frozen=True, slots=True)
class FormatChanged:
    """From the keyframe that follows on, pictures are of this format."""

    format: VideoFormat


@dataclass(frozen=True, slots=True)
class FrameReceived:
    unit: AccessUnit


@dataclass(frozen=True, slots=True)
class Ended:
    """No more pictures come on this connection; close it."""

    reason: EndReason


Event = Playing | FormatChanged | FrameReceived | Ended
