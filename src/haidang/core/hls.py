"""HLS playback over the original recording files: a VOD playlist of byte ranges (RFC 8216, protocol version 7).

Laws: a segment is one or more whole groups of pictures (keyframe to keyframe) of one file, so it decodes
alone; of a file that is still being recorded only groups that are complete are listed; each file has its own
EXT-X-MAP; EXT-X-DISCONTINUITY stands at every file change and at every hole inside a file, and
EXT-X-PROGRAM-DATE-TIME (UTC, ms) beside the first segment and every discontinuity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from haidang.core.journal import Fragment, Open
from haidang.core.timeline import Span
from haidang.core.units import WallUs

__all__ = ["PlaybackFile", "Segment", "media_playlist", "segments_of"]


@dataclass(frozen=True, slots=True)
class PlaybackFile:
    """One recording file as its journal describes it. ``uri`` goes into the playlist as it is."""

    uri: str
    open: Open
    fragments: Sequence[Fragment]
    #: True once the journal has its CLOSE: then the last group of pictures is complete too.
    closed: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A byte range of whole groups of pictures."""

    file: PlaybackFile
    offset_bytes: int
    size_bytes: int
    duration_90k: int
    started_at: WallUs
    #: The segment does not continue the one before it.
    discontinuity: bool


def segments_of(files: Sequence[PlaybackFile], window: Span, *, target_s: float = 4.0) -> list[Segment]:
    """The segments that overlap the window, in the order of the files; groups are joined up to ``target_s``."""
    raise NotImplementedError


def media_playlist(segments: Sequence[Segment]) -> str:
    """The playlist's text (CRLF-free, ends with EXT-X-ENDLIST)."""
    raise NotImplementedError
