"""``haidang account``: personal accounts in units. Passwords and tokens are generated and shown once."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from haidang.cli.exits import OK
from haidang.config import commands


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="make an account; its password must be changed at the first sign-in")
    add.add_argument("account")
    add.add_argument("--unit", required=True, help="slug of its unit, such as bql-cang-ca-binh-dinh")
    lock = verbs.add_parser("lock", help="end an account's sessions and streams and let nobody sign in with it")
    lock.add_argument("account")
    token = verbs.add_parser("token", help="make an API token with the account's rights")
    token.add_argument("account")
    verbs.add_parser("list", help="the accounts")


def run(options: argparse.Namespace) -> int:
    match options.verb:
        case "add":
            made = commands.add_account(options.account, options.unit)
            _show_once(options, account=made.account, password=made.password)
        case "token":
            _show_once(options, account=options.account, token=commands.create_token(options.account))
        case "lock":
            commands.lock_account(options.account)
            print(f"locked {options.account}")
        case _:
            _list(options)
    return OK


def _show_once(options: argparse.Namespace, **values: str) -> None:
    if options.json:
        print(json.dumps(values))
    else:
        print("\n".join(f"{name}: {value}" for name, value in values.items()))


def _list(options: argparse.Namespace) -> None:
    accounts = commands.list_accounts()
    if options.json:
        print(json.dumps([asdict(account) for account in accounts], ensure_ascii=False))
        return
    for account in accounts:
        print(f"{account.account:28} {account.unit:28} {'' if account.active else 'locked'}".rstrip())
