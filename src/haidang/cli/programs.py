"""Which programs a host runs, in starting order: cameras first if they are simulated, then pictures in, then out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TypedDict

from haidang.core.errors import CorruptData
from haidang.core.host import DEMO, DEMO_WITNESS
from haidang.core.settings import Settings
from haidang.supervisor.program import Program

__all__ = ["Demonstration", "demonstration", "programs", "supervisor_program"]


class Demonstration(TypedDict):
    """``state/demo.json``: present only where `haidang demo` made the host."""

    rtsp_port: int
    username: str
    password_file: str


def demonstration(home: Path) -> Demonstration | None:
    """What `haidang demo` left here, or None on a real host; raises CorruptData."""
    path = home / DEMO
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Demonstration(
            rtsp_port=int(data["rtsp_port"]), username=str(data["username"]), password_file=str(data["password_file"])
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptData(f"couldn't read {path}: {error!r}; run `haidang demo` again", code="demo_state") from error


def _haidang(name: str, *words: str) -> Program:
    return Program(name, (sys.executable, "-m", "haidang.cli", *words))


def supervisor_program() -> Program:
    return _haidang("supervise", "supervise")


def programs(settings: Settings, home: Path) -> list[Program]:
    found: list[Program] = []
    demo = demonstration(home)
    if demo is not None:
        cameras = ("--port", str(demo["rtsp_port"]), "--cameras", "12")
        sign_in = ("--username", demo["username"], "--password-file", demo["password_file"])
        found.append(_haidang("simulator", "camera", "simulate", *cameras, *sign_in))
    workers = settings.recorder.workers
    found += [_haidang(f"recorder-{n}", "recorder", "--worker", str(n)) for n in range(workers)]
    found += [_haidang("gateway", "gateway"), _haidang("keeper", "keeper"), _haidang("web", "web")]
    if demo is not None and (home / DEMO_WITNESS).is_dir():
        found.append(_haidang("witness", "witness", "run", str(home / DEMO_WITNESS)))
    return found
