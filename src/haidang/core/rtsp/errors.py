"""Errors of a camera's connection: it said no, or it does not speak RTSP. Texts hold no credential and no address."""

from __future__ import annotations

from haidang.core.errors import CorruptData, Denied

__all__ = ["RtspProtocolError", "RtspRefused"]


class RtspRefused(Denied):
    """The camera answered with an error status."""

    default_code = "rtsp_refused"

    def __init__(self, message: str, *, status: int, code: str = "") -> None:
        super().__init__(message, code=code)
        #: RTSP status code: 401 and 403 credentials, 404 no such stream, 461 no interleaved TCP, 5xx its own trouble.
        self.status = status


class RtspProtocolError(CorruptData):
    """The camera sent what is no RTSP, SDP, RTP or video, or more of it than the bounds allow."""

    default_code = "rtsp_protocol"
