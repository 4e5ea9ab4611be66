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
    add.add_argument("--name", required=True, help="as people read it, such as 'Đề Gi · Luồng vào'")
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
    simulate.add_argument("--username", default="")
    simulate.add_argument("--password-file", type=Path)
    simulate.add_argument("--tls-cert", type=Path)
    simulate.add_argument("--tls-key", type=Path)
    simulate.add_argument("--paced", action="store_true", help="one packet a write, spread over the frame time")
    fault = verbs.add_parser("fault", help="make a simulated camera fail")
    fault.add_argument("camera")
    fault.add_argument("kind", help="hang, close, refuse, garbage, drop, freeze, cover, move, blur, …, or clear")
    fault.add_argument("--stream", choices=("main", "sub"))
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
    return getpass.getpass(f"password of {options.username} at {options.camera}: ")


def _add(options: argparse.Namespace) -> int:
    commands = load("haidang.config.commands")
    commands.add_camera(
        home_directory(),
        camera=options.camera, site=options.site, name=options.name, main_url=options.main_url,
        sub_url=options.sub_url or None, username=options.username, password=_password(options),
        ingest=options.ingest, tls_sha256=options.tls_sha256,
    )  # fmt: skip
    print(f"added {options.camera}")
    return OK


def _list(options: argparse.Namespace) -> int:
    cameras = load("haidang.config.commands").list_cameras(home_directory())
    if options.json:
        print(json.dumps([asdict(camera) for camera in cameras], ensure_ascii=False))
    else:
        for camera in cameras:
            print(f"{camera.camera:28} {camera.site:10} {camera.name}")
    return OK


def _simulate(options: argparse.Namespace) -> int:
    simulator = load("haidang.simulator.server")
    simulator.run(options, home=Path(os.environ["HAIDANG_DIR"]) if os.environ.get("HAIDANG_DIR") else None)
    return OK


def _fault(options: argparse.Namespace) -> int:
    answer = load("haidang.simulator.control").send_fault(home_directory(), options)
    print(json.dumps(answer) if options.json else answer, file=sys.stdout)
    return OK
