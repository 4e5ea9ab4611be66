"""``haidang witness``: cosigns and mirrors the operator's logs on a machine of the supervising department."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from haidang.cli.exits import NO, OK
from haidang.cli.logs import json_log
from haidang.core.errors import InvalidInput
from haidang.witness.alarm_words import advice, moment, said
from haidang.witness.alarms import settle
from haidang.witness.app import create_app, serve
from haidang.witness.compare import Comparison, compare
from haidang.witness.mirror_store import MirrorStore
from haidang.witness.notebook import Notebook
from haidang.witness.parts import copies_of, http_source, origin_in, watch_of
from haidang.witness.setup import NOTEBOOK, STORE, Mirroring, MirrorSettings, make_witness, read_witness
from haidang.witness.source import FolderSource
from haidang.witness.store import WitnessStore
from haidang.witness.telling import Teller
from haidang.witness.watch import Rounds


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)

    def verb(name: str, does: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=does)
        added.add_argument("folder", type=Path)
        return added

    init = verb("init", "make a witness's folder and key; prints the key that others trust")
    init.add_argument("--name", required=True, help="its name for ever, like witness.example.vn")
    init.add_argument("--log", action="append", default=[], metavar="VKEY", help="a log to watch; again for more")
    init.add_argument("--mirror", action="append", default=[], metavar="URL", help="where that log is read, in order")
    init.add_argument("--token-file", type=Path, help="holds what `haidang account token NAME --for log` printed")
    init.add_argument("--ca-file", default="", help="certificates by which the host is known (PEM)")
    init.add_argument("--port", type=int, default=8090)
    verb("run", "answer, mirror and raise alarms until it is ended")
    verb("show", "the alarms that stand, with their numbers")
    settled = verb("settle", "say of an alarm that does not end by itself that it was looked into")
    settled.add_argument("number", type=int)
    settled.add_argument("--note", required=True, help="by whom and with what result; kept")
    compared = verb("compare", "what of the copy is missing or different in a log; exit 1 if anything is")
    compared.add_argument("other", type=Path, nargs="?", help="a log's folder; without it, what the host serves now")
    compared.add_argument("--log", default="", help="one mirrored log: its name, or record or acts; without it, all")


def run(options: argparse.Namespace) -> int:
    match options.verb:
        case "init":
            return _init(options)
        case "run":
            return _run(options.folder)
        case "show":
            return _show(options)
        case "settle":
            return _settle(options)
        case _:
            return _compare(options)


def _init(options: argparse.Namespace) -> int:
    mirroring = Mirroring(options.mirror, options.token_file or options.folder / "log.token", options.ca_file)
    key = make_witness(options.folder, options.name, options.log, mirroring, port=options.port)
    print(json.dumps({"vkey": str(key)}) if options.json else key)
    return OK


def _run(folder: Path) -> int:
    settings = read_witness(folder)
    with json_log(process="witness"):
        watch = watch_of(folder, settings, _now_s)
        teller = Teller(settings.name, watch.notebook, settings.alarm_command)
        rounds = Rounds(watch, teller, _now_s, every_s=settings.every_s)
        watch.witness.on_cosigned = rounds.wake
        rounds.start()
        serve(create_app(watch, _now_s, note=settings.note), settings.host, settings.port)
        rounds.stop()
    return OK


def _show(options: argparse.Namespace) -> int:
    read_witness(options.folder)
    alarms = Notebook(options.folder / NOTEBOOK).alarms()
    if options.json:
        print(json.dumps([{**asdict(each), "title": said(each)} for each in alarms], ensure_ascii=False))
        return OK
    for each in alarms:
        print(f"{each.id:5} {moment(each.since_s)}  {said(each)}  ({each.origin})\n      {advice(each)}")
    return OK


def _settle(options: argparse.Namespace) -> int:
    folder = options.folder
    read_witness(folder)
    alarm = settle(Notebook(folder / NOTEBOOK), WitnessStore(folder / STORE), options.number, options.note)
    print(json.dumps({"settled": alarm.id}) if options.json else f"settled: {said(alarm)}")
    return OK


def _compare(options: argparse.Namespace) -> int:
    """Each log under its own name; one that was asked for, or lies in a folder, is one object and no list."""
    told, same = [], True
    for settings, copy in _compared(options):
        if not options.json:
            print(f"{settings.log}:", flush=True)
        found = compare(copy, http_source(settings) if options.other is None else FolderSource(options.other))
        same = same and found.same
        told.append(_facts(settings.log, found))
        if not options.json:
            print("\n".join(found.lines()), flush=True)
    if options.json:
        print(json.dumps(told if options.other is None and not options.log else told[0]))
    return OK if same else NO


def _compared(options: argparse.Namespace) -> list[tuple[MirrorSettings, MirrorStore]]:
    """A folder's log says itself which one it is: another log's copy is never held against it."""
    settings = read_witness(options.folder)
    if options.other is None:
        return copies_of(options.folder, settings, options.log)
    origin = origin_in(options.other)
    if options.log not in ("", origin, origin.rpartition("/")[2]):
        raise InvalidInput(f"couldn't compare: in {options.other} lies {origin}, not {options.log}", code="wrong_log")
    return copies_of(options.folder, settings, origin)[:1]


def _facts(log: str, found: Comparison) -> dict[str, Any]:
    facts = asdict(found)
    facts["pieces"] = [[*place, *piece] for place, pieces in found.pieces.items() for piece in pieces]
    return {"log": log, **facts, "same": found.same}


def _now_s() -> int:
    return int(time.time())
