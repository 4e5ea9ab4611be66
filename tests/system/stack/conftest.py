"""The whole product as a newcomer starts it: `haidang demo` on free ports, in a fresh directory, ended in order."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from haidang.supervisor.program import find_running
from system.waiting import eventually

READY_S = 300  # the first start on a machine draws and encodes the scenes
PROGRAMS = ("simulator", "recorder-0", "recorder-1", "gateway", "keeper", "web", "witness")


def free_ports() -> int:
    """A port with the next three free as well: pages, gateway, simulated cameras, witness."""
    for base in range(23000, 24000, 10):
        probes = [socket.socket() for _ in range(4)]
        try:
            for offset, probe in enumerate(probes):
                probe.bind(("127.0.0.1", base + offset))
        except OSError:
            continue
        else:
            return base
        finally:
            for probe in probes:
                probe.close()
    raise OSError("no four free ports in a row")


@dataclass
class Stack:
    """A running demonstration."""

    home: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[str] | None" = None
    output: list[str] = field(default_factory=list)
    reader: threading.Thread = field(default_factory=threading.Thread)

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._let_go()
        environment = {**os.environ, **self.environment, "HAIDANG_DIR": str(self.home), "HAIDANG_PORT": str(self.port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "haidang.cli", "demo"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self.reader.start()
        eventually(lambda: any(line.startswith("Hải Đăng: http") for line in self.output), "demo ready", READY_S)

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.output.append(line.rstrip())

    def stop(self) -> None:
        environment = {**os.environ, "HAIDANG_DIR": str(self.home), "HAIDANG_PORT": str(self.port)}
        subprocess.run([sys.executable, "-m", "haidang.cli", "stop"], env=environment, check=False, capture_output=True)
        self._let_go()

    def _let_go(self) -> None:
        """Wait for the process that was asked to end, or was killed, and for the last of its output."""
        if self.process is not None:
            self.process.wait(30)
            self.reader.join(10)
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None

    def haidang(self, *words: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "HAIDANG_DIR": str(self.home), "HAIDANG_PORT": str(self.port)}
        command = [sys.executable, "-m", "haidang.cli", *words]
        return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)

    def accounts(self) -> dict[str, dict[str, Any]]:
        listed = json.loads((self.home / "demo-accounts.json").read_text(encoding="utf-8"))
        return {account["account"]: account for account in listed}

    def client(self, account: str) -> httpx.Client:
        """API client with the account's token."""
        token = self.accounts()[account]["token"]
        return httpx.Client(base_url=self.web, headers={"Authorization": f"Bearer {token}"}, timeout=10)

    def pid(self, program: str) -> int:
        running = find_running(self.home, program)
        assert running is not None, f"{program} does not run"
        os.close(running.pidfd)
        return running.pid

    def log(self) -> str:
        """What each program logged last, for a failed test's report."""
        tails = []
        for path in sorted((self.home / "log").glob("*.log")):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            tails.append(f"--- {path.name}\n" + "\n".join(lines[-15:]))
        return "\n".join([*self.output[-20:], *tails])


@contextmanager
def running(home: Path, **environment: str) -> Iterator[Stack]:
    """A demonstration in ``home``, ended whatever happens; its logs are shown if it did not come up."""
    stack = Stack(home, free_ports(), environment)
    try:
        stack.start()
        yield stack
    except BaseException:
        print(stack.log())
        raise
    finally:
        stack.stop()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """For tests that leave it as they found it."""
    with running(tmp_path_factory.mktemp("stack")) as demonstration:
        yield demonstration


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """For tests that break things."""
    with running(tmp_path) as demonstration:
        yield demonstration
