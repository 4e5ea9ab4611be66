"""HTTP to a time stamp authority (RFC 3161 section 3.4): bounded in time and size, no redirects."""

from __future__ import annotations

from dataclasses import dataclass

import requests

from haidang.core.errors import Unavailable

__all__ = ["TimestampHttp"]

_TIMEOUT_S = (5.0, 15.0)
_MAX_ANSWER_BYTES = 256 * 1024
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


@dataclass(frozen=True, slots=True)
class TimestampHttp:
    """The authority at this address."""

    url: str

    def post(self, request: bytes, /) -> bytes:
        """What it answers, unread. Raises Unavailable (``stamp_away``)."""
        try:
            with requests.post(
                self.url, data=request, headers=_HEADERS, timeout=_TIMEOUT_S, allow_redirects=False, stream=True
            ) as response:
                if response.status_code != 200:
                    raise Unavailable(f"couldn't get a time stamp: {response.status_code}", code="stamp_away")
                return bytes(response.raw.read(_MAX_ANSWER_BYTES, decode_content=False))
        except (requests.RequestException, OSError) as error:
            raise Unavailable(f"couldn't get a time stamp: {type(error).__name__}", code="stamp_away") from error
