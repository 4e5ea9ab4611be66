"""``haidang can``: one decision of the policy, explained by its clause."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from haidang.cli.exits import NO, OK
from haidang.config import commands


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account")
    parser.add_argument("action", help="view_live, view_playback, delete_recording, …")
    parser.add_argument("resource", help="id of a camera, such as de-gi-luong-vao")


def run(options: argparse.Namespace) -> int:
    verdict = commands.can(options.account, options.action, options.resource)
    if options.json:
        print(json.dumps(asdict(verdict), ensure_ascii=False))
    else:
        because = ", ".join(verdict.policies) or verdict.code
        print(f"{'yes' if verdict.allowed else 'no'}: {because}" + (f" ({verdict.clause})" if verdict.clause else ""))
    return OK if verdict.allowed else NO
