"""``haidang can``: one decision of the policy, explained by its clause."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from haidang.cli.exits import NO, OK
from haidang.config import policy_commands as commands


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account")
    parser.add_argument("action", help="view_live, view_playback, delete_recording, …")
    parser.add_argument("resource", help='id of a camera or site, such as de-gi-luong-vao, or System::"haidang"')
    parser.add_argument("--on", default="", metavar="DAY", help="YYYY-MM-DD in GMT+7; default: today")
    parser.add_argument("--purpose", default="", help="default: each of the unit's is tried")


def run(options: argparse.Namespace) -> int:
    verdict = commands.can(options.account, options.action, options.resource, purpose=options.purpose, on=options.on)
    if options.json:
        print(json.dumps(asdict(verdict), ensure_ascii=False))
    else:
        because = ", ".join(verdict.policies) or verdict.code
        print(f"{'yes' if verdict.allowed else 'no'}: {because}" + (f" ({verdict.clause})" if verdict.clause else ""))
        print(verdict.sentence)
    return OK if verdict.allowed else NO
