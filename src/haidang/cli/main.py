"""``haidang COMMAND``: finds the command, reads its arguments, maps errors to exit codes.

Commands are looked up by name and imported only when called, so that the recorder never loads Django
and ``verify`` will never need it.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from haidang import __version__
from haidang.cli.exits import INTERRUPTED, OK, USAGE, report
from haidang.core.errors import HaidangError

__all__ = ["COMMANDS", "Command", "main"]


class _Module(Protocol):
    def arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace) -> int: ...


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the module that does it and the line that ``haidang help`` shows."""

    module: str
    summary: str
    hidden: bool = False


COMMANDS: dict[str, Command] = {
    "demo": Command("demo", "run the whole system with simulated cameras"),
    "init": Command("init", "make HAIDANG_DIR: keys, database, policy set"),
    "serve": Command("serve", "start and watch every process of this host"),
    "stop": Command("stop", "end what `serve` or `demo` started here"),
    "restart": Command("restart", "end a process of this host; the supervisor starts it anew"),
    "status": Command("status", "what runs, what records, what is down"),
    "recorder": Command("recorder", "one recorder worker (serve starts them)"),
    "gateway": Command("gateway", "live pictures and playback (serve starts it)"),
    "web": Command("web", "pages and API (serve starts it)"),
    "keeper": Command("keeper", "journals to rows, rights of running streams (serve starts it)"),
    "check": Command("check", "reconcile store, journals, rows, log and witnesses"),
    "log": Command("log", "this host's transparency log: key, checkpoint, entries, proofs"),
    "store": Command("store", "copies in a store with Object Lock: check the store, show, verify"),
    "witness": Command("witness", "cosign the log, on a machine of the supervising department"),
    "camera": Command("camera", "add, list, simulate, fault"),
    "account": Command("account", "add, lock, list, token"),
    "policy": Command("policy", "check, plan, apply, approve, show the policy set"),
    "can": Command("can", "may ACCOUNT do ACTION on RESOURCE, and by which clause"),
    "who": Command("who", "who has the right to do ACTION on RESOURCE, on any day"),
    "bench": Command("bench", "measure against the named rivals (in a checkout)"),
    "supervise": Command("supervise", "the supervisor under serve", hidden=True),
}


def _load(name: str) -> _Module:
    return cast("_Module", importlib.import_module(f"haidang.cli.commands.{COMMANDS[name].module}"))


def _overview() -> str:
    lines = [f"  {name:9} {command.summary}" for name, command in COMMANDS.items() if not command.hidden]
    return "\n".join(
        ["usage: haidang COMMAND [--help] …", "", *lines, "", "HAIDANG_DIR and HAIDANG_PORT choose the host."]
    )


def _run(name: str, words: Sequence[str]) -> int:
    module = _load(name)
    parser = argparse.ArgumentParser(prog=f"haidang {name}", description=COMMANDS[name].summary)
    parser.add_argument("--json", action="store_true", help="answer and errors as JSON")
    module.arguments(parser)
    # Wherever it stands: after a verb too, where people write it.
    flags, rest = [word for word in words if word == "--json"], [word for word in words if word != "--json"]
    options = parser.parse_args([*flags, *rest])
    try:
        return module.run(options)
    except HaidangError as error:
        return report(error, as_json=options.json)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return OK  # the reader had enough


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 ok, 1 no or wrong, 2 usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    name = words[0] if words else ""
    if name in COMMANDS:
        return _run(name, words[1:])
    if name in ("version", "--version"):
        print(f"haidang {__version__}")
    elif name in ("", "help", "-h", "--help"):
        print(_overview())
    else:
        print(f"haidang: no command {name!r}; `haidang help` lists them", file=sys.stderr)
    return OK if name.lstrip("-") in ("version", "help", "h") and name else USAGE
