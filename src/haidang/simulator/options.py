"""What a simulator is started with. Passwords come from a file or the environment, never from arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from haidang.simulator.catalogue import DEMO_CAMERAS, SimulatedCamera
from haidang.simulator.looptime import DEFAULT_LOOP_S

__all__ = ["Options", "Progress", "default_cache"]

#: Called as ``progress(done, total, label)`` while scenes are drawn and encoded ahead.
Progress = Callable[[int, int, str], None]


def default_cache() -> Path:
    """Where encoded scenes are kept between runs, for all hosts of this user."""
    return Path.home() / ".cache" / "haidang" / "simulator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    cameras: tuple[SimulatedCamera, ...] = DEMO_CAMERAS
    bind: str = "127.0.0.1"
    #: 0 takes a free port; ``SimulatorServer.port`` says which.
    port: int = 8554
    cache: Path = field(default_factory=default_cache)
    loop_s: int = DEFAULT_LOOP_S
    #: Empty: no credentials are asked for.
    username: str = ""
    password: str = field(default="", repr=False)
    auth: Literal["digest", "basic"] = "digest"
    tls_cert: Path | None = None
    tls_key: Path | None = None
    #: One write per RTP packet, spread over the frame's time, as real cameras send; otherwise one burst a frame.
    paced: bool = False
    session_timeout_s: int = 60
    #: Where faults are taken from others; None: only through ``SimulatorServer.fault``.
    control_socket: Path | None = None
    #: Encoders at work at once.
    encoders: int = 2
