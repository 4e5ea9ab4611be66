"""``haidang camera``: add and list cameras; serve simulated ones and make them fail."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from haidang.cli.exits import OK
from haidang.cli.loading import load
from haidang.config.home import home_directory


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="register a camera")
    add.add_argument("camera", help="its id, such as de-gi-luong-vao")
    add.add_argument("--site", required=True)
    add.add_argument("--name", required=True, help="the place as people say it, such as 'Luồng vào'")
    add.add_argument("--main-url", required=True, help="rtsp://host:554/path, without user and password")
    add.add_argument("--sub-url", default="")
    add.add_argument("--username", default="", help="the password is asked for, or read from --password-file")
    add.add_argument("--password-file", type=Path)
    add.add_argument("--ingest", choices=("native", "libav"), default="native")
    add.add_argument("--tls-sha256", default="", help="rtsps: SHA-256 of the camera's certificate")
    verbs.add_parser("list", help="the cameras of this host")
    simulate = verbs.add_parser("simulate", help="serve drawn cameras over RTSP")
    simulate.add_argument("--port", type=int, default=8554)
    simulate.add_argument("--bind", default="127.0.0.1")
    simulate.add_argument("--cameras", type=int, default=12)
    simulate.add_argument("--cache", type=Path)
    simulate.add_argument("--loop-s", type=int, default=0, help="length of the drawn scene")
    simulate.add_argument("--username", default="", help="ask for it; the password comes from --password-file")
    simulate.add_argument("--password-file", type=Path)
    simulate.add_argument("--auth", choices=("digest", "basic"), default="digest")
    simulate.add_argument("--tls-cert", type=Path)
    simulate.add_argument("--tls-key", type=Path)
    simulate.add_argument("--paced", action="store_true", help="one packet a write, spread over the frame time")
    fault = verbs.add_parser("fault", help="make a simulated camera fail")
    fault.add_argument("camera")
    fault.add_argument("kind", help="hang, close, refuse, garbage, drop, freeze, cover, … or clear")
    fault.add_argument("--stream", choices=("main", "sub"))
    fault.add_argument("--at", dest="at_s", type=float, default=0.0, help="seconds from now")
    fault.add_argument("--for", dest="for_s", type=float)
    fault.add_argument("--value")


def run(options: argparse.Namespace) -> int:
    return {"add": _add, "list": _list, "simulate": _simulate, "fault": _fault}[options.verb](options)


def _password(options: argparse.Namespace) -> str:
    """From a file or the terminal, never from the command line: process lists are public."""
    if not options.username:
        return ""
    if options.password_file is not None:
        return str(options.password_file.read_text(encoding="utf-8").strip())
    return getpass.getpass(f"password of {options.username}: ")


def _add(options: argparse.Namespace) -> int:
    load("haidang.config.commands").add_camera(
        options.camera,
        options.site,
        options.name,
        options.main_url,
        options.sub_url,
        username=options.username,
        password=_password(options),
        ingest=options.ingest,
        tls_sha256=options.tls_sha256,
    )
    print(f"added {options.camera}")
    return OK


def _list(options: argparse.Namespace) -> int:
    cameras = load("haidang.config.commands").list_cameras()
    if options.json:
        print(json.dumps([asdict(camera) for camera in cameras], ensure_ascii=False))
    else:
        for camera in cameras:
            print(f"{camera.camera:28} {camera.site:10} {camera.name}")
    return OK


def _simulate(options: argparse.Namespace) -> int:
    server, simulated = load("haidang.simulator.server"), load("haidang.simulator.options")
    catalogue, control = load("haidang.simulator.catalogue"), load("haidang.simulator.control")
    home = os.environ.get("HAIDANG_DIR")
    wanted = simulated.Options(
        cameras=catalogue.cameras(options.cameras),
        bind=options.bind,
        port=options.port,
        cache=options.cache or simulated.default_cache(),
        loop_s=options.loop_s or load("haidang.simulator.looptime").DEFAULT_LOOP_S,
        username=options.username,
        password=_password(options),
        auth=options.auth,
        tls_cert=options.tls_cert,
        tls_key=options.tls_key,
        paced=options.paced,
        control_socket=Path(home) / control.SOCKET if home else None,
    )
    server.run(wanted, progress=lambda done, total, label: print(f"{done}/{total} {label}", file=sys.stderr))
    return OK


def _fault(options: argparse.Namespace) -> int:
    control, faults = load("haidang.simulator.control"), load("haidang.simulator.faults")
    socket = home_directory() / control.SOCKET
    if options.kind == "clear":
        control.clear_faults(socket, options.camera, options.stream)
    else:
        fault = faults.make_fault(options.kind, options.value or "", at_s=options.at_s, for_s=options.for_s)
        control.send_fault(socket, options.camera, fault, options.stream)
    print(f"{options.camera}: {options.kind}")
    return OK
