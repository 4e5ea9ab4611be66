"""``haidang log``: this host's transparency log, read. No Django, no database."""

from __future__ import annotations

import argparse
import base64
import json
import sys

from haidang.cli.exits import OK
from haidang.config.home import home_directory
from haidang.core.host import RECORD_LOG
from haidang.host.log_key import log_signer
from haidang.storage.log_reader import LogReader


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("key", help="the verifier key, for `haidang witness init --log`")
    verbs.add_parser("show", help="the checkpoint: how many entries, and the root")
    for verb, summary in (("entry", "one entry as it was logged"), ("proof", "its proof, as a .tlog-proof file")):
        verbs.add_parser(verb, help=summary).add_argument("index", type=int)


def run(options: argparse.Namespace) -> int:
    home = home_directory()
    key = log_signer(home).key
    if options.verb == "key":
        print(json.dumps({"vkey": str(key)}) if options.json else key)
        return OK
    log = LogReader(home / RECORD_LOG, key)
    if options.verb == "show":
        shown = {
            "origin": log.checkpoint.origin,
            "size": log.checkpoint.size,
            "root": base64.b64encode(log.checkpoint.root).decode(),
        }
        print(json.dumps(shown) if options.json else log.note.decode(), end="\n" if options.json else "")
    elif options.verb == "entry":
        print(log.entry(options.index).decode())
    else:
        sys.stdout.write(log.proof(options.index).text.decode())
    return OK
