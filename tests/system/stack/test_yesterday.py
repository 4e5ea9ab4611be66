"""Yesterday's minute plays: recorded under a clock that the test moved back by a day, played under today's."""

import os
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from system.stack.conftest import Stack, running
from system.waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.timeout(500)]

CAMERA = "de-gi-luong-vao"
MOVED_CLOCK = Path(__file__).parent / "moved_clock"
RECORD_S = 20


@pytest.fixture
def stack_since_yesterday(tmp_path: Path) -> Iterator[Stack]:
    path = os.pathsep.join([str(MOVED_CLOCK), *filter(None, [os.environ.get("PYTHONPATH")])])
    moved = {"PYTHONPATH": path, "HAIDANG_TEST_CLOCK_S": "-86400"}
    with running(tmp_path, **moved) as stack:
        time.sleep(RECORD_S)
        stack.stop()
        stack.environment, stack.output = {}, []
        stack.start()
        yield stack


def test_it_plays(stack_since_yesterday: Stack) -> None:
    now = datetime.now(UTC)
    day = {"from": (now - timedelta(hours=30)).isoformat(), "to": (now - timedelta(hours=20)).isoformat()}
    with stack_since_yesterday.client("ca-phu-cat") as client:

        def spans() -> list[dict[str, str]]:
            answer = client.get("/api/v1/recordings", params={"camera": CAMERA, **day})
            return list(answer.raise_for_status().json()["spans"])

        found = eventually(spans, "yesterday's span in the API")
        span = {key: datetime.fromisoformat(found[0][key]) for key in ("from", "to")}
        assert (span["to"] - span["from"]).total_seconds() > RECORD_S / 2
        assert abs((now - span["from"]).total_seconds() - 86400) < 300
        asked = {"action": "view_playback", "from": found[0]["from"], "to": found[0]["to"]}
        ticket = client.post(f"/api/v1/cameras/{CAMERA}/tickets", json=asked)
    url = str(ticket.raise_for_status().json()["url"])
    command = ["ffmpeg", "-v", "error", "-i", url, "-map", "0:v", "-f", "framemd5", "-"]
    played = subprocess.run(command, capture_output=True, text=True, check=False)
    frames = [line for line in played.stdout.splitlines() if line and not line.startswith("#")]
    assert played.returncode == 0, played.stderr
    assert len(frames) > 25 * RECORD_S / 3, played.stderr
    assert len({line.split(",")[-1] for line in frames}) > 25, "the picture moves"
