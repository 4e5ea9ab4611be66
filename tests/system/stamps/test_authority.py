"""A time stamp authority over HTTP: the keeper's logs are stamped, and one that misbehaves holds nothing up."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from haidang.core.errors import Unavailable
from haidang.core.host import RECORD_LOG
from haidang.core.tlog.checkpoints import checkpoint_of
from haidang.core.tlog.notes import open_note
from haidang.host.signers import log_signer
from haidang.host.timestamp_http import TimestampHttp
from haidang.storage.log_reader import LogReader
from haidang.storage.stamps import ask_for, ask_for_stamp, believe, covering, kept_stamps, read_roots
from storage.authority import Authority, make_authority
from system.waiting import eventually
from system.web.own_host import OwnHost

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


@contextmanager
def served(authority: Authority) -> Iterator[str]:
    """The authority's address on loopback. ``/tsa`` stamps, ``/busy`` refuses, ``/elsewhere`` sends away."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            status = {"/tsa": 200, "/busy": 503, "/elsewhere": 302, "/flood": 200}[self.path]
            body = authority.answer(request) if self.path == "/tsa" else b"x" * 1_000_000
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/tsa")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_stamp_is_got_and_an_authority_that_misbehaves_is_away(tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "authority")
    with served(authority) as url:
        asked = ask_for(b"note")
        response = TimestampHttp(f"{url}/tsa").post(asked.request)
        assert believe(b"note", response, read_roots(authority.roots), nonce=asked.nonce).signer
        for wrong in ("/busy", "/elsewhere"):
            with pytest.raises(Unavailable) as caught:
                TimestampHttp(url + wrong).post(asked.request)
            assert caught.value.code == "stamp_away"
        assert len(TimestampHttp(f"{url}/flood").post(asked.request)) < 300_000, "no more is read than a stamp can be"
    with pytest.raises(Unavailable):
        TimestampHttp(f"{url}/tsa").post(asked.request)


def test_the_keeper_stamps_both_logs_and_the_files_prove_it(tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "authority")
    host = OwnHost(tmp_path / "home")
    log = host.home / RECORD_LOG
    with served(authority) as url, (host.home / "haidang.toml").open("a") as settings:
        settings.write(f'[timestamp]\nurl = "{url}/tsa"\nroots_file = "{authority.roots}"\n')
        settings.flush()
        host.start("keeper")
        try:
            eventually(lambda: _stamps(host, "record")[0] and _stamps(host, "acts")[0], "a stamp of each log", 60)
            wanted = kept_stamps(log)[-1].size + 1
            eventually(lambda: _cosigned_size(host) >= wanted, "another tick", 60)
            ask_for_stamp(log)
            eventually(lambda: covering(log, wanted), "a stamp that was asked for")
        finally:
            host.stop()
    lines, code = _stamps(host, "record")
    assert (code, {line["state"] for line in lines}) == (0, {"ok"})
    kept_stamps(log)[-1].path(log, "note").write_bytes(b"another note")
    lines, code = _stamps(host, "record")
    assert (code, lines[-1]["state"]) == (1, "stamp_hash")


def _cosigned_size(host: OwnHost) -> int:
    key = log_signer(host.home).key
    return checkpoint_of(open_note(LogReader(host.home / RECORD_LOG, key).cosigned_note, [key]).text).size


def _stamps(host: OwnHost, log: str) -> tuple[list[dict[str, str]], int]:
    command = [sys.executable, "-m", "haidang.cli", "log", "stamps", "--log", log, "--json"]
    done = subprocess.run(command, env=host.environment, capture_output=True, text=True, timeout=60, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode
