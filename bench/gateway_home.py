"""A gateway process on a directory of its own, tickets for it, and a warden that keeps it serving."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.core.host import CONTROL_SOCKET, RECORDINGS, SETTINGS, TICKET_PUBLIC_KEY
from haidang.core.tickets import Ticket, TicketAction, sign_ticket
from haidang.core.units import WallUs
from haidang.core.video import VideoFormat

SITE = "de-gi"
#: 1080p High, as x264 writes them.
VIDEO = VideoFormat.from_parameter_sets(
    "avc1", [bytes.fromhex("67640028acb403c0113f2c20000003002000000651e30654"), bytes.fromhex("68ef0fcb")]
)
_KEY = Ed25519PrivateKey.generate()
_numbers = count()


def now() -> WallUs:
    return WallUs(time.time_ns() // 1000)


def ticket(camera: str, action: TicketAction, start: int = 0, end: int = 0) -> str:
    at = now()
    return sign_ticket(
        Ticket(
            ticket_id=f"bench-{next(_numbers)}", account="bench", session="bench", holder="", site=SITE, camera=camera,
            action=action, purpose="bench", issued_at=at, start_by=WallUs(at + 60_000_000),
            ends_at=WallUs(at + 3600_000_000), window_from=WallUs(start), window_to=WallUs(end),
        ),
        _KEY,
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Gateway:
    """Serves ``home`` inside the ``with``."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.root = home / RECORDINGS
        self.port = free_port()
        self._over = threading.Event()
        (home / SETTINGS).write_text(f"[gateway]\nport = {self.port}\n", encoding="utf-8")
        (home / TICKET_PUBLIC_KEY).parent.mkdir(parents=True)
        (home / TICKET_PUBLIC_KEY).write_bytes(_KEY.public_key().public_bytes_raw())

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "haidang.cli", "gateway"], env={**os.environ, "HAIDANG_DIR": str(self.home)}
        )
        wait_for(self.port)
        while not (self.home / CONTROL_SOCKET).exists():
            time.sleep(0.01)
        threading.Thread(target=self._ask, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self.process.terminate()
        self.process.wait(10)

    def _ask(self) -> None:
        """The warden's part, once a second; it decides nothing here."""
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(str(self.home / CONTROL_SOCKET))
            answers = door.makefile()
            while not self._over.wait(1.0):
                for order in (b'{"op": "list"}\n', b'{"op": "end", "streams": {}}\n'):
                    door.sendall(order)
                    json.loads(answers.readline())


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on port {port}")
