"""What the witness notes beside its memory: alarms from when to when, seals asked for, how far the copy was read.

Losing it costs history and retires no key, so it is made anew where it is missing: what the witness must never forget
is in ``store``. One SQLite file; the witness and its commands may have it open at once.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Alarm", "Facts", "Notebook", "Question"]

Facts = Mapping[str, str | int]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS alarm (
  id INTEGER PRIMARY KEY, origin TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, since_s INTEGER NOT NULL,
  facts TEXT NOT NULL, ended_s INTEGER, note TEXT NOT NULL DEFAULT '',
  told_begin INTEGER NOT NULL DEFAULT 0, told_end INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_open_alarm ON alarm (origin, kind, subject) WHERE ended_s IS NULL;
CREATE TABLE IF NOT EXISTS question (
  id INTEGER PRIMARY KEY, origin TEXT NOT NULL, entry INTEGER NOT NULL, asked_s INTEGER NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0, facts TEXT NOT NULL, found TEXT NOT NULL DEFAULT '', answer INTEGER,
  settled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS questions_of_entries ON question (origin, entry);
CREATE INDEX IF NOT EXISTS questions_by_answer ON question (origin, found, settled);
CREATE TABLE IF NOT EXISTS expired (file BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS watched (origin TEXT PRIMARY KEY, since_s INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS progress (origin TEXT PRIMARY KEY, read_to INTEGER NOT NULL, facts TEXT NOT NULL) STRICT;
"""
_ALARM = "SELECT id, origin, kind, subject, since_s, facts, ended_s, note FROM alarm"
_QUESTION = "SELECT id, origin, entry, asked_s, sent, facts, found, answer FROM question"
#: Each state of an alarm is told so often at most; then it stands on the page alone.
_MOST_TELLINGS = 5
_TOLD = 1000


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something wrong with a log (``origin``) since then; ``subject`` tells two of a kind apart."""

    id: int
    origin: str
    kind: str
    subject: str
    since_s: int
    facts: Facts
    ended_s: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """The seal at ``entry`` was asked for. ``found`` is the host's answer, "" while there is none."""

    id: int
    origin: str
    entry: int
    asked_s: int
    sent: bool
    facts: Facts = field(default_factory=dict)
    found: str = ""
    answer: int | None = None


class Notebook:
    """One SQLite file; every thread of the process may use it."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def watched_since(self, origin: str, now_s: int) -> int:
        """Since when a log is watched: from now on, the first time."""
        self._do("INSERT INTO watched (origin, since_s) VALUES (?, ?) ON CONFLICT DO NOTHING", origin, now_s)
        return int(self._rows("SELECT since_s FROM watched WHERE origin = ?", origin)[0][0])

    # -- alarms

    def alarms(self, *, ended: int = 0) -> list[Alarm]:
        """Those that stand, the oldest first; or so many of the last that have ended, the newest first."""
        if ended:
            rows = self._rows(f"{_ALARM} WHERE ended_s IS NOT NULL ORDER BY ended_s DESC, id DESC LIMIT ?", ended)
        else:
            rows = self._rows(f"{_ALARM} WHERE ended_s IS NULL ORDER BY since_s, id")
        return [_alarm(row) for row in rows]

    def alarm(self, number: int) -> Alarm | None:
        return next((_alarm(row) for row in self._rows(f"{_ALARM} WHERE id = ?", number)), None)

    def begin_alarm(self, origin: str, kind: str, subject: str, since_s: int, facts: Facts) -> None:
        self._do(
            "INSERT INTO alarm (origin, kind, subject, since_s, facts) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            origin, kind, subject, since_s, json.dumps(dict(facts)),
        )  # fmt: skip

    def renew_alarm(self, number: int, facts: Facts) -> None:
        self._do("UPDATE alarm SET facts = ? WHERE id = ?", json.dumps(dict(facts)), number)

    def end_alarm(self, number: int, now_s: int) -> None:
        self._do("UPDATE alarm SET ended_s = ? WHERE id = ? AND ended_s IS NULL", now_s, number)

    def note_alarm(self, number: int, note: str) -> None:
        self._do("UPDATE alarm SET note = ? WHERE id = ?", note, number)

    def untold(self, most: int) -> list[tuple[Alarm, bool]]:
        """Alarms whose beginning (True) or end (False) is still to be told, in the order they came."""
        rows = self._rows(
            f"{_ALARM.replace('note FROM', 'note, told_begin < ? FROM')} "
            "WHERE told_begin < ? OR (ended_s IS NOT NULL AND told_end < ?) ORDER BY id LIMIT ?",
            _MOST_TELLINGS, _MOST_TELLINGS, _MOST_TELLINGS, most,
        )  # fmt: skip
        return [(_alarm(row[:-1]), bool(row[-1])) for row in rows]

    def told(self, number: int, *, begins: bool, done: bool) -> None:
        """It was told, or one more try has failed."""
        if begins:
            self._do("UPDATE alarm SET told_begin = told_begin + ? WHERE id = ?", _TOLD if done else 1, number)
        else:
            self._do("UPDATE alarm SET told_end = told_end + ? WHERE id = ?", _TOLD if done else 1, number)

    # -- questions

    def ask(self, questions: Iterable[Question]) -> None:
        """Note them before they are sent: an answer may be there at once."""
        with self._whole() as write:
            write.executemany(
                "INSERT INTO question (origin, entry, asked_s, facts) VALUES (?, ?, ?, ?)",
                [(each.origin, each.entry, each.asked_s, json.dumps(dict(each.facts))) for each in questions],
            )

    def open_questions(self, origin: str) -> list[Question]:
        """Those without an answer, the oldest first."""
        return self._questions("WHERE origin = ? AND found = '' AND settled = 0 ORDER BY id", origin)

    def bad_answers(self, origin: str) -> list[Question]:
        """Answers that are alarms and that nobody has settled, the oldest first."""
        return self._questions(
            "WHERE origin = ? AND found NOT IN ('', 'ok', 'expired') AND settled = 0 ORDER BY id LIMIT 100", origin
        )

    def sent(self, questions: Sequence[Question]) -> None:
        """The host has taken them."""
        for each in questions:
            self._do("UPDATE question SET sent = 1 WHERE id = ?", each.id)

    def answered(self, origin: str) -> dict[str, int]:
        """How many questions had each answer."""
        rows = self._rows("SELECT found, count(*) FROM question WHERE origin = ? GROUP BY found", origin)
        return {str(found): int(count) for found, count in rows}

    def last_asked_s(self, origin: str) -> int:
        (last,) = self._rows("SELECT coalesce(max(asked_s), 0) FROM question WHERE origin = ?", origin)[0]
        return int(last)

    def settle(self, origin: str, entry: int) -> None:
        """Somebody has looked into what was said of this seal."""
        self._do("UPDATE question SET settled = 1 WHERE origin = ? AND entry = ?", origin, entry)

    # -- the copy, read

    def progress(self, origin: str) -> tuple[int, dict[str, int]]:
        """The next entry to be read, and what was noted of the log meanwhile."""
        rows = self._rows("SELECT read_to, facts FROM progress WHERE origin = ?", origin)
        return (int(rows[0][0]), json.loads(rows[0][1])) if rows else (0, {})

    def note_facts(self, origin: str, facts: Mapping[str, int]) -> None:
        self._do(
            "INSERT INTO progress (origin, read_to, facts) VALUES (?, 0, ?) "
            "ON CONFLICT (origin) DO UPDATE SET facts = excluded.facts",
            origin, json.dumps(dict(facts)),
        )  # fmt: skip

    def read(
        self, origin: str, read_to: int, expired: Iterable[str], answers: Iterable[tuple[Question, str, int]]
    ) -> None:
        """Entries up to there were read: what they say comes with the place in one transaction."""
        with self._whole() as write:
            write.executemany(
                "INSERT OR IGNORE INTO expired (file) VALUES (?)", [(_file_key(origin, file),) for file in expired]
            )
            write.executemany(
                "UPDATE question SET found = ?, answer = ? WHERE id = ?",
                [(found, answer, question.id) for question, found, answer in answers],
            )
            write.execute(
                "INSERT INTO progress (origin, read_to, facts) VALUES (?, ?, '{}') "
                "ON CONFLICT (origin) DO UPDATE SET read_to = excluded.read_to",
                (origin, read_to),
            )

    def is_expired(self, origin: str, file: str) -> bool:
        """Whether the log has said that this recording's time is over."""
        return bool(self._rows("SELECT 1 FROM expired WHERE file = ?", _file_key(origin, file)))

    # -- inside

    def _questions(self, where: str, *values: str) -> list[Question]:
        rows = self._rows(f"{_QUESTION} {where}", *values)
        return [
            Question(number, origin, entry, asked_s, bool(sent), json.loads(facts), found, answer)
            for number, origin, entry, asked_s, sent, facts, found, answer in rows
        ]

    @contextmanager
    def _whole(self) -> Iterator[sqlite3.Connection]:
        """Everything within, or nothing."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _rows(self, statement: str, *values: str | int | bytes) -> list[Any]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def _do(self, statement: str, *values: str | int) -> None:
        with self._lock:
            self._connection.execute(statement, values)


def _alarm(row: Any) -> Alarm:
    number, origin, kind, subject, since_s, facts, ended_s, note = row
    return Alarm(number, origin, kind, subject, since_s, json.loads(facts), ended_s, note)


def _file_key(origin: str, file: str) -> bytes:
    return hashlib.sha256(f"{origin}\n{file}".encode()).digest()[:12]
