"""``haidang who``: who has a right on a site, camera or the system, on any day, by which clause and document."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from haidang.cli.exits import NO, OK
from haidang.config import policy_commands as commands


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("resource", help='id of a camera or site, such as tam-quan, or System::"haidang"')
    parser.add_argument("action", nargs="?", default="view_live", help="default: view_live")
    parser.add_argument("--on", default="", metavar="DAY", help="YYYY-MM-DD in GMT+7; default: today")
    parser.add_argument("--known-on", default="", metavar="DAY", help="as the policy of that day said it")


def run(options: argparse.Namespace) -> int:
    holders = commands.who(options.resource, options.action, on=options.on, known_on=options.known_on)
    if options.json:
        print(json.dumps([asdict(holder) for holder in holders], ensure_ascii=False, default=str))
    for holder in [] if options.json else holders:
        people = ", ".join(holder.accounts) or "–"
        print(f"{holder.unit:24} {holder.clause:9} {holder.name} | {holder.document} | {people}")
    return OK if holders else NO
