"""``haidang log``: this host's transparency logs, read, and what was handed over of them, checked. No Django."""

from __future__ import annotations

import argparse
import base64
import json
import sys
from pathlib import Path

from haidang.cli.exits import NO, OK
from haidang.cli.loading import load
from haidang.cli.log_verdicts import verify_list, verify_minutes, verify_row
from haidang.config.home import home_directory, read_settings
from haidang.core.errors import HaidangError, InvalidInput
from haidang.core.host import LOG_FOLDERS
from haidang.core.tlog.notes import Key
from haidang.core.units import to_datetime
from haidang.host.signers import LOGS, log_key, log_signer, papers_signer
from haidang.storage.log_reader import LogReader

_PAPERS = "papers"


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    key = verbs.add_parser("key", help="the verifier key, for `haidang witness init --log`")
    show = verbs.add_parser("show", help="the checkpoint: how many entries, the root, who has signed")
    verbs.add_parser("policy", help="logs, witnesses and quorum as a tlog-policy, for verifiers to pin")
    entry = verbs.add_parser("entry", help="one entry as it was logged")
    proof = verbs.add_parser("proof", help="its proof, as a .tlog-proof file")
    stamps = verbs.add_parser("stamps", help="its time stamps, each verified anew from the files")
    stamps.add_argument("--roots", default="", help="roots (PEM) of authorities; else those of haidang.toml")
    for each in (entry, proof):
        each.add_argument("index", type=int)
    for each in (show, entry, proof, stamps):
        each.add_argument("--log", choices=LOGS, default="record", help="of recordings, or of what people did")
    key.add_argument("--log", choices=(*LOGS, _PAPERS), default="record", help="or the key of lists and minutes")
    row = verbs.add_parser("verify-row", help="check an entry's proof file, anywhere")
    listed = verbs.add_parser("verify-list", help="check a list that was exported, anywhere")
    row.add_argument("--policy", type=Path, help="witnesses that must have spoken, as a tlog-policy")
    listed.add_argument("--signature", type=Path, help="the .sig file, where it lies elsewhere")
    minutes = verbs.add_parser("verify-minutes", help="check the minutes of a reconciliation, anywhere")
    for each in (row, listed, minutes):
        each.add_argument("file", type=Path)
        each.add_argument("--key", required=True, metavar="VKEY", help="as the operator has published it")


def run(options: argparse.Namespace) -> int:
    if options.verb.startswith("verify-"):
        return _verify(options)
    home = home_directory()
    if options.verb == "policy":
        print(_policy(home), end="")
        return OK
    if options.verb == "key":
        # Others will trust it, so it is asked of what signs.
        key = papers_signer(home).key if options.log == _PAPERS else log_signer(home, options.log).key
        print(json.dumps({"vkey": str(key)}) if options.json else key)
        return OK
    key = log_key(home, options.log)
    if options.verb == "stamps":
        return _stamps(home, home / LOG_FOLDERS[options.log], key, options)
    log = LogReader(home / LOG_FOLDERS[options.log], key)
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


def _verify(options: argparse.Namespace) -> int:
    if options.verb == "verify-row":
        return verify_row(options.file, key=options.key, policy=options.policy, as_json=options.json)
    if options.verb == "verify-list":
        return verify_list(options.file, key=options.key, signature=options.signature, as_json=options.json)
    return verify_minutes(options.file, key=options.key, as_json=options.json)


def _policy(home: Path) -> str:
    """The host's own word of whom to trust: a verifier pins what it was given by hand, not what a bundle brings."""
    settings = read_settings(home).log
    lines = [f"log {log_signer(home, name).key}" for name in LOGS]
    names = []
    for each in settings.witnesses:
        vkey, _, url = each.partition(" ")
        names.append(vkey.partition("+")[0])
        lines.append(f"witness {names[-1]} {vkey} {url}")
    if names:
        lines.append(f"group witnesses {settings.quorum or 'all'} {' '.join(names)}")
    lines.append(f"quorum {'witnesses' if names else 'none'}")
    return "\n".join(lines) + "\n"


def _stamps(home: Path, folder: Path, key: Key, options: argparse.Namespace) -> int:
    """A line a stamp; exit 1 if any of them does not hold."""
    roots_file = options.roots or read_settings(home).timestamp.roots_file
    if not roots_file:
        raise InvalidInput("no roots: --roots FILE, or [timestamp] in haidang.toml", code="stamp_roots")
    stamps = load("haidang.storage.stamps")
    roots, failed = stamps.read_roots(home / roots_file), 0
    for kept in stamps.kept_stamps(folder):
        shown = {"size": kept.size, "state": "ok", "at": "", "signer": "", "file": kept.path(folder, "tsr").name}
        try:
            stamp = stamps.check_kept(folder, kept, key, roots)
        except HaidangError as error:
            failed += 1
            shown |= {"state": error.code, "at": "", "signer": str(error)}
        else:
            shown |= {"at": to_datetime(stamp.at).isoformat(), "signer": stamp.signer}
        line = json.dumps(shown, ensure_ascii=False) if options.json else "  ".join(map(str, shown.values()))
        print(line)
    return NO if failed else OK
