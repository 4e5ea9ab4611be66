"""``haidang policy``: checks, plans, applies and shows the policy set that carries out the notice.

Applying is a person's act here too: ``--by`` names who proposes; what takes two waits for another's ``approve``.
"""

from __future__ import annotations

import argparse
import getpass
import json
from dataclasses import asdict
from pathlib import Path

from haidang.cli.exits import NO, OK
from haidang.config import policy_commands as commands


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, summary in (
        ("check", "read a set and name everything that is wrong"),
        ("plan", "what applying a set would change, in sentences"),
        ("apply", "propose a set; in force at once where one person is enough"),
    ):
        each = verbs.add_parser(verb, help=summary)
        each.add_argument("folder", nargs="?", type=Path, help="default: the set of the 2022 notice")
        if verb == "apply":
            each.add_argument("--document", required=True, help="the document that the change rests on")
            _person(each)
    approve = verbs.add_parser("approve", help="agree, as a second person, to a proposed change")
    approve.add_argument("change", type=int)
    _person(approve)
    verbs.add_parser("show", help="the Cedar text that decides now")


def _person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, metavar="ACCOUNT", help="who acts; the password is asked for")
    parser.add_argument("--password-file", type=Path, help="read the password from a file instead")
    parser.add_argument("--code", default="", help="code of the second factor (worth nothing after its 30 s)")


def _shown(options: argparse.Namespace) -> commands.Person:
    if options.password_file is not None:
        password = options.password_file.read_text(encoding="utf-8").strip("\n")
    else:
        password = getpass.getpass(f"password of {options.by}: ")
    return commands.Person(options.by, password, options.code)


def run(options: argparse.Namespace) -> int:
    match options.verb:
        case "check":
            found = commands.check_policy(options.folder)
            print(json.dumps(found, ensure_ascii=False) if options.json else "\n".join(found) or "sound")
            return NO if found else OK
        case "plan":
            lines = commands.plan_policy(options.folder)
            if options.json:
                print(json.dumps([asdict(line) for line in lines], ensure_ascii=False))
            else:
                print("\n".join(_told(lines)) or "changes nothing")
        case "apply":
            _tell(options, commands.apply_policy(options.folder, document=options.document, by=_shown(options)))
        case "approve":
            _tell(options, commands.approve_policy(options.change, by=_shown(options)))
        case _:
            shown = commands.show_policy()
            print(json.dumps({"cedar": shown}, ensure_ascii=False) if options.json else shown)
    return OK


def _told(lines: list[commands.PlanLine]) -> list[str]:
    """The plan, then in words what of it one person cannot put in force alone."""
    two = [f"  {line.text} ({line.why_two})" for line in lines if line.why_two]
    last = ["", "Cần người thứ hai, thuộc đơn vị khác và không được thêm quyền, phê duyệt (mục II.1.b):"] if two else []
    return [*(f"{line.mark} {line.text}" for line in lines), *last, *two]


def _tell(options: argparse.Namespace, applied: commands.Applied) -> None:
    if options.json:
        print(json.dumps(asdict(applied)))
    elif applied.state == "applied":
        print(f"change {applied.change}: in force")
    else:
        print(f"change {applied.change}: waits for a second person; `haidang policy approve {applied.change} --by …`")
