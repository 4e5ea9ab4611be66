"""A short recording made with the real writer, and what must hold for one whatever happened to it."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

import av

from haidang.core.journal import CloseReason, Fragment
from haidang.core.layout import RecordingName
from haidang.core.units import Pts90k, WallUs
from haidang.storage import FileOps, RecordingWriter, load_index
from storage.coded_video import FRAME_90K, Clip

SITE, CAMERA = "de-gi", "de-gi-luong-vao"
#: 2026-11-25 03:04:05.678 UTC
BEGAN = WallUs(1_795_575_845_678_000)
SEAL_S = 1.0


def begin(root: Path, clip: Clip, ops: FileOps, *, now: WallUs = BEGAN, sequence: int = 0) -> RecordingWriter:
    return RecordingWriter.create(
        root, SITE, CAMERA, "main", clip.video, position_90k=Pts90k(0), sequence=sequence, now=now, ops=ops,
        seal_s=SEAL_S,
    )  # fmt: skip


def add(writer: RecordingWriter, clip: Clip, first: int, last: int, *, lost_packets: int = 0) -> Fragment:
    """Append units ``first`` to ``last`` of the clip as one fragment."""
    samples = clip.samples(first, last)
    return writer.append(
        samples,
        Pts90k(first * FRAME_90K),
        received_at=WallUs(BEGAN + first * 40_000),
        captured_at=None,
        keyframe=samples[0].keyframe,
        lost_packets=lost_packets,
    )


def record(root: Path, clip: Clip, ops: FileOps, *, sync_every: int = 3) -> RecordingName:
    """The whole clip in one file, closed."""
    writer = begin(root, clip, ops)
    for number, (first, last) in enumerate(clip.cuts()):
        add(writer, clip, first, last)
        if number % sync_every == sync_every - 1:
            writer.sync()
    writer.close(CloseReason.STOPPED, WallUs(BEGAN + 10_000_000))
    return writer.name


def decoded_frames(data: bytes) -> int:
    """How many pictures FFmpeg decodes from these bytes."""
    with av.open(BytesIO(data), mode="r") as container:
        return sum(1 for _ in container.decode(video=0))


def demuxed(data: bytes) -> list[tuple[int | None, int | None, bytes, bool]]:
    """Every packet as FFmpeg reads it: decode time, presentation time, bytes, keyframe."""
    with av.open(BytesIO(data), mode="r") as container:
        return [(p.dts, p.pts, bytes(p), p.is_keyframe) for p in container.demux(video=0) if p.size]


def check_closed(root: Path, name: RecordingName) -> int:
    """Hold a finished recording against the laws; the number of its fragments."""
    data = (root / name.media_path).read_bytes()
    index = load_index(root, name)
    assert index.close is not None
    at = index.open.init_size_bytes
    for fragment in index.fragments:
        assert fragment.offset_bytes == at
        at += fragment.size_bytes
    assert at == index.close.size_bytes <= len(data)
    at = 0
    for number, seal in enumerate(index.seals):
        assert (seal.sequence, seal.offset_bytes) == (number, at)
        at += seal.size_bytes
        assert seal.sha256 == hashlib.sha256(data[seal.offset_bytes : at]).digest()
    assert at == index.close.size_bytes
    if index.fragments:
        assert decoded_frames(data[:at]) == sum(fragment.sample_count for fragment in index.fragments)
    return len(index.fragments)
