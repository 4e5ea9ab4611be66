"""Errors say whose fault they are and carry a stable code.

Each edge (HTTP, command line, WebSocket) maps these kinds once; nothing here knows
of statuses, pages or languages. ``code`` is stable and documented in docs/ref/errors.md;
``str(error)`` is a sentence in English that names the thing and the way out, for logs
and developers. Screens translate by ``code``.
"""

from __future__ import annotations

__all__ = [
    "Conflict",
    "CorruptData",
    "Denied",
    "Fatal",
    "HaidangError",
    "InvalidInput",
    "NotFound",
    "Unavailable",
]


class HaidangError(Exception):
    """Base of every error that this project raises on purpose."""

    default_code = "error"

    def __init__(self, message: str, *, code: str = "", clause: str = "") -> None:
        super().__init__(message)
        self.code = code or self.default_code
        #: The clause of the notice that decided, such as ``I.2.c``; empty where none did.
        self.clause = clause


class InvalidInput(HaidangError):  # noqa: N818 — named for whose fault it is
    """The caller's value cannot be used; the message names the value and what is accepted."""

    default_code = "invalid_input"


class NotFound(HaidangError):  # noqa: N818 — named for whose fault it is
    """The thing does not exist, or the caller may not know whether it does."""

    default_code = "not_found"


class Denied(HaidangError):  # noqa: N818 — named for whose fault it is
    """The caller is known and may not do this; ``clause`` says why."""

    default_code = "denied"


class Conflict(HaidangError):  # noqa: N818 — named for whose fault it is
    """The request is fine but the state has moved on."""

    default_code = "conflict"


class CorruptData(HaidangError):  # noqa: N818 — named for whose fault it is
    """Bytes that should be ours (or a peer's protocol) are not what their format says."""

    default_code = "corrupt_data"


class Unavailable(HaidangError):  # noqa: N818 — named for whose fault it is
    """A peer, disk or network does not answer now; trying again later is right."""

    default_code = "unavailable"


class Fatal(HaidangError):  # noqa: N818 — named for whose fault it is
    """The process cannot go on; the supervisor restarts it from disk."""

    default_code = "fatal"
