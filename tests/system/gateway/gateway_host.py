"""A real gateway process on loopback, its warden, and a recorder that writes in real time and rings."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from gateway.cast import CAMERA, KEY, SITE, signed
from haidang.core.host import CONTROL_SOCKET, DOORBELLS, RECORDINGS, SETTINGS, TICKET_PUBLIC_KEY
from haidang.core.isobmff import Sample
from haidang.core.journal import CloseReason, Fragment
from haidang.core.tickets import TicketAction
from haidang.core.units import Pts90k, WallUs
from haidang.storage import RecordingWriter
from storage.coded_video import clip
from storage.faulty_file_ops import NoWaitOps

PORTS = range(21600, 21800)
START_S = 20


def now() -> WallUs:
    return WallUs(time.time_ns() // 1000)


def ticket(action: TicketAction = "view_live", **changed: object) -> str:
    return signed(now, action, **changed)


def free_port() -> int:
    for port in PORTS:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port in the range of these tests")


@dataclass
class GatewayHost:
    """A HAIDANG_DIR with a gateway in it. The warden asks twice a second while ``asking``."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    asking: bool = True
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def root(self) -> Path:
        return self.home / RECORDINGS

    @property
    def live(self) -> str:
        return f"ws://127.0.0.1:{self.port}/media/live/"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.home / "gateway.log").read_text(encoding="utf-8", errors="replace")

    @property
    def crashes(self) -> bool:
        """Whether the log tells of an exception, as a line of ours or as Python's own words."""
        return "exc_type" in self.log or "Traceback" in self.log

    def _spawn(self) -> None:
        with (self.home / "gateway.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "haidang.cli", "gateway"], stdout=log, stderr=log,
                env={**os.environ, "HAIDANG_DIR": str(self.home)},
            )  # fmt: skip

    def start(self) -> None:
        self._spawn()
        assert self.process is not None
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._answers():
                return
            assert self.process.poll() is None, self.log
            time.sleep(0.05)
        raise TimeoutError(self.log)

    def _answers(self) -> bool:
        """It listens before its other doors are open, so only an answer says that it is ready."""
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            door.request("GET", "/healthz")
            return door.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            door.close()

    def start_beside(self) -> None:
        """Start where another already serves; AssertionError with its words when it gives up."""
        self._spawn()
        assert self.process is not None
        assert self.process.wait(START_S) == 0, self.log

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(10)

    def ask(self, **order: object) -> dict[str, Any]:
        """One order at the control socket."""
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(5)
            door.connect(str(self.home / CONTROL_SOCKET))
            door.sendall(json.dumps(order).encode() + b"\n")
            return dict(json.loads(door.makefile().readline()))

    def rss_kb(self) -> int:
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(status.split("VmRSS:")[1].split()[0])

    def _warden(self) -> None:
        while not self._over.wait(0.5):
            if self.asking:
                try:
                    self.ask(op="end", streams={})
                except OSError:
                    continue  # it is down or starting: the next round sees

    def __enter__(self) -> Self:
        self.start()
        threading.Thread(target=self._warden, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def gateway_host(home: Path, **settings: object) -> GatewayHost:
    port = free_port()
    values = {"port": port, **settings}
    (home / SETTINGS).write_text("[gateway]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()))
    (home / TICKET_PUBLIC_KEY).parent.mkdir(parents=True)
    (home / TICKET_PUBLIC_KEY).write_bytes(KEY.public_key().public_bytes_raw())
    return GatewayHost(home, port)


class RealTimeRecorder:
    """Appends a fragment every 200 ms and rings; the pictures are noise of the wanted size, which nobody decodes."""

    def __init__(self, host: GatewayHost, *, fragment_bytes: int = 20_000, group: int = 5) -> None:
        self._host = host
        self._sample = os.urandom(fragment_bytes)
        self._group = group
        self._bell = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._over = threading.Event()
        self.written: list[Fragment] = []
        self.sequence = 0
        self.open()

    def open(self) -> None:
        self.writer = RecordingWriter.create(
            self._host.root, SITE, CAMERA, "main", clip().video, position_90k=Pts90k(0), sequence=self.sequence,
            now=now(), ops=NoWaitOps(),
        )  # fmt: skip
        self.sequence += 1
        self._count = 0

    def rotate(self) -> None:
        self.writer.close(CloseReason.ROTATED, now())
        self.open()

    def fragment(self) -> None:
        keyframe = self._count % self._group == 0
        # The time of writing travels in the picture, so that a viewer can measure.
        stamped = now().to_bytes(8, "big") + self._sample
        data = len(stamped).to_bytes(4, "big") + stamped
        self.written.append(
            self.writer.append(
                [Sample(data, 18_000, 0, keyframe)], Pts90k(self._count * 18_000), received_at=now(), captured_at=None,
                keyframe=keyframe, lost_packets=0,
            )
        )  # fmt: skip
        self._count += 1
        for path in (self._host.home / DOORBELLS).glob("*.sock"):
            try:
                self._bell.sendto(f"{CAMERA}/main".encode(), str(path))
            except OSError:
                continue  # nobody behind it

    def _run(self) -> None:
        due = time.monotonic()
        while not self._over.is_set():
            self.fragment()
            due += 0.2
            self._over.wait(max(0.0, due - time.monotonic()))

    @contextmanager
    def recording(self) -> Iterator[RealTimeRecorder]:
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            thread.join()
            self.close()

    def close(self) -> None:
        self._bell.close()
        self.writer.close(CloseReason.STOPPED, now())


def written_at(fragment: bytes) -> int:
    """When ``RealTimeRecorder`` wrote it: the 8 bytes behind mdat's header and the picture's length."""
    at = fragment.index(b"mdat") + 8
    return int.from_bytes(fragment[at : at + 8], "big")
