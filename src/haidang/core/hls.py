"""HLS playback over the original recording files: a VOD playlist of byte ranges (RFC 8216, protocol version 7).

Laws: a segment is one or more whole groups of pictures (keyframe to keyframe) of one file, so it decodes
alone; of a file that is still being recorded only groups that are complete are listed; each file has its own
EXT-X-MAP; EXT-X-DISCONTINUITY stands at every file change and at every hole inside a file, and
EXT-X-PROGRAM-DATE-TIME (UTC, ms) at the first segment and at every discontinuity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from haidang.core.journal import Fragment, Open
from haidang.core.timeline import Span, span_of
from haidang.core.units import TIMESCALE_90K, WallUs, to_datetime

__all__ = ["PlaybackFile", "Segment", "media_playlist", "segments_of"]

#: Media time that is missing inside a file (lost packets) and is no hole to a player.
_SEAMLESS_90K = TIMESCALE_90K // 5


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
    segments: list[Segment] = []
    for file in files:
        groups = [group for group in _groups(file) if _overlaps(group, window)]
        last: Fragment | None = None
        for run in _joined(groups, round(target_s * TIMESCALE_90K)):
            seamless = last is not None and _continues(last, run[0])
            segments.append(_segment(file, run, discontinuity=bool(segments) and not seamless))
            last = run[-1]
    return segments


def _groups(file: PlaybackFile) -> Iterator[list[Fragment]]:
    """The complete groups of pictures; fragments before the first keyframe cannot be decoded and are left out."""
    group: list[Fragment] = []
    for fragment in file.fragments:
        if fragment.keyframe:
            if group:
                yield group
            group = [fragment]
        elif group:
            group.append(fragment)
    if group and file.closed:
        yield group


def _overlaps(group: Sequence[Fragment], window: Span) -> bool:
    return group[0].received_at < window.ended_at and span_of(group[-1]).ended_at > window.started_at


def _joined(groups: Sequence[list[Fragment]], target_90k: int) -> Iterator[list[Fragment]]:
    """Neighbouring groups together, as long as they fit into the target and continue each other."""
    run: list[Fragment] = []
    for group in groups:
        if run and _continues(run[-1], group[0]) and _duration_90k(run) + _duration_90k(group) <= target_90k:
            run = run + group
        else:
            if run:
                yield run
            run = group
    if run:
        yield run


def _continues(before: Fragment, after: Fragment) -> bool:
    hole_90k = after.dts_90k - (before.dts_90k + before.duration_90k)
    return before.offset_bytes + before.size_bytes == after.offset_bytes and abs(hole_90k) <= _SEAMLESS_90K


def _duration_90k(run: Sequence[Fragment]) -> int:
    return run[-1].dts_90k + run[-1].duration_90k - run[0].dts_90k


def _segment(file: PlaybackFile, run: Sequence[Fragment], *, discontinuity: bool) -> Segment:
    first, last = run[0], run[-1]
    size_bytes = last.offset_bytes + last.size_bytes - first.offset_bytes
    return Segment(file, first.offset_bytes, size_bytes, _duration_90k(run), first.received_at, discontinuity)


def media_playlist(segments: Sequence[Segment]) -> str:
    """The playlist's text; without segments it is a valid playlist of nothing."""
    longest_90k = max((segment.duration_90k for segment in segments), default=TIMESCALE_90K)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{-(-longest_90k // TIMESCALE_90K)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    file: PlaybackFile | None = None
    for segment in segments:
        if segment.discontinuity:
            lines.append("#EXT-X-DISCONTINUITY")
        if segment.file is not file:
            lines.append(f'#EXT-X-MAP:URI="{segment.file.uri}",BYTERANGE="{segment.file.open.init_size_bytes}@0"')
        if segment.discontinuity or file is None:
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_utc_ms(segment.started_at)}")
        file = segment.file
        lines.append(f"#EXTINF:{segment.duration_90k / TIMESCALE_90K:.5f},")
        lines.append(f"#EXT-X-BYTERANGE:{segment.size_bytes}@{segment.offset_bytes}")
        lines.append(segment.file.uri)
    lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _utc_ms(at: WallUs) -> str:
    instant = to_datetime(at)
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"
