"""FFmpeg plays what the gateway serves: across a rotation and a gap in one go, and each side of a change of codec.

What counts: every coded picture arrives and FFmpeg prints no error; a playlist's stretches between discontinuities,
each asked for alone, decode to every picture. (FFmpeg 5 pays no heed to EXT-X-DISCONTINUITY: of a whole playlist it
hides the first pictures after one, and cannot follow a change of codec. Players in browsers start anew there.)
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.cast import Clock, Recorder, S
from haidang.core.journal import CloseReason
from haidang.core.units import WallUs
from storage.coded_video import clip
from system.gateway.gateway_host import GatewayHost, gateway_host, now, ticket

pytestmark = pytest.mark.system


@dataclass
class Day:
    """Two seconds, a rotation, two seconds, a gap, two seconds, then two of another codec."""

    host: GatewayHost
    starts: list[WallUs]
    ends: list[WallUs]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    host, clock = gateway_host(tmp_path), Clock(WallUs(now() - 120 * S))
    recorder, day = Recorder(host.root, clock), Day(host, [], [])
    rotated, lost, changed = CloseReason.ROTATED, CloseReason.DISCONNECTED, CloseReason.FORMAT_CHANGED
    for reason, pause_s in ((rotated, 0), (lost, 20), (changed, 0), (rotated, 0)):
        recorder.pictures = clip("hvc1" if len(day.starts) == 3 else "avc1")
        day.starts.append(clock())
        recorder.record(10)
        recorder.close(reason)
        day.ends.append(clock())
        clock.sleep(pause_s)
    with host:
        yield day


def address(day: Day, first: int, last: int) -> str:
    """An API ticket's playback address from the start of one stretch to the end of another."""
    text = ticket("view_playback", holder="")
    return f"{day.host.http}/media/playback/{text}/index.m3u8?from={day.starts[first]}&to={day.ends[last]}"


def probed(url: str, *words: str) -> dict[str, str]:
    """What ffprobe counts, without an error printed."""
    command = ["ffprobe", "-v", "error", "-of", "json", "-select_streams", "v", "-show_streams", *words, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    return dict(json.loads(done.stdout)["streams"][0])


def test_a_whole_playlist_plays_without_an_error(day: Day) -> None:
    command = ["ffmpeg", "-v", "error", "-i", address(day, 0, 2), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert probed(address(day, 0, 2), "-count_packets")["nb_read_packets"] == "150"


@pytest.mark.parametrize(("stretch", "codec"), [(0, "h264"), (1, "h264"), (2, "h264"), (3, "hevc")])
def test_each_stretch_decodes_to_every_picture(day: Day, stretch: int, codec: str) -> None:
    found = probed(address(day, stretch, stretch), "-count_frames")
    assert (found["nb_read_frames"], found["codec_name"]) == ("50", codec)
