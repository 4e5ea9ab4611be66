"""``haidang witness``: cosigns the operator's log on a machine of the supervising department."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from haidang.cli.exits import OK
from haidang.cli.logs import json_log
from haidang.witness.app import create_app, serve
from haidang.witness.service import Witness
from haidang.witness.setup import STORE, make_witness, read_signer, read_witness
from haidang.witness.store import WitnessStore


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    init = verbs.add_parser("init", help="make a witness's folder and key; prints the key that others trust")
    init.add_argument("folder", type=Path)
    init.add_argument("--name", required=True, help="its name for ever, like witness.example.vn")
    init.add_argument("--log", action="append", default=[], metavar="VKEY", help="a log to watch; again for more")
    run_ = verbs.add_parser("run", help="answer until it is ended")
    run_.add_argument("folder", type=Path)


def run(options: argparse.Namespace) -> int:
    if options.verb == "init":
        key = make_witness(options.folder, options.name, options.log)
        print(json.dumps({"vkey": str(key)}) if options.json else key)
        return OK
    settings = read_witness(options.folder)
    store = WitnessStore(options.folder / STORE)
    witness = Witness(
        read_signer(options.folder, settings.name), settings.keys(), store, lambda: int(time.time())
    )  # fmt: skip
    with json_log(process="witness"):
        serve(create_app(witness, silence_s=settings.silence_s), settings.host, settings.port)
    store.close()
    return OK
