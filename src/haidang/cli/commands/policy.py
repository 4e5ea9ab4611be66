"""``haidang policy``: checks, applies and shows the policy set that carries out the notice."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from haidang.cli.exits import OK
from haidang.cli.home import home_directory
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
            grants = commands.check_policy(options.folder)
            print(json.dumps({"grants": grants}) if options.json else f"ok: {grants} grants")
        case "apply":
            commands.apply_policy(home_directory(), options.folder)
            print("applied")
        case _:
            rows = commands.show_policy(home_directory())
            if options.json:
                print(json.dumps(rows, ensure_ascii=False))
            else:
                for row in rows:
                    print("  ".join(str(value) for value in row.values()))
    return OK
