"""What a failure means for the gap: one map from errors to reasons, for connections and for disks.

Details name kinds and numbers only: never an address with credentials, never what the peer sent.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass

from haidang.core.errors import CorruptData, InvalidInput, Unavailable
from haidang.core.journal import GapReason
from haidang.core.rtsp import RtspProtocolError, RtspRefused
from haidang.recorder.gaps import Cause

__all__ = ["CameraEnded", "CertificateMismatch", "Failure", "Silent", "disk_cause", "failure_of"]

_CREDENTIALS = (401, 403)


class Silent(Exception):  # noqa: N818 - a state of the peer, not an error of ours
    """The peer has sent no picture for too long."""


class CameraEnded(Exception):  # noqa: N818 - a state of the peer, not an error of ours
    """The camera closed the connection or said farewell; the text is a reason code."""


class CertificateMismatch(Exception):  # noqa: N818 - names what was found
    """The camera's certificate is not the pinned one."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How an attempt to record ended."""

    cause: Cause
    #: Asking again soon may lock the account.
    credentials_refused: bool = False


def failure_of(error: BaseException, *, connected: bool) -> Failure:
    """Why a connection ended; ``connected``: it stood before."""
    reason, detail = _cause(error, connected=connected)
    refused = isinstance(error, RtspRefused) and error.status in _CREDENTIALS
    return Failure(Cause(reason, detail), refused)


def _cause(error: BaseException, *, connected: bool) -> tuple[GapReason, str]:
    match error:
        case RtspRefused():
            return GapReason.CAMERA_REFUSED, f"RTSP {error.status}"
        case RtspProtocolError():
            return GapReason.BAD_STREAM, error.code
        case CertificateMismatch():
            return GapReason.CAMERA_REFUSED, "another certificate"
        case ssl.SSLCertVerificationError():
            return GapReason.CAMERA_REFUSED, f"certificate {error.verify_code}"
        case CorruptData() if error.code == "sealed_secret":
            return GapReason.CAMERA_REFUSED, "sealed credentials do not open"
        case InvalidInput():
            return GapReason.CAMERA_REFUSED, error.code
        case CorruptData():
            return GapReason.BAD_STREAM, error.code
        case Unavailable():
            return GapReason.CAMERA_UNREACHABLE, error.code
        case Silent():
            return GapReason.NETWORK, "silent"
        case CameraEnded():
            return GapReason.NETWORK, str(error)
        case socket.gaierror():
            return GapReason.CAMERA_UNREACHABLE, "name not found"
        case TimeoutError():
            return GapReason.CAMERA_UNREACHABLE, "no answer"
        case OSError():
            detail = type(error).__name__ if error.errno is None else f"errno {error.errno}"
            return (GapReason.NETWORK if connected else GapReason.CAMERA_UNREACHABLE), detail
        case _:
            return GapReason.BAD_STREAM, type(error).__name__


def disk_cause(error: Unavailable) -> Cause:
    """What storage's refusal means."""
    reason = GapReason.DISK_FULL if error.code == "disk_full" else GapReason.WRITE_FAILED
    return Cause(reason, error.code)
