"""The one map from our errors to HTTP."""

from __future__ import annotations

from haidang.core.errors import Conflict, Denied, HaidangError, InvalidInput, NotFound, Unavailable

__all__ = ["Refused", "status_of"]

_STATUS: tuple[tuple[type[HaidangError], int], ...] = (
    (InvalidInput, 422),
    (NotFound, 404),
    (Denied, 403),
    (Conflict, 409),
    (Unavailable, 503),
)


class Refused(Denied):
    """A denial that a person reads: ``sentence`` is said as it stands."""

    def __init__(self, sentence: str, *, code: str, clause: str) -> None:
        super().__init__(f"couldn't do it: {code} {clause}".strip(), code=code, clause=clause)
        self.sentence = sentence


def status_of(error: HaidangError) -> int:
    """The HTTP status of an error."""
    if error.code == "unauthenticated":
        return 401
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
