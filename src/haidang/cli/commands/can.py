"""``haidang can``: one decision of the policy, explained by its clause."""

from __future__ import annotations

import argparse
import json

from haidang.cli.exits import NO, OK
from haidang.cli.home import home_directory
from haidang.config import commands


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account")
    parser.add_argument("action", help="view_live, view_playback, delete_recording, …")
    parser.add_argument("resource", help="id of a camera, such as de-gi-luong-vao")


def run(options: argparse.Namespace) -> int:
    decision = commands.can(home_directory(), options.account, options.action, options.resource)
    if options.json:
        answer = {"allowed": decision.allowed, "clause": decision.clause, "policies": list(decision.policies)}
        print(json.dumps(answer, ensure_ascii=False))
    else:
        because = ", ".join(decision.policies) or "no grant"
        print(f"{'yes' if decision.allowed else 'no'}: {because} ({decision.clause or 'nothing permits it'})")
    return OK if decision.allowed else NO
