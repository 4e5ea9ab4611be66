"""Where a mirror reads a log: the operator's host over HTTP, or a folder. Whatever it gives is a stranger's word.

Laws: nothing larger than its kind can be is read, nothing is unpacked, no answer is waited for without end, no
redirection is followed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import requests
import urllib3
from requests.auth import AuthBase

from haidang.core.errors import CorruptData, NotFound, Unavailable
from haidang.core.tlog.merkle import HASH_BYTES
from haidang.core.tlog.tiles import CHECKPOINT_PATH, ENTRIES, MAX_ENTRY_BYTES, Tile
from haidang.storage.log_reader import read_tile

__all__ = ["MAX_BUNDLE_BYTES", "FolderSource", "HttpSource", "LogSource", "refuse_open", "token_in"]

MAX_BUNDLE_BYTES = 256 * (2 + MAX_ENTRY_BYTES)
_MAX_NOTE_BYTES = 64 * 1024
_TIMEOUT_S = (3.0, 10.0)
#: Of one answer from its first byte to its last.
_WHOLE_S = 30.0
_PIECE_BYTES = 64 * 1024


class LogSource(Protocol):
    """A log that somebody shows. Each call raises Unavailable (``log_unreachable``) where nothing is to be learned, and
    NotFound (``no_tile``) where the log lacks that file.
    """

    def checkpoint(self) -> bytes:
        """What it says of itself, signed by whoever."""

    def tile(self, tile: Tile) -> bytes:
        """A tile's bytes as they are served."""

    def ask(self, indices: Sequence[int]) -> None:
        """Have the host hash the seals at these entries again."""


@dataclass(frozen=True, slots=True)
class _Bearer(AuthBase):
    token: str

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


@dataclass(slots=True)
class HttpSource:
    """``url`` is the log's prefix; ``token_file`` is read at each call, so that it may be replaced while this runs."""

    url: str
    token_file: Path
    ca_file: str = ""
    _session: requests.Session = field(default_factory=requests.Session)

    def checkpoint(self) -> bytes:
        return self._call("GET", CHECKPOINT_PATH, _MAX_NOTE_BYTES)

    def tile(self, tile: Tile) -> bytes:
        return self._call("GET", tile.path, MAX_BUNDLE_BYTES if tile.level == ENTRIES else tile.width * HASH_BYTES)

    def ask(self, indices: Sequence[int]) -> None:
        self._call("POST", "samples", _MAX_NOTE_BYTES, {"indices": list(indices)})

    def _call(self, method: str, path: str, most_bytes: int, body: dict[str, list[int]] | None = None) -> bytes:
        ends, data = time.monotonic() + _WHOLE_S, bytearray()
        try:
            with self._session.request(
                method, f"{self.url}/{path}", json=body, auth=_Bearer(token_in(self.token_file)), timeout=_TIMEOUT_S,
                verify=self.ca_file or True, allow_redirects=False, stream=True,
                headers={"Accept-Encoding": "identity"},
            ) as response:  # fmt: skip
                if response.status_code == 404:
                    raise _lacking(f"the host has no {path}")
                if not 200 <= response.status_code < 300:
                    raise _away(f"{path}: the host answers {response.status_code}")
                for piece in response.raw.stream(_PIECE_BYTES, decode_content=False):
                    data += piece
                    if len(data) > most_bytes:
                        raise CorruptData(f"{path} is longer than {most_bytes} bytes", code="mirror_bytes")
                    if time.monotonic() > ends:
                        raise _away(f"{path}: the host takes too long")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _away(f"{path}: {type(error).__name__}") from error
        return bytes(data)


def refuse_open(path: Path, mode: int) -> None:
    """Raises Unavailable (``key_open``): a token that others can read is not used."""
    if mode & 0o077:
        raise Unavailable(f"{path} can be read by others: chmod 600 {path}", code="key_open")


def token_in(path: Path) -> str:
    """The token that opens a log. Raises Unavailable: there is none, or (``key_open``) others may read it too."""
    try:
        with path.open("rb") as file:
            refuse_open(path, os.fstat(file.fileno()).st_mode)
            return file.read().decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _away(f"no token in {path}") from error


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A log's folder, on whatever disk it was found."""

    folder: Path

    def checkpoint(self) -> bytes:
        try:
            return (self.folder / CHECKPOINT_PATH).read_bytes()
        except OSError as error:
            raise _lacking(f"no checkpoint in {self.folder}") from error

    def tile(self, tile: Tile) -> bytes:
        try:
            return read_tile(self.folder, tile)
        except (CorruptData, OSError) as error:
            raise _lacking(f"no {tile.path} in {self.folder}") from error

    def ask(self, indices: Sequence[int]) -> None:
        raise _away(f"a folder hashes nothing: {len(indices)} seals not asked for")


def _lacking(what: str) -> NotFound:
    return NotFound(f"couldn't read the log: {what}", code="no_tile")


def _away(what: str) -> Unavailable:
    return Unavailable(f"couldn't read the log: {what}", code="log_unreachable")
