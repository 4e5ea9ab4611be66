"""A playlist over two recordings, one still running, read by FFmpeg's HLS demuxer from the original files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from haidang.core.hls import PlaybackFile, media_playlist, segments_of
from haidang.core.timeline import Span
from haidang.core.units import WallUs
from haidang.storage import RealFileOps, load_index
from storage.coded_video import clip
from storage.recorded import BEGAN, add, begin, record

pytestmark = pytest.mark.system


def packets(playlist: Path) -> int:
    command = [
        "ffprobe", "-v", "error", "-allowed_extensions", "ALL", "-count_packets",
        "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", str(playlist),
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return int(ran.stdout.split()[0].strip(","))


def test_closed_and_running_recordings_play_from_one_playlist(tmp_path: Path) -> None:
    video = clip(frames=100)
    first = record(tmp_path, video, RealFileOps())
    running = begin(tmp_path, video, RealFileOps(), now=WallUs(BEGAN + 5_000_000))
    for begun, ended in video.cuts()[:5]:
        add(running, video, begun, ended)
    files = []
    for name, closed in ((first, True), (running.name, False)):
        index = load_index(tmp_path, name)
        files.append(PlaybackFile(name.media_path, index.open, index.fragments, closed))
    playlist = tmp_path / "index.m3u8"
    playlist.write_text(media_playlist(segments_of(files, Span(WallUs(0), WallUs(2 * BEGAN)))))
    whole_groups_of_the_running_file = 20
    assert packets(playlist) == 100 + whole_groups_of_the_running_file
