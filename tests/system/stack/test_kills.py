"""`kill -9` of any process, and of all: what was written stays, everything comes back, the gap says why."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from haidang.core.journal import Fragment, read_records
from system.stack.conftest import PROGRAMS, Stack
from system.waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

CAMERA = "de-gi-luong-vao"
VIEWER = "ca-phu-cat"


def recordings(stack: Stack) -> dict[str, Any]:
    now = datetime.now(UTC)
    with stack.client(VIEWER) as client:
        window = {"from": (now - timedelta(hours=1)).isoformat(), "to": (now + timedelta(minutes=1)).isoformat()}
        answer = client.get("/api/v1/recordings", params={"camera": CAMERA, **window})
    return dict(answer.raise_for_status().json())


def last_fragment_us(stack: Stack) -> int:
    journals = sorted(stack.home.glob(f"recordings/*/{CAMERA}/*/*Z-main.journal"))
    fragments = [r for j in journals[-2:] for r in read_records(j.read_bytes()) if isinstance(r, Fragment)]
    return fragments[-1].received_at if fragments else 0


def records_again(stack: Stack) -> None:
    before = last_fragment_us(stack)
    eventually(lambda: last_fragment_us(stack) > before + 3_000_000, "recording goes on", 40)


def answers(stack: Stack) -> bool:
    try:
        return bool(recordings(stack)["spans"])
    except Exception:  # noqa: BLE001 - whatever a half-started host answers, it is not ready
        return False


def test_whatever_is_killed_comes_back_and_the_gap_says_why(own_stack: Stack) -> None:
    records_again(own_stack)
    eventually(lambda: answers(own_stack), "spans in the API")
    for program in (*PROGRAMS, "supervise", "serve"):
        killed = own_stack.pid(program)
        os.kill(killed, signal.SIGKILL)
        eventually(partial(find_other, own_stack, program, killed), f"{program} back", 30)
    records_again(own_stack)

    files_before = {path: path.read_bytes() for path in own_stack.home.glob(f"recordings/*/{CAMERA}/*/*Z-main.mp4")}
    pids = {program: own_stack.pid(program) for program in (*PROGRAMS, "supervise")}
    killed_at = time.time()
    serve = own_stack.pid("serve")
    for pid in (serve, pids["supervise"]):
        os.kill(pid, signal.SIGSTOP)  # or one starts the other again between two kills
    for pid in (serve, *pids.values()):
        os.kill(pid, signal.SIGKILL)
    time.sleep(2)
    own_stack.output.clear()
    own_stack.start()
    records_again(own_stack)
    for path, bytes_before in files_before.items():
        assert path.read_bytes()[: len(bytes_before)] == bytes_before, f"{path} was changed"

    def gap() -> Any:
        found = [g for g in recordings(own_stack)["gaps"] if g["reason"] == "recorder_stopped" and g["to"]]
        return found[-1] if found else None

    shown = eventually(gap, "gap recorder_stopped in the API", 20)
    began, ended = (datetime.fromisoformat(shown[key]).timestamp() for key in ("from", "to"))
    assert abs(began - killed_at) < 5
    assert 1 < ended - began < 60


def find_other(stack: Stack, program: str, killed: int) -> bool:
    try:
        return stack.pid(program) != killed
    except AssertionError:
        return False


def test_a_demonstration_started_again_takes_over_what_its_killed_supervisor_left(own_stack: Stack) -> None:
    left = {program: own_stack.pid(program) for program in PROGRAMS}
    for program in ("serve", "supervise"):
        os.kill(own_stack.pid(program), signal.SIGKILL)
    own_stack.output.clear()
    own_stack.start()
    assert {program: own_stack.pid(program) for program in PROGRAMS} == left
    records_again(own_stack)
