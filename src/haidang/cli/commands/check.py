"""``haidang check``: store, journals, rows, log and witnesses held against each other; says what does not fit."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict

from haidang.cli.exits import NO, OK
from haidang.cli.loading import load


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--deep", action="store_true", help="read every recorded byte and hash it")
    parser.add_argument("--background", action="store_true", help="give way to everything else on the machine")
    parser.add_argument("--run", type=int, metavar="N", help="carry out the one that was asked for, or go on with it")


def run(options: argparse.Namespace) -> int:
    if options.background:
        os.nice(19)
    progress = _Progress(shown=sys.stderr.isatty() and not options.background, background=options.background)
    checked = load("haidang.config.check_command").check(deep=options.deep, number=options.run, progress=progress)
    progress.clear()
    if options.json:
        print(json.dumps(asdict(checked), ensure_ascii=False))
    else:
        for sentence in checked.sentences:
            print(f"✗ {sentence}")
        for sentence in checked.notes:
            print(f"· {sentence}")
        result = f"Phát hiện {checked.wrong} sai lệch" if checked.wrong else "Không phát hiện sai lệch"
        print(f"{result}{'' if options.deep or options.run else ' (không đọc lại hình: --deep)'}.")
        print(checked.minutes)
    return OK if checked.wrong == 0 else NO


class _Progress:
    """One line that is written over; in the background the end of whoever started it ends it too."""

    def __init__(self, *, shown: bool, background: bool) -> None:
        self._shown = shown
        self._parent = os.getppid() if background else None

    def __call__(self, phase: str, done: int, total: int) -> None:
        if self._parent is not None and os.getppid() != self._parent:
            raise KeyboardInterrupt
        if self._shown:
            print(f"\r{phase}: {done}/{total}\033[K", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
