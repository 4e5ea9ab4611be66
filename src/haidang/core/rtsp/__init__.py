"""RTSP client without sockets (RFC 2326, interleaved TCP): bytes in, events and bytes out; ``client.py``."""

from haidang.core.rtsp.client import MAX_FRAME_BYTES, RtspClient
from haidang.core.rtsp.errors import RtspProtocolError, RtspRefused
from haidang.core.rtsp.events import Ended, EndReason, Event, FormatChanged, FrameReceived, Playing

__all__ = [
    "MAX_FRAME_BYTES",
    "EndReason",
    "Ended",
    "Event",
    "FormatChanged",
    "FrameReceived",
    "Playing",
    "RtspClient",
    "RtspProtocolError",
    "RtspRefused",
]
