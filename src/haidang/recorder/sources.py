"""Where pictures come from: what a stream asks of an ingest, native (``rtsp_source``) or libav (``libav_source``)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from haidang.core.video import AccessUnit, VideoFormat

__all__ = ["Address", "Sink", "Source"]


@dataclass(frozen=True, slots=True)
class Address:
    """One stream of a camera, with its credentials in clear: never logged, never in a command line."""

    url: str
    username: str
    password: str
    tls_sha256: str

    def __repr__(self) -> str:
        return f"Address({self.url})"


class Sink(Protocol):
    """Takes what comes, on the event loop."""

    def format_changed(self, video: VideoFormat) -> None: ...

    def picture(self, unit: AccessUnit) -> None: ...


class Source(Protocol):
    """One connection that stands."""

    #: Done with the error when no more pictures come.
    ended: asyncio.Future[None]

    def fail(self, error: Exception) -> None:
        """Give the connection up."""

    def keep_alive(self, now_s: float) -> None:
        """Called about four times a second, on the monotonic clock."""

    def moves(self) -> bool:
        """Whether video has come since the last call, even where no picture of it could be used yet."""

    def close(self) -> None:
        """Leave, politely where that costs no waiting."""
