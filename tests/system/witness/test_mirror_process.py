"""A witness and its mirror as processes, beside a real host: killed midway, lied to, and asked for what is left."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from haidang.cli.main import main
from haidang.core.host import RECORD_LOG
from haidang.core.log_entries import NO_LINK, Checked, Sealed, entry_bytes, entry_of
from haidang.core.tlog.checkpoints import AddCheckpoint
from haidang.core.tlog.merkle import root_of
from haidang.core.tlog.tiles import ENTRIES, Tile, tile_nodes
from haidang.core.units import WallUs
from haidang.host.signers import log_signer
from haidang.storage.log_reader import LogReader, read_tile
from haidang.storage.log_store import LogStore
from haidang.witness.mirrored_log import log_folder
from system.waiting import eventually
from system.web.own_host import OwnHost

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

#: This folder's ports: 21920 to 21929.
WEB_PORT, WITNESS_PORT = 21920, 21923
FILE = "de-gi/de-gi-luong-vao/2026-11-25/030000.000Z-main.mp4"
BLOCK = 64
SEALS = 30_000


class Department:
    """The witness's machine."""

    def __init__(self, folder: Path, host: OwnHost, token: str) -> None:
        self.folder, self.host = folder, host
        self.key = log_signer(host.home).key
        token_file = folder.parent / "log.token"
        token_file.write_text(token, encoding="ascii")
        token_file.chmod(0o600)
        words = [
            "witness", "init", str(folder), "--name", "witness.example", "--log", str(self.key), "--port",
            str(WITNESS_PORT), "--mirror", f"{host.url}/api/v1/logs/record", "--token-file", str(token_file),
        ]  # fmt: skip
        self.vkey = json.loads(self._said(*words, "--json"))["vkey"]
        settings = folder / "witness.toml"
        settings.write_text(
            f"every_s = 1\nsample_every_s = 1\n{settings.read_text(encoding='utf-8')}", encoding="utf-8"
        )
        self.copy = folder / "mirror" / log_folder(self.key.name)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{WITNESS_PORT}"

    def start(self) -> None:
        with (self.folder / "out").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "haidang.cli", "witness", "run", str(self.folder)], stdout=output, stderr=output
            )

    def kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def kept(self) -> int:
        path = self.copy / "kept"
        return int(json.loads(path.read_bytes())["size"]) if path.exists() else 0

    def health(self) -> str:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return error.read().decode()
        except OSError:
            return "nobody answers"

    def log(self) -> LogReader:
        return LogReader(self.copy, self.key)

    @staticmethod
    def _said(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "haidang.cli", *words], check=True, capture_output=True, timeout=60
        )
        return done.stdout.decode()


def _sealed_file(home: Path) -> list[bytes]:
    """One long recording, and a seal for each of its blocks."""
    data = b"".join(hashlib.sha256(number.to_bytes(8)).digest() * 2 for number in range(SEALS))
    path = home / "recordings" / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    began = 1_795_575_600_000_000
    return [
        entry_bytes(
            Sealed(
                "de-gi-luong-vao", "main", number, NO_LINK, FILE, number * BLOCK, BLOCK,
                hashlib.sha256(data[number * BLOCK : (number + 1) * BLOCK]).digest(),
                WallUs(began + number * 10_000_000), WallUs(began + (number + 1) * 10_000_000),
            )
        )
        for number in range(SEALS)
    ]  # fmt: skip


@pytest.fixture
def host(tmp_path: Path) -> Iterator[OwnHost]:
    made = OwnHost(tmp_path / "host", port=WEB_PORT)
    yield made
    made.stop()


@pytest.fixture
def department(tmp_path: Path, host: OwnHost) -> Iterator[Department]:
    token = host.python(
        "from haidang.config import account_commands as a\n"
        "from haidang.accounts import actions\nfrom haidang.host.clock import wall_clock\n"
        "actions.add_account('so-tttt', 'so-tttt', now=wall_clock(), must_change_password=False)\n"
        "print(a.new_token('so-tttt', scope='log')[1])"
    )
    made = Department(tmp_path / "witness", host, token.strip())
    yield made
    made.kill()


def test_a_mirror_copies_asks_and_is_lied_to(host: OwnHost, department: Department) -> None:
    entries = _sealed_file(host.home)
    store = LogStore(host.home / RECORD_LOG, log_signer(host.home))
    for first in range(0, SEALS, 4000):
        store.append(entries[first : first + 4000], b"")
    settings = host.home / "haidang.toml"
    settings.write_text(
        f'{settings.read_text(encoding="utf-8")}[log]\nwitnesses = ["{department.vkey} {department.url}"]\n',
        encoding="utf-8",
    )
    host.start("web")
    department.start()
    eventually(lambda: department.health() == "ok", "a witness that waits")
    keeper = host.start("keeper")
    _is_copied_through_a_kill(department)
    _is_the_same(host, department)
    _is_sampled(host, department)
    keeper.terminate()
    keeper.wait(timeout=10)
    _lies(host, department)


def _is_copied_through_a_kill(department: Department) -> None:
    eventually(lambda: department.kept() > 0, "a first step", 40)
    department.kill()
    midway = department.kept()
    assert midway < SEALS, "killed too late to be a test"
    department.start()
    eventually(lambda: department.kept() > SEALS, "the whole copy", 40)
    eventually(lambda: department.health() == "ok", "no alarm", 40)


def _is_the_same(host: OwnHost, department: Department) -> None:
    log = department.log()
    size = log.checkpoint.size
    assert root_of(size, tile_nodes(lambda tile: read_tile(department.copy, tile), size)) == log.checkpoint.root
    assert log.proof(12_345).index == 12_345
    assert main(["witness", "compare", str(department.folder), str(host.home / RECORD_LOG)]) == 0
    assert main(["witness", "compare", str(department.folder)]) == 0, "over the network too"


def _is_sampled(host: OwnHost, department: Department) -> None:
    def answers() -> list[Checked]:
        log = department.log()
        found = [entry_of(log.entry(index)) for index in range(SEALS, log.checkpoint.size)]
        return [each for each in found if isinstance(each, Checked)]

    found = eventually(answers, "answers in the copy", 40)
    assert {each.found for each in found} == {"ok"}
    (host.home / "recordings" / FILE).unlink()
    eventually(lambda: "sample_bad" in department.health(), "an alarm of what is missing", 60)


def _lies(host: OwnHost, department: Department) -> None:
    store = LogStore(host.home / RECORD_LOG, log_signer(host.home))
    old = eventually(lambda: department.kept() == store.size and store.size, "everything copied")
    store.append([b"true"], b"")
    bundle = host.home / RECORD_LOG / Tile(ENTRIES, old // 256, store.size % 256 or 256).path
    bundle.write_bytes(bundle.read_bytes()[:-4] + b"lie!")
    body = AddCheckpoint(old, tuple(store.consistency(old)), store.note).body
    request = urllib.request.Request(f"{department.url}/add-checkpoint", body)
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200
    eventually(lambda: "wrong_bytes" in department.health(), "an alarm of wrong bytes")
    assert department.kept() == old
    (evidence,) = (department.folder / "evidence" / log_folder(department.key.name)).iterdir()
    assert any(path.read_bytes().endswith(b"lie!") for path in evidence.iterdir())
    assert main(["witness", "show", str(department.folder)]) == 0
