"""A player without a socket: httpx on the application, as An's browser unless told otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from gateway.cast import COOKIE, House

BASE = "http://127.0.0.1:8001"
BYTERANGE = re.compile(r"(\d+)@(\d+)")


def browser(home: House, cookie: str | None = COOKIE) -> httpx.AsyncClient:
    cookies = {} if cookie is None else {"hd_viewer": cookie}
    return httpx.AsyncClient(transport=httpx.ASGITransport(home.app), base_url=BASE, cookies=cookies)


@dataclass(frozen=True)
class Part:
    """A byte range that a playlist names."""

    url: str
    first: int
    last: int

    @property
    def header(self) -> dict[str, str]:
        return {"range": f"bytes={self.first}-{self.last}"}


def parts_of(playlist: str, url: str) -> list[Part]:
    """Initialisation segments and segments, in order."""
    found, pending = [], None
    for line in playlist.splitlines():
        if line.startswith("#EXT-X-MAP:"):
            uri = line.split('URI="')[1].split('"')[0]
            found.append(_part(urljoin(url, uri), line))
        elif line.startswith("#EXT-X-BYTERANGE:"):
            pending = line
        elif not line.startswith("#") and pending:
            found.append(_part(urljoin(url, line), pending))
            pending = None
    return found


def _part(url: str, line: str) -> Part:
    match = BYTERANGE.search(line)
    assert match, line
    size, offset = int(match[1]), int(match[2])
    return Part(url, offset, offset + size - 1)


async def playlist_of(http: httpx.AsyncClient, ticket: str, query: str = "") -> httpx.Response:
    """Redeem the ticket and follow to the session's playlist."""
    return await http.get(f"/media/playback/{ticket}/index.m3u8{query}", follow_redirects=True)
