"""HTTP to witnesses: bounded in time and size, no redirects; what answers is a stranger."""

from __future__ import annotations

from dataclasses import dataclass

import requests
from urllib3.exceptions import HTTPError

from haidang.core.errors import Unavailable

__all__ = ["Answer", "WitnessHttp"]

_TIMEOUT_S = (2.0, 4.0)
_MAX_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class WitnessHttp:
    """``ca_file``: certificates by which witnesses are known (PEM); "" = the system's."""

    ca_file: str = ""

    def post(self, url: str, body: bytes, /) -> Answer:
        """Raises Unavailable (``witness_away``)."""
        return self._ask("POST", url, body)

    def get(self, url: str, /) -> bytes:
        """What lies there, b"" where nothing does. Raises Unavailable (``witness_away``)."""
        answer = self._ask("GET", url)
        if answer.status not in (200, 404):
            raise Unavailable(f"couldn't read {url}: {answer.status}", code="witness_away")
        return answer.body if answer.status == 200 else b""

    def _ask(self, method: str, url: str, body: bytes = b"") -> Answer:
        try:
            with requests.request(
                method,
                url,
                data=body,
                timeout=_TIMEOUT_S,
                verify=self.ca_file or True,
                allow_redirects=False,
                stream=True,
            ) as response:
                return Answer(response.status_code, response.raw.read(_MAX_ANSWER_BYTES, decode_content=False))
        except (requests.RequestException, HTTPError, OSError) as error:
            raise Unavailable(f"couldn't ask {url}: {type(error).__name__}", code="witness_away") from error
