"""What a failure means for the gap: one map from errors to reasons, for connections and for disks.

Details name kinds and numbers only: never an address with credentials, never what the peer sent.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from haidang.core.errors import CorruptData, InvalidInput, Unavailable
from haidang.core.journal import GapReason
from haidang.core.rtsp import RtspRefused
from haidang.recorder.excess import TooMuch
from haidang.recorder.gaps import Cause

__all__ = [
    "CameraEnded",
    "CertificateMismatch",
    "CredentialsUnreadable",
    "Failure",
    "Silent",
    "disk_cause",
    "failure_of",
]

_CREDENTIALS = (401, 403)


class Silent(Exception):  # noqa: N818 - a state of the peer, not an error of ours
    """The peer has sent no picture for too long."""


class CameraEnded(Exception):  # noqa: N818 - a state of the peer, not an error of ours
    """The camera closed the connection or said farewell; the text is a reason code."""


class CredentialsUnreadable(Exception):  # noqa: N818 - names what was found
    """The camera's sealed password does not open with this host's key."""


class CertificateMismatch(Exception):  # noqa: N818 - names what was found
    """The camera's certificate is not the pinned one."""


#: The first that fits holds. Kinds of one family stand from the special to the general.
_MEANINGS: tuple[tuple[type[BaseException], GapReason, Callable[[Any], str]], ...] = (
    (RtspRefused, GapReason.CAMERA_REFUSED, lambda error: f"RTSP {error.status}"),
    (CertificateMismatch, GapReason.CAMERA_REFUSED, lambda _: "another certificate"),
    (ssl.SSLCertVerificationError, GapReason.CAMERA_REFUSED, lambda _: "certificate not trusted"),
    (CredentialsUnreadable, GapReason.CAMERA_REFUSED, lambda _: "credentials do not open"),
    (InvalidInput, GapReason.CAMERA_REFUSED, lambda error: error.code),
    (CorruptData, GapReason.BAD_STREAM, lambda error: error.code),
    (Silent, GapReason.NETWORK, lambda _: "silent"),
    (CameraEnded, GapReason.NETWORK, str),
    (socket.gaierror, GapReason.CAMERA_UNREACHABLE, lambda _: "name not found"),
    (TimeoutError, GapReason.CAMERA_UNREACHABLE, lambda _: "no answer"),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """How an attempt to record ended."""

    cause: Cause
    #: Asking again soon may lock the account, or fill the disk.
    ask_rarely: bool = False
    #: False: a programmer's error, to be logged with its traceback.
    foreseen: bool = True


_FORESEEN = (*(kind for kind, _, _ in _MEANINGS), OSError)


def failure_of(error: BaseException, *, connected: bool) -> Failure:
    """Why a connection ended; ``connected``: it stood before."""
    reason, detail = _cause(error, connected=connected)
    rarely = isinstance(error, TooMuch) or (isinstance(error, RtspRefused) and error.status in _CREDENTIALS)
    return Failure(Cause(reason, detail), rarely, isinstance(error, _FORESEEN))


def _cause(error: BaseException, *, connected: bool) -> tuple[GapReason, str]:
    for kind, reason, detail in _MEANINGS:
        if isinstance(error, kind):
            return reason, detail(error)
    if isinstance(error, OSError):
        detail_text = type(error).__name__ if error.errno is None else f"errno {error.errno}"
        return (GapReason.NETWORK if connected else GapReason.CAMERA_UNREACHABLE), detail_text
    return GapReason.BAD_STREAM, type(error).__name__


def disk_cause(error: Unavailable) -> Cause:
    """What storage's refusal means."""
    reason = GapReason.DISK_FULL if error.code == "disk_full" else GapReason.WRITE_FAILED
    return Cause(reason, error.code)
