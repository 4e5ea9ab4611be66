"""Where a recording lies: one tree that a person can read.

``<site>/<camera>/<YYYY-MM-DD>/<HHMMSS.mmm>Z-<stream>.mp4`` with its ``.journal`` beside it, and
``<site>/<camera>/<YYYY-MM-DD>/gaps-<stream>.journal`` for the gaps that began that day. Dates and
times are UTC (the ``Z`` says so), so names sort in time order and never repeat.
Paths here are relative, with ``/``; storage/ joins them to a root.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from haidang.core.errors import InvalidInput
from haidang.core.units import WallUs, from_datetime, to_datetime

__all__ = [
    "STREAMS",
    "RecordingName",
    "Stream",
    "check_slug",
    "check_stream",
    "day_folder",
    "gaps_journal",
    "is_slug",
]

Stream = Literal["main", "sub"]
STREAMS: tuple[Stream, ...] = get_args(Stream)

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
#: Hours to 23 here: some Pythons read 24:00 as the next day, and no recording is called so.
_NAME = re.compile(
    r"(?P<site>[a-z0-9-]{1,63})/(?P<camera>[a-z0-9-]{1,63})/(?P<date>\d{4}-\d\d-\d\d)/"
    r"(?P<time>(?:[01]\d|2[0-3])\d{4}\.\d{3})Z-(?P<stream>main|sub)\.(?:mp4|journal)",
    re.ASCII,
)


def is_slug(text: str) -> bool:
    """Whether ``text`` can name a site or camera."""
    return _SLUG.fullmatch(text) is not None


def check_slug(text: str, what: str) -> str:
    """Return ``text`` if it can name a site or camera in paths, URLs and Cedar; raise InvalidInput if not."""
    if not is_slug(text):
        raise InvalidInput(
            f"couldn't use {text!r} as {what}: 1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit",
            code="invalid_slug",
        )
    return text


def check_stream(text: str) -> Stream:
    """Return ``text`` as a stream name; raise InvalidInput for anything but ``main`` and ``sub``."""
    for stream in STREAMS:
        if text == stream:
            return stream
    raise InvalidInput(f"couldn't use {text!r} as a stream: one of {', '.join(STREAMS)}", code="invalid_stream")


@dataclass(frozen=True, slots=True, order=True)
class RecordingName:
    """Names one recording file; ``started_at`` is kept to the millisecond."""

    site: str
    camera: str
    started_at: WallUs
    stream: Stream

    def _stem(self) -> str:
        at = to_datetime(self.started_at)
        folder = day_folder(self.site, self.camera, self.started_at)
        return f"{folder}/{at:%H%M%S}.{at.microsecond // 1000:03d}Z-{self.stream}"

    @property
    def media_path(self) -> str:
        return self._stem() + ".mp4"

    @property
    def journal_path(self) -> str:
        return self._stem() + ".journal"

    @classmethod
    def parse(cls, path: str) -> RecordingName:
        """Read the name back from a relative media or journal path; raise InvalidInput if it is not one."""
        match = _NAME.fullmatch(path)
        if not match:
            raise InvalidInput(f"couldn't read {path!r} as the path of a recording", code="invalid_recording_path")
        try:
            at = datetime.fromisoformat(f"{match['date']}T{match['time']}+00:00")
        except ValueError as error:
            raise InvalidInput(f"couldn't read the time in {path!r}", code="invalid_recording_path") from error
        site, camera = check_slug(match["site"], "a site"), check_slug(match["camera"], "a camera id")
        return cls(site, camera, from_datetime(at), check_stream(match["stream"]))


def day_folder(site: str, camera: str, at: WallUs) -> str:
    """The folder of a camera's recordings that begin on the UTC day of ``at``."""
    return f"{site}/{camera}/{to_datetime(at).date().isoformat()}"


def gaps_journal(site: str, camera: str, at: WallUs, stream: Stream) -> str:
    """The journal of the gaps that began on the UTC day of ``at``."""
    return f"{day_folder(site, camera, at)}/gaps-{stream}.journal"
