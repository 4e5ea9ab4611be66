"""Alarms told to a command of the department's own (SMS, mail): once as each begins, once as it ends.

Laws: no shell; the words go as JSON on standard input; an alarm counts as told when the command has ended well, so a
crash between may tell it twice and never not at all. A command that fails is tried again a few times, then left.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from haidang.witness.alarm_words import advice, moment, said
from haidang.witness.notebook import Alarm, Notebook

__all__ = ["Teller", "run_command"]

_log = structlog.get_logger("haidang.witness")
_AT_ONCE = 10
_WITHIN_S = 30


def run_command(argv: Sequence[str], text: str) -> bool:
    """Whether the command ended well."""
    try:
        done = subprocess.run(  # noqa: S603 - argv is the department's own setting, no shell
            argv, input=text.encode(), timeout=_WITHIN_S, check=False, stdout=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.warning("alarm not told", error=str(error))
        return False
    return done.returncode == 0


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells ``witness``'s alarms by ``argv``."""

    witness: str
    notebook: Notebook
    argv: Sequence[str]
    run: Callable[[Sequence[str], str], bool] = run_command

    def run_once(self, _now_s: int) -> None:
        if not self.argv:
            return
        for alarm, begins in self.notebook.untold(_AT_ONCE):
            self.notebook.told(alarm.id, begins=begins, done=self.run(self.argv, self._words(alarm, begins=begins)))

    def _words(self, alarm: Alarm, *, begins: bool) -> str:
        ended = None if begins or alarm.ended_s is None else moment(alarm.ended_s)
        words = {
            "witness": self.witness, "log": alarm.origin, "number": alarm.id, "kind": alarm.kind,
            "state": "begins" if begins else "ends", "since": moment(alarm.since_s), "ended": ended,
            "title": said(alarm), "advice": advice(alarm), "facts": dict(alarm.facts),
        }  # fmt: skip
        return json.dumps(words, ensure_ascii=False)
