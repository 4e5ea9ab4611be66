"""``haidang store``: the store with Object Lock. ``check`` needs no Django; ``show`` reads the rows of replicas."""

from __future__ import annotations

import argparse
import dataclasses
import json
import secrets

from haidang.cli.exits import NO, OK
from haidang.cli.loading import load
from haidang.config.home import home_directory, read_settings
from haidang.host.clock import wall_clock
from haidang.storage.store_check import NOT_PROTECTED, check_store
from haidang.storage.store_opening import open_store


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("check", help="try on the store that what is locked stays")
    check.add_argument("--key-file", default="", help="another access key, such as its administrator's")
    verbs.add_parser("show", help="how many recordings have a copy there, wait for one, or failed")
    verify = verbs.add_parser("verify", help="read the copy of one recording back and compare")
    verify.add_argument("path", help="like de-gi/de-gi-1/2026-11-25/030000.000Z-main.mp4")


def run(options: argparse.Namespace) -> int:
    if options.verb == "check":
        return _check(options)
    commands = load("haidang.config.store_commands")
    if options.verb == "verify":
        commands.verify(options.path)
        print(json.dumps({"path": options.path, "state": "ok"}) if options.json else f"ok      {options.path}")
        return OK
    shown = commands.show()
    if options.json:
        print(json.dumps(shown, ensure_ascii=False))
    else:
        for name, value in shown.items():
            print(f"{name:12} {value}")
    return NO if shown["failed"] else OK


def _check(options: argparse.Namespace) -> int:
    home = home_directory()
    settings = read_settings(home).store
    store = open_store(settings, home, access_key_file=options.key_file)
    findings = []
    for finding in check_store(store, settings.prefix, name=secrets.token_hex(8), now=wall_clock()):
        findings.append(finding)
        if not options.json:
            print(f"{finding.state:7} {finding.what}{f' ({finding.detail})' if finding.detail else ''}", flush=True)
    failed = sum(finding.state == "FAILED" for finding in findings)
    if options.json:
        told = {"findings": [dataclasses.asdict(finding) for finding in findings], "not_protected": NOT_PROTECTED}
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(f"\n{failed} failed. What no such store protects from, and no check can tell:")
        print("\n".join(f"- {line}" for line in NOT_PROTECTED))
    return NO if failed else OK
