"""What a reconciliation knows so far, in one SQLite file: small memory for any archive, and a run that can go on.

A row of ``file`` is a recording as the log tells it, its seals folded into one digest (``fold``); where a journal on
disk gives the same digest, its seals are the log's.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from haidang.core.findings import Finding, dump_finding, parse_finding
from haidang.core.units import WallUs

__all__ = ["LoggedAct", "LoggedFile", "LoggedGap", "Scratch", "fold"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS file (
  path TEXT PRIMARY KEY, camera TEXT, stream TEXT, from_us INTEGER, to_us INTEGER, size_bytes INTEGER, seals INTEGER,
  digest BLOB, reason TEXT, first_index INTEGER, last_index INTEGER, expired_us INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hole (camera TEXT, stream TEXT, from_us INTEGER, to_us INTEGER);
CREATE TABLE IF NOT EXISTS gap (
  camera TEXT, stream TEXT, from_us INTEGER, to_us INTEGER, reason TEXT, PRIMARY KEY (camera, stream, from_us)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rewritten (path TEXT, first_index INTEGER, last_index INTEGER);
CREATE TABLE IF NOT EXISTS act (row INTEGER, sha256 BLOB, at INTEGER, late_us INTEGER);
CREATE INDEX IF NOT EXISTS act_row ON act (row);
CREATE TABLE IF NOT EXISTS finding (kind TEXT, said TEXT);
CREATE TABLE IF NOT EXISTS progress (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""
_FOLD = struct.Struct(">32sQQ32sqq")
#: Of one kind: the first thousand tell what happened, the rest are counted.
_MOST_OF_A_KIND = 1000


def fold(digest: bytes, offset_bytes: int, size_bytes: int, sha256: bytes, span_us: tuple[int, int]) -> bytes:
    """A digest of seals with one more. ``span_us`` is (0, 0) for a range without pictures."""
    return hashlib.sha256(_FOLD.pack(digest, offset_bytes, size_bytes, sha256, *span_us)).digest()


@dataclass(frozen=True, slots=True)
class LoggedFile:
    """A recording as the log tells it; ``reason`` "" while its end is not logged, ``expired_us`` 0 while it is kept.

    ``digest`` is b"" where entries of it were lost.
    """

    path: str
    camera: str
    stream: str
    from_us: WallUs
    to_us: WallUs
    size_bytes: int
    seals: int
    digest: bytes
    reason: str
    first_index: int
    last_index: int
    expired_us: int = 0


@dataclass(frozen=True, slots=True)
class LoggedGap:
    """``to_us`` 0: it had not ended when it was logged last."""

    camera: str
    stream: str
    from_us: WallUs
    to_us: WallUs
    reason: str


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """A commitment, and the time before which an act that was logged there came late."""

    sha256: bytes
    late_us: int


class Scratch:
    """One run's knowledge; ``commit`` makes what was learnt and the progress stand together."""

    def __init__(self, path: Path | None = None) -> None:
        """In memory without a path. A file that is no scratch file, or half of one, is begun anew."""
        try:
            self._connection = _opened(path or ":memory:")
        except sqlite3.DatabaseError:
            if path is None:
                raise
            path.unlink()
            self._connection = _opened(path)
        rows = self._connection.execute("SELECT kind, count(*) FROM finding GROUP BY kind")
        self._kept: dict[str, int] = dict(rows.fetchall())
        self._counts: dict[str, int] = json.loads(self.value("counts", "{}"))

    # -- findings

    def report(self, finding: Finding) -> None:
        """Keep it; of very many of a kind only the number."""
        self._counts[finding.kind] = self._counts.get(finding.kind, 0) + 1
        if self._kept.get(finding.kind, 0) < _MOST_OF_A_KIND:
            self._kept[finding.kind] = self._kept.get(finding.kind, 0) + 1
            self._connection.execute("INSERT INTO finding VALUES (?, ?)", (finding.kind, dump_finding(finding)))

    def findings(self) -> list[Finding]:
        rows = self._connection.execute("SELECT said FROM finding ORDER BY rowid")
        return [parse_finding(said) for (said,) in rows]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return dict(self._counts)

    # -- progress

    def value(self, name: str, default: str = "") -> str:
        row = self._connection.execute("SELECT value FROM progress WHERE name = ?", (name,)).fetchone()
        return default if row is None else str(row[0])

    def put_value(self, name: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO progress VALUES (?, ?)", (name, value))

    def commit(self) -> None:
        self.put_value("counts", json.dumps(self._counts))
        self._connection.commit()

    def close(self) -> None:
        self._connection.close()

    # -- recordings

    def put_file(self, file: LoggedFile) -> None:
        self._connection.execute(
            f"INSERT OR REPLACE INTO file VALUES ({','.join('?' * 12)})",  # noqa: S608 - marks alone
            astuple(file),
        )

    def put_rewritten(self, path: str, first_index: int, last_index: int) -> None:
        """These entries had sealed the recording before its journal was written anew."""
        self._connection.execute("INSERT INTO rewritten VALUES (?, ?, ?)", (path, first_index, last_index))

    def rewritten(self, path: str) -> list[tuple[int, int]]:
        rows = self._connection.execute("SELECT first_index, last_index FROM rewritten WHERE path = ?", (path,))
        return rows.fetchall()

    def expire(self, path: str, at_us: int) -> bool:
        """Mark it as expired; False if the log never told of it."""
        done = self._connection.execute("UPDATE file SET expired_us = ? WHERE path = ?", (max(at_us, 1), path))
        return done.rowcount == 1

    def file(self, path: str) -> LoggedFile | None:
        row = self._connection.execute("SELECT * FROM file WHERE path = ?", (path,)).fetchone()
        return None if row is None else _file(row)

    def files(self, *, behind: str = "") -> Iterator[LoggedFile]:
        """All of them by path, from behind one; safe while others are written."""
        while True:
            rows = self._connection.execute(
                "SELECT * FROM file WHERE path > ? ORDER BY path LIMIT 500", (behind,)
            ).fetchall()  # fmt: skip
            if not rows:
                return
            yield from map(_file, rows)
            behind = rows[-1][0]

    def file_count(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM file WHERE expired_us = 0").fetchone()[0])

    def streams(self) -> list[tuple[str, str, str]]:
        """Site, camera and stream of each that has a recording or a gap; the site "" of one without recordings."""
        rows = self._connection.execute(
            "SELECT camera, stream, max(path) FROM (SELECT camera, stream, path FROM file "
            "UNION ALL SELECT camera, stream, '' FROM gap) GROUP BY camera, stream ORDER BY camera, stream"
        )
        return [(path.partition("/")[0], camera, stream) for camera, stream, path in rows]

    def recorded(self, camera: str, stream: str, *, expired: bool = False) -> list[tuple[int, int]]:
        """From and to of what is kept of a stream (of what has expired), in order of time."""
        rows = self._connection.execute(
            "SELECT from_us, to_us FROM file WHERE camera = ? AND stream = ? AND (expired_us > 0) = ? "
            "AND to_us > from_us ORDER BY from_us",
            (camera, stream, expired),
        )
        return rows.fetchall()

    # -- minutes

    def put_hole(self, camera: str, stream: str, from_us: int, to_us: int) -> None:
        self._connection.execute("INSERT INTO hole VALUES (?, ?, ?, ?)", (camera, stream, from_us, to_us))

    def holes(self, camera: str, stream: str) -> list[tuple[int, int]]:
        rows = self._connection.execute(
            "SELECT from_us, to_us FROM hole WHERE camera = ? AND stream = ? ORDER BY from_us", (camera, stream)
        )
        return rows.fetchall()

    def put_gap(self, gap: LoggedGap) -> None:
        """The newest word of a gap counts."""
        self._connection.execute("INSERT OR REPLACE INTO gap VALUES (?, ?, ?, ?, ?)", astuple(gap))

    def gaps(self, camera: str, stream: str) -> list[LoggedGap]:
        rows = self._connection.execute(
            "SELECT * FROM gap WHERE camera = ? AND stream = ? ORDER BY from_us", (camera, stream)
        )
        return [LoggedGap(*row) for row in rows]

    def gap(self, camera: str, stream: str, from_us: int) -> LoggedGap | None:
        row = self._connection.execute(
            "SELECT * FROM gap WHERE camera = ? AND stream = ? AND from_us = ?", (camera, stream, from_us)
        ).fetchone()
        return None if row is None else LoggedGap(*row)

    # -- acts

    def put_acts(self, acts: Iterable[tuple[int, bytes, int, int]]) -> None:
        """Row, commitment, index in the log of acts, and before when an act was late there."""
        self._connection.executemany("INSERT INTO act VALUES (?, ?, ?, ?)", acts)

    def acts(self, rows: Sequence[int]) -> dict[int, list[LoggedAct]]:
        """What the log says of each of these rows, oldest first."""
        found: dict[int, list[LoggedAct]] = {}
        for row, sha256, late_us in self._connection.execute(
            f"SELECT row, sha256, late_us FROM act WHERE row IN ({','.join('?' * len(rows))}) ORDER BY at",  # noqa: S608 - marks
            rows,
        ):
            found.setdefault(row, []).append(LoggedAct(sha256, late_us))
        return found

    def act_rows(self, *, behind: int, count: int) -> list[int]:
        """Numbers of rows that the log tells of, in order."""
        rows = self._connection.execute(
            "SELECT DISTINCT row FROM act WHERE row > ? ORDER BY row LIMIT ?", (behind, count)
        )
        return [row for (row,) in rows]


def _file(row: tuple[Any, ...]) -> LoggedFile:
    return LoggedFile(*row)


def _opened(path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level="DEFERRED")
    connection.execute("PRAGMA synchronous = OFF")  # lost is begun anew
    connection.executescript(_SCHEMA)
    return connection
