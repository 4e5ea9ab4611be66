"""``haidang account``: personal accounts in units. Passwords and tokens are generated and shown once."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from haidang.cli.exits import OK
from haidang.config import account_commands as commands
from haidang.config.account_commands import AccountLine


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)

    def verb(name: str, does: str, subject: str = "account") -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=does)
        added.add_argument(subject)
        return added

    add = verb("add", "make an account; its password must be changed at the first sign-in")
    add.add_argument("--unit", required=True, help="slug of its unit, such as bql-cang-ca-binh-dinh")
    add.add_argument("--name", default="", help="the person's name")
    add.add_argument("--position", default="", help="the person's position")
    add.add_argument("--document", default="", help="the paper it rests on")
    add.add_argument("--manager", action="store_true", help="manages the unit's people: confirms, reviews, enrols")
    lock = verb("lock", "end an account's sessions and streams and let nobody sign in with it")
    lock.add_argument("--reason", default="")
    verb("unlock", "let a locked or expired account in again")
    verb("expire", "set the last day of an account").add_argument("day", help="YYYY-MM-DD, or never")
    verb("reset", "draw a new password for who lost theirs")
    token = verb("token", "make an API token with the account's rights")
    token.add_argument("--days", type=int, help="until it ends")
    token.add_argument("--for", dest="scope", choices=["log"], default="", help="opens the logs alone")
    verb("end-token", "end an API token", "token").description = "The names of tokens are in `haidang account list`."
    focal = verb("focal", "name the person who receives the unit's account (II.5)", "unit")
    focal.add_argument("--name", required=True)
    focal.add_argument("--document", required=True)
    focal.add_argument("--position", default="")
    focal.add_argument("--phone", default="")
    link = verb("link", "let a person of an organisation's own sign-in in to this account")
    link.add_argument("--provider", required=True, help="slug of its [oidc.<slug>] in haidang.toml")
    link.add_argument("--subject", required=True, help="what the organisation calls the person")
    verb("unlink", "end that").add_argument("--provider", required=True)
    listed = verbs.add_parser("list", help="the accounts: state, last use, tokens")
    listed.add_argument("--unit", default="")
    listed.add_argument("--unused", type=int, metavar="DAYS", help="only those that nobody used for so long")


def run(options: argparse.Namespace) -> int:
    match options.verb:
        case "add":
            made = commands.add_account(
                options.account, options.unit, display_name=options.name, position=options.position,
                document=options.document, manager=options.manager,
            )  # fmt: skip
            _show(options, account=made.account, password=made.password)
        case "reset":
            made = commands.reset_password(options.account)
            _show(options, account=made.account, password=made.password)
        case "token":
            name, token = commands.new_token(options.account, days=options.days, scope=options.scope)
            _show(options, account=options.account, name=name, token=token)
        case "list":
            _list(options, commands.list_accounts(unit=options.unit, unused_days=options.unused))
        case _:
            _do(options)
    return OK


def _do(options: argparse.Namespace) -> None:
    """The verbs that answer only that they did it."""
    match options.verb:
        case "lock":
            commands.lock_account(options.account, reason=options.reason)
            _show(options, locked=options.account)
        case "unlock":
            commands.unlock_account(options.account)
            _show(options, unlocked=options.account)
        case "expire":
            commands.set_expiry(options.account, options.day)
            _show(options, account=options.account, expires_on=options.day)
        case "end-token":
            commands.end_token(options.token)
            _show(options, ended=options.token)
        case "link":
            commands.link_identity(options.account, options.provider, options.subject)
            _show(options, account=options.account, linked=options.provider)
        case "unlink":
            commands.unlink_identity(options.account, options.provider)
            _show(options, account=options.account, unlinked=options.provider)
        case "focal":
            commands.name_focal_person(
                options.unit, name=options.name, document=options.document, position=options.position,
                phone=options.phone,
            )  # fmt: skip
            _show(options, unit=options.unit, focal_person=options.name)


def _show(options: argparse.Namespace, **values: str) -> None:
    if options.json:
        print(json.dumps(values, ensure_ascii=False))
    else:
        print("\n".join(f"{name}: {value}" for name, value in values.items()))


def _list(options: argparse.Namespace, accounts: list[AccountLine]) -> None:
    if options.json:
        print(json.dumps([asdict(account) for account in accounts], ensure_ascii=False))
        return
    for account in accounts:
        used = account.used_at[:16].replace("T", " ") or "never used"
        office = "manager" if account.manager else ""
        print(f"{account.account:28} {account.unit:28} {account.state:9} {office:8} {used}".rstrip())
        for token in account.tokens:
            print(f"  token {token}")
