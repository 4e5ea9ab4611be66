"""What went wrong, as the gap will say it."""

import errno
import socket
import ssl

import pytest

from haidang.core.errors import InvalidInput, Unavailable
from haidang.core.journal import GapReason
from haidang.core.rtsp import RtspProtocolError, RtspRefused
from haidang.recorder.failures import (
    CameraEnded,
    CertificateMismatch,
    CredentialsUnreadable,
    Silent,
    disk_cause,
    failure_of,
)

UNREACHABLE, REFUSED, NETWORK, BAD = (
    GapReason.CAMERA_UNREACHABLE,
    GapReason.CAMERA_REFUSED,
    GapReason.NETWORK,
    GapReason.BAD_STREAM,
)


@pytest.mark.parametrize(
    ("error", "connected", "reason"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), False, UNREACHABLE),
        (ConnectionResetError(errno.ECONNRESET, "reset"), True, NETWORK),
        (TimeoutError(), False, UNREACHABLE),
        (socket.gaierror(-2, "name"), False, UNREACHABLE),
        (Silent(), True, NETWORK),
        (CameraEnded("bye"), True, NETWORK),
        (RtspRefused("no", status=401), True, REFUSED),
        (RtspRefused("no", status=503), True, REFUSED),
        (CertificateMismatch(), False, REFUSED),
        (ssl.SSLCertVerificationError("no"), False, REFUSED),
        (CredentialsUnreadable(), False, REFUSED),
        (InvalidInput("no", code="libav_full"), False, REFUSED),
        (RtspProtocolError("garbage"), True, BAD),
        (ZeroDivisionError(), True, BAD),
    ],
)
def test_each_failure_has_its_reason(error: Exception, connected: bool, reason: GapReason) -> None:  # noqa: FBT001 - a table's column
    failure = failure_of(error, connected=connected)
    assert failure.cause.reason is reason
    assert len(failure.cause.detail.encode()) <= 40


def test_only_refused_credentials_wait_long() -> None:
    refused = [status for status in (401, 403, 404, 461, 503)
               if failure_of(RtspRefused("no", status=status), connected=True).ask_rarely]  # fmt: skip
    assert refused == [401, 403]


def test_only_a_programmers_error_is_unforeseen() -> None:
    assert failure_of(OSError(), connected=True).foreseen
    assert failure_of(RtspProtocolError("x"), connected=True).foreseen
    assert not failure_of(KeyError("x"), connected=True).foreseen


def test_a_disk_is_full_or_broken() -> None:
    assert disk_cause(Unavailable("x", code="disk_full")).reason is GapReason.DISK_FULL
    assert disk_cause(Unavailable("x", code="write_failed")).reason is GapReason.WRITE_FAILED
