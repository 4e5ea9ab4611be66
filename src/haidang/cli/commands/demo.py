"""``haidang demo``: the whole system on this machine, with cameras that are drawn.

Makes HAIDANG_DIR if it is new (settings, keys, database, policy set, one account a unit), encodes the scenes
once, starts everything and prints the address and the accounts. Nothing outside a demonstration ever writes
passwords to a file.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from haidang.cli.exits import NO, OK
from haidang.cli.loading import load
from haidang.cli.programs import supervisor_program
from haidang.config.home import read_settings
from haidang.core.errors import Conflict, InvalidInput
from haidang.core.host import DEMO, DEMO_ACCOUNTS, RECORDINGS, SETTINGS, TICKET_KEY
from haidang.core.settings import Settings
from haidang.host.files import replace_file
from haidang.simulator.catalogue import DEMO_CAMERAS
from haidang.simulator.library import Library
from haidang.simulator.looptime import DEFAULT_LOOP_S, loop_frames
from haidang.simulator.options import default_cache
from haidang.supervisor.program import find_running, is_running
from haidang.supervisor.supervise import GUARDIAN, guard

READY_WITHIN_S = 120
USERNAME = "haidang"
#: Of haidang.config.scenarios, which sets Django up when it is imported.
SCENARIOS = ("reorganisation", "tamper")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--setup-only", action="store_true", help="make everything, start nothing")
    parser.add_argument("--scenario", choices=SCENARIOS, help="play one case end to end and start nothing")
    parser.add_argument("--out", type=Path, help="where a scenario leaves its papers and result.json; a new folder")


def _home() -> Path:
    """``HAIDANG_DIR``, or a folder of the user's: a demonstration never falls into a real host's directory."""
    return Path(os.environ.get("HAIDANG_DIR") or Path.home() / ".local/share/haidang/demo").absolute()


def run(options: argparse.Namespace) -> int:
    if options.scenario:
        return _play(options.scenario, options.out)
    home = _home()
    os.environ["HAIDANG_DIR"] = str(home)
    if (home / TICKET_KEY).exists() and not (home / DEMO).exists():
        raise InvalidInput(f"couldn't demonstrate in {home}: it is a real host's; set HAIDANG_DIR", code="not_a_demo")
    already = find_running(home, GUARDIAN)
    if already is not None:
        raise Conflict(f"couldn't start: process {already.pid} runs in {home}; `haidang stop` ends it", code="running")
    settings = read_settings(home)
    if not any(is_running(home, name) for name in ("web", "gateway", "simulator")):  # left by a killed supervisor
        for port in (settings.web.port, settings.gateway_port, _rtsp_port(settings), _witness_port(settings)):
            _check_free(port)
    _make(home, settings)
    if options.setup_only:
        return OK
    threading.Thread(target=_announce, args=(home, settings), daemon=True).start()
    guard(home, supervisor_program())
    return OK


def _play(scenario: str, out: Path | None) -> int:
    if out is None or (out.exists() and any(out.iterdir())):
        raise InvalidInput("couldn't play: --out names a new or empty folder", code="out_not_empty")
    out.mkdir(parents=True, exist_ok=True)
    os.environ["HAIDANG_DIR"] = str((out / "host").absolute())
    held: bool = load("haidang.config.scenarios").play(scenario, out.absolute())
    print((out / "result.json").read_text(encoding="utf-8"), end="")
    return OK if held else NO


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _rtsp_port(settings: Settings) -> int:
    return settings.web.port + 2


def _witness_port(settings: Settings) -> int:
    return settings.web.port + 3


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # an ended server's last connections do not count
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Conflict(
                f"couldn't start: port {port} is in use; HAIDANG_PORT chooses another, and the three after it",
                code="port_taken",
            ) from error


def _make(home: Path, settings: Settings) -> None:
    _say(f"== {home}")
    home.mkdir(parents=True, exist_ok=True, mode=0o750)
    # Before anything else: whatever is made from here on is a demonstration's.
    rtsp_port = _rtsp_port(settings)
    password_file = home / "secrets" / "simulator.password"
    _write_private(home / DEMO, json.dumps(
        {"rtsp_port": rtsp_port, "username": USERNAME, "password_file": str(password_file)}
    ))  # fmt: skip
    if not password_file.exists():
        _write_private(password_file, secrets.token_urlsafe(18))
    if not (home / SETTINGS).exists():
        (home / SETTINGS).write_text('# A demonstration: loopback only.\n[web]\nhost = "127.0.0.1"\n', encoding="utf-8")
    _say("== database, keys, policy set")
    commands = load("haidang.config.commands")  # reads HAIDANG_DIR when it is imported: not before it is set
    commands.prepare(home)
    base = f"rtsp://127.0.0.1:{rtsp_port}"
    cameras = [
        # Pages put the site before the name, so the name is the place alone.
        commands.DemoCamera(c.id, c.site, c.name.rpartition(" · ")[2], f"{base}/{c.id}/main", f"{base}/{c.id}/sub")
        for c in DEMO_CAMERAS
    ]
    password = password_file.read_text(encoding="utf-8").strip()
    commands.demo_setup(home, cameras, username=USERNAME, password=password)
    _say("== a witness, in place of the supervising department's machine")
    load("haidang.config.demo_witness").demo_witness(home, web_port=settings.web.port, port=_witness_port(settings))
    _say("== camera scenes (drawn and encoded once)")
    library = Library(default_cache(), loop_frames(DEFAULT_LOOP_S), 2)
    asyncio.run(library.make_all(sorted({camera.scene for camera in DEMO_CAMERAS}), _progress))


def _progress(done: int, total: int, label: str) -> None:
    _say(f"   {done}/{total} {label}")


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(path, text.encode(), mode=0o600, durable=True)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own loopback address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _recording_cameras(home: Path, since: float) -> int:
    """Cameras whose recording grew since then; enough for a progress line."""
    grown = (path for path in (home / RECORDINGS).glob("*/*/*/*.mp4") if path.stat().st_mtime > since)
    return len({path.parent.parent.name for path in grown})


def _announce(home: Path, settings: Settings) -> None:
    """Wait until pages, gateway and cameras work, then tell the address and the accounts."""
    web = f"http://127.0.0.1:{settings.web.port}"
    gateway = f"http://127.0.0.1:{settings.gateway_port}"
    began_at, deadline = time.time(), time.monotonic() + READY_WITHIN_S
    shown = ""
    while time.monotonic() < deadline:
        cameras = _recording_cameras(home, began_at)
        state = {"pages": _answers(f"{web}/healthz"), "gateway": _answers(f"{gateway}/healthz")}
        line = ", ".join([f"{n} {'ready' if ok else '…'}" for n, ok in state.items()] + [f"{cameras} cameras recorded"])
        if line != shown:
            _say(f"   {line}")
            shown = line
        if all(state.values()) and cameras >= len(DEMO_CAMERAS):
            break
        time.sleep(0.5)
    else:
        _say(f"haidang: not everything started in {READY_WITHIN_S} s; see {home}/log/")
    _tell_accounts(home)
    witness = f"http://127.0.0.1:{_witness_port(settings)}"
    print(f"Witness (stands for the supervising department's own machine): {witness}", flush=True)
    print(f"Hải Đăng: {web}", flush=True)


def _tell_accounts(home: Path) -> None:
    path = home / DEMO_ACCOUNTS
    accounts = json.loads(path.read_text(encoding="utf-8"))
    print(f"\nDemonstration accounts (also in {path}, with an API token each):")
    for account in accounts:
        code = f"   second factor (TOTP): {account['totp_secret']}" if account["totp_secret"] else ""
        print(f"  {account['account']:24} {account['password']}{code}")
    print(flush=True)
