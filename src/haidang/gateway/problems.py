"""The one map from errors to HTTP at this edge: RFC 9457 problem details with ``code`` and a deciding ``clause``."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import JSONResponse

from haidang.core.errors import Conflict, Denied, HaidangError, InvalidInput, NotFound, Unavailable

__all__ = ["problem", "status_of"]

_BY_KIND: tuple[tuple[type[HaidangError], HTTPStatus], ...] = (
    (InvalidInput, HTTPStatus.BAD_REQUEST),
    (Denied, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)
_BY_CODE = {
    "range_not_satisfiable": HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
}


def status_of(error: HaidangError) -> HTTPStatus:
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    return next((status for kind, status in _BY_KIND if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(error: HaidangError, headers: dict[str, str] | None = None) -> JSONResponse:
    """The refusal as a response. Errors that are not the caller's (CorruptData, Fatal) keep their text here."""
    status = status_of(error)
    ours = status is HTTPStatus.INTERNAL_SERVER_ERROR
    body = {
        "type": f"urn:haidang:problem:{error.code}",
        "title": status.phrase,
        "status": int(status),
        "detail": "couldn't serve this" if ours else str(error),
        "code": error.code,
    }
    if error.clause:
        body["clause"] = error.clause
    return JSONResponse(body, int(status), headers, media_type="application/problem+json")
