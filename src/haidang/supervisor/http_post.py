"""One bounded HTTP POST to a witness; the answer is a stranger's."""

from __future__ import annotations

from dataclasses import dataclass

import requests

from haidang.core.errors import Unavailable
from haidang.supervisor.witnessing import Answer

__all__ = ["HttpPost"]

_TIMEOUT_S = (2.0, 4.0)
_MAX_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class HttpPost:
    """``ca_file``: certificates by which the other is known; "" = the system's."""

    ca_file: str = ""

    def __call__(self, url: str, body: bytes) -> Answer:
        try:
            with requests.post(
                url, data=body, timeout=_TIMEOUT_S, verify=self.ca_file or True, allow_redirects=False, stream=True
            ) as response:
                answered = response.raw.read(_MAX_ANSWER_BYTES, decode_content=False)
                return Answer(response.status_code, answered)
        except (requests.RequestException, OSError) as error:
            raise Unavailable(f"couldn't ask {url}: {type(error).__name__}", code="witness_away") from error
