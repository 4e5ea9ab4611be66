"""A real process records and is killed with SIGKILL; what it left is adopted, decoded and probed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from haidang.core.units import WallUs
from haidang.core.video import VideoCodec
from haidang.storage import RealFileOps, adopt, load_index, newest_recording
from storage.coded_video import clip
from storage.recorded import BEGAN, CAMERA, SEAL_S, SITE, check_closed

pytestmark = pytest.mark.system

TESTS = Path(__file__).parents[2]
RECORD = """
import sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from haidang.storage import RealFileOps
from storage.coded_video import clip
from storage.recorded import add, begin
video = clip({codec!r}, frames=100)
writer = begin(Path({root!r}), video, RealFileOps())
for number, (first, last) in enumerate(video.cuts()):
    add(writer, video, first, last)
    print(number + 1, flush=True)
    if number % 5 == 4:
        writer.sync()
    time.sleep(0.01)
"""


def probe(path: Path) -> dict[str, Any]:
    """What ffprobe counts and whether it complains."""
    command = ["ffprobe", "-v", "warning", "-count_frames", "-show_streams", "-of", "json", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert ran.stderr == ""
    (stream,) = json.loads(ran.stdout)["streams"]
    return dict(stream)


@pytest.mark.parametrize("codec", ["avc1", "hvc1"])
@pytest.mark.parametrize("seed", range(4))
def test_a_killed_recording_plays_to_its_last_whole_fragment(tmp_path: Path, codec: VideoCodec, seed: int) -> None:
    program = RECORD.format(tests=str(TESTS), codec=codec, root=str(tmp_path))
    wait_for = random.Random(seed).randint(1, 18)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(wait_for):
            process.stdout.readline()
        time.sleep(random.Random(seed).random() / 100)
        process.kill()
        told = wait_for + len(process.stdout.readlines())
    now = WallUs(BEGAN + 60_000_000)
    (found,) = adopt(tmp_path, SITE, CAMERA, "main", now=now, ops=RealFileOps(), seal_s=SEAL_S)
    assert found.problem == ""
    name = newest_recording(tmp_path, SITE, CAMERA, "main")
    assert name is not None
    assert check_closed(tmp_path, name) >= told
    fragments = load_index(tmp_path, name).fragments
    stream = probe(tmp_path / name.media_path)
    assert int(stream["nb_read_frames"]) == sum(fragment.sample_count for fragment in fragments)
    assert stream["codec_tag_string"] == codec
    assert (stream["width"], stream["height"]) == (clip(codec).video.width_px, clip(codec).video.height_px)
