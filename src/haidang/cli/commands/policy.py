"""``haidang policy``: checks, applies and shows the policy set that carries out the notice."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from haidang.cli.exits import OK
from haidang.config import commands


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, summary in (("check", "read a set and name what is wrong"), ("apply", "make a set the one that decides")):
        each = verbs.add_parser(verb, help=summary)
        each.add_argument("folder", nargs="?", type=Path, help="default: the set of the 2022 notice")
    verbs.add_parser("show", help="the grants that decide now")


def run(options: argparse.Namespace) -> int:
    match options.verb:
        case "check":
            lines = commands.check_policy(options.folder)
            print(json.dumps(lines, ensure_ascii=False) if options.json else "\n".join(lines))
        case "apply":
            changed = commands.apply_policy(options.folder)
            print(json.dumps({"changed": changed}) if options.json else ("applied" if changed else "already in force"))
        case _:
            shown = commands.show_policy()
            print(json.dumps({"cedar": shown}, ensure_ascii=False) if options.json else shown)
    return OK
