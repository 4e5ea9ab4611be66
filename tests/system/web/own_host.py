"""A host of one's own for system tests: a directory, a database, processes that are ended by pid."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

#: This folder's ports: 21800 to 21899.
WEB_PORT = 21810
POSTGRES_PORT = 21890
#: Another server, or ``skip`` where there can be none.
POSTGRES = os.environ.get("HAIDANG_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


@dataclass(slots=True)
class OwnHost:
    """``HAIDANG_DIR`` and what runs there."""

    home: Path
    database_url: str = ""
    port: int = WEB_PORT
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        lines = [f'database_url = "{self.database_url}"'] if self.database_url else []
        (self.home / "haidang.toml").write_text("\n".join([*lines, "[web]", f"port = {self.port}"]) + "\n")
        self.python("from haidang.config import commands; commands.prepare(home)")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        rest = {name: value for name, value in os.environ.items() if not name.startswith(("HAIDANG_", "DJANGO_"))}
        return {**rest, "HAIDANG_DIR": str(self.home)}

    def python(self, code: str) -> str:
        """Run code on the host, with ``home`` and ``json`` at hand; what it printed."""
        head = "import json, os; from pathlib import Path; home = Path(os.environ['HAIDANG_DIR'])\n"
        done = subprocess.run(
            [sys.executable, "-c", head + code], env=self.environment, check=False, capture_output=True, timeout=60
        )
        assert done.returncode == 0, done.stderr.decode()[-3000:]
        return done.stdout.decode()

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """Start ``haidang <command>`` with its output in ``<command>.out``."""
        with (self.home / f"{command}.out").open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "haidang.cli", command], env=self.environment, stdout=output, stderr=output
            )
        self._running.append(process)
        return process

    def output(self, command: str) -> str:
        return (self.home / f"{command}.out").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def demo_accounts(self) -> dict[str, dict[str, str]]:
        entries = json.loads((self.home / "demo-accounts.json").read_text(encoding="utf-8"))
        return {entry["account"]: entry for entry in entries}


@contextmanager
def own_postgres_database(name: str, folder: Path) -> Iterator[str]:
    """A database of its own on the server that runs, or on one started for it; its address."""
    with _server(folder) as address, psycopg.connect(address, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{address.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        with _started_server(folder, str(error)) as address:
            yield address
    else:
        yield POSTGRES


@contextmanager
def _started_server(folder: Path, why: str) -> Iterator[str]:
    """A server in a folder. PostgreSQL refuses to run as root, so root gives it to the user ``postgres``."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert programs, (
        f"couldn't reach PostgreSQL at {POSTGRES} ({why}) and it is not installed; install postgresql, or set "
        "HAIDANG_TEST_POSTGRES to another server's address, or to 'skip'"
    )
    tools, data = programs[-1].parent, folder / "postgres"
    data.mkdir(parents=True)
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(data, "postgres", "postgres")
        for parent in [folder, *folder.parents][:3]:
            parent.chmod(parent.stat().st_mode | 0o055)
    options = f"-p {POSTGRES_PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
    control = [*as_user, str(tools / "pg_ctl"), "-D", str(data / "cluster"), "-w"]
    log = str(data / "server.log")
    _quietly([*control, "-o", "-A trust -U postgres -N", "initdb"])
    _quietly([*control, "-o", options, "-l", log, "start"])
    try:
        yield f"postgresql://postgres@127.0.0.1:{POSTGRES_PORT}/postgres"
    finally:
        _quietly([*control, "-m", "immediate", "stop"])


def _quietly(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def kill(process: subprocess.Popen[bytes]) -> None:
    """As a power cut would, for this process."""
    process.send_signal(signal.SIGKILL)
    process.wait()
