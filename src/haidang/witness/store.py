"""What the witness remembers of each log: the checkpoint that it cosigned last. Losing it retires the witness's key.

Laws: a checkpoint is on disk before its cosignature leaves; the step from the old size is one atomic write, so of two
requests at once one loses; a database that is missing is never made anew by a start.
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from haidang.core.errors import Conflict, Fatal

__all__ = ["Evidence", "Latest", "WitnessStore"]

_SCHEMA = """
CREATE TABLE latest (
  origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL, time_s INTEGER NOT NULL
) STRICT;
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY, origin TEXT NOT NULL, time_s INTEGER NOT NULL, why TEXT NOT NULL, body BLOB NOT NULL
) STRICT;
"""
#: Evidence up to here was looked into; a table of its own, so that older databases get it too.
_SETTLED = "CREATE TABLE IF NOT EXISTS settled (origin TEXT PRIMARY KEY, evidence INTEGER NOT NULL) STRICT"
#: When each log grew last: the same checkpoint cosigned again is nobody's sign of life, for anybody can show it.
_GROWN = "CREATE TABLE IF NOT EXISTS grown (origin TEXT PRIMARY KEY, time_s INTEGER NOT NULL) STRICT"
#: Of each log; the first ones tell the most, so later ones are what is not kept.
_MOST_EVIDENCE = 200


@dataclass(frozen=True, slots=True)
class Latest:
    """The last checkpoint of a log that was cosigned, as it was answered: the log's signature and ours."""

    size: int
    root: bytes
    note: bytes
    time_s: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A request that a trusted log signed and that does not fit what it signed before."""

    origin: str
    time_s: int
    why: str
    body: bytes


class WitnessStore:
    """One SQLite file; every thread of the process may use it."""

    def __init__(self, path: Path) -> None:
        """Raises Fatal (``witness_store``) where there is none."""
        if not path.is_file():
            raise Fatal(
                f"{path} is missing: without it this witness would sign what it has contradicted. Restore it from a "
                "backup, or set up a new witness with a new key and tell those who trust the old one",
                code="witness_store",
            )  # fmt: skip
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(_SETTLED)
        self._connection.execute(_GROWN)

    @classmethod
    def create(cls, path: Path) -> WitnessStore:
        """A new, empty one. Raises Conflict (``witness_exists``)."""
        if path.exists():
            raise Conflict(f"{path} is there already: a witness is set up once", code="witness_exists")
        connection = sqlite3.connect(path)
        connection.executescript(_SCHEMA)
        connection.close()
        return cls(path)

    def latest(self, origin: str) -> Latest | None:
        """What was cosigned last, None before the first time."""
        with self._lock:
            row = self._connection.execute(
                "SELECT size, root, note, time_s FROM latest WHERE origin = ?", (origin,)
            ).fetchone()  # fmt: skip
        return None if row is None else Latest(*row)

    def advance(self, origin: str, old: Latest | None, new: Latest) -> bool:
        """Put ``new`` in the place of ``old``; False if something else stands there by now."""
        with self._lock:
            if old is None:
                done = self._connection.execute(
                    "INSERT INTO latest (origin, size, root, note, time_s) VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT DO NOTHING",
                    (origin, new.size, new.root, new.note, new.time_s),
                )
            else:
                done = self._connection.execute(
                    "UPDATE latest SET size = ?, root = ?, note = ?, time_s = ? "
                    "WHERE origin = ? AND size = ? AND root = ? AND time_s = ?",
                    (new.size, new.root, new.note, new.time_s, origin, old.size, old.root, old.time_s),
                )
            if done.rowcount != 1:
                return False
            if old is None or new.size > old.size:
                self._connection.execute(
                    "INSERT INTO grown (origin, time_s) VALUES (?, ?) "
                    "ON CONFLICT (origin) DO UPDATE SET time_s = excluded.time_s",
                    (origin, new.time_s),
                )
            return True

    def grown_s(self, origin: str) -> int:
        """When the log was cosigned with more entries than before; 0 if that is not known."""
        with self._lock:
            row = self._connection.execute("SELECT time_s FROM grown WHERE origin = ?", (origin,)).fetchone()
        return int(row[0]) if row else 0

    def keep(self, found: Evidence) -> None:
        """Keep a request that proves misbehaviour."""
        with self._lock:
            self._connection.execute(
                "INSERT INTO evidence (origin, time_s, why, body) SELECT ?, ?, ?, ? "
                "WHERE (SELECT count(*) FROM evidence WHERE origin = ?) < ?",
                (found.origin, found.time_s, found.why, found.body, found.origin, _MOST_EVIDENCE),
            )

    def evidence(self, origin: str) -> list[Evidence]:
        """What was kept of a log, the first first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT origin, time_s, why, body FROM evidence WHERE origin = ? ORDER BY id", (origin,)
            ).fetchall()  # fmt: skip
        return [Evidence(*row) for row in rows]

    def unsettled(self, origin: str) -> list[Evidence]:
        """What was kept since somebody looked into it last, the first first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT origin, time_s, why, body FROM evidence WHERE origin = ? "
                "AND id > coalesce((SELECT evidence FROM settled WHERE origin = ?), 0) ORDER BY id",
                (origin, origin),
            ).fetchall()
        return [Evidence(*row) for row in rows]

    def settle(self, origin: str) -> None:
        """All that is kept of a log was looked into; it stays."""
        with self._lock:
            self._connection.execute(
                "INSERT INTO settled (origin, evidence) SELECT ?, coalesce(max(id), 0) FROM evidence WHERE origin = ? "
                "ON CONFLICT (origin) DO UPDATE SET evidence = excluded.evidence",
                (origin, origin),
            )

    def close(self) -> None:
        with self._lock:
            self._connection.close()
