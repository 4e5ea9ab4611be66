"""TOML tables of a policy set, read strictly, all mistakes noted.

Laws: what nobody asked for is a mistake (a typo must not pass for a setting); a wrong value is noted with file, line,
key and a way to mend it, and a harmless stand-in is returned, so that one reading finds everything. Who reads must look
at the findings before using the values.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from haidang.core.errors import InvalidInput
from haidang.core.layout import check_slug

__all__ = ["Finding", "Findings", "Table", "read_entries", "read_toml"]

T = TypeVar("T")
_CLAUSE = re.compile(r"(?:P|C|[IVX]+(?:\.\d+)?(?:\.[a-z])?(?:-\d+)?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: where, what, and how to mend it. ``line`` 0 means the file as a whole."""

    file: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}" + (f"; {self.mend}" if self.mend else "")


@dataclass(slots=True)
class Findings:
    """The mistakes of one reading, in the order in which they were met."""

    found: list[Finding] = field(default_factory=list)

    def add(self, file: str, what: str, mend: str = "", *, line: int = 0) -> None:
        self.found.append(Finding(file, line, what, mend))

    def stop(self) -> None:
        """Raise InvalidInput (``policy_set``) if there is any: the first, and how many more."""
        if self.found:
            first, more = self.found[0], len(self.found) - 1
            also = f" (and {more} more: `haidang policy check` lists them)" if more else ""
            couldnt = "compile the policy set" if first.file.endswith((".cedar", ".cedarschema")) else "read"
            place = "" if couldnt == "read" else ":"
            raise InvalidInput(f"couldn't {couldnt}{place} {first}{also}", code="policy_set")

    def no_duplicates(self, file: str, text: str, what: str, names: Iterable[str]) -> None:
        seen: set[str] = set()
        for name in names:
            if name in seen:
                lines = [at for at, line in enumerate(text.splitlines(), 1) if f'"{name}"' in line]
                self.add(
                    file,
                    f"{what} {name!r} stands in it twice",
                    "take one of them out",
                    line=lines[1] if lines[1:] else 0,
                )
            seen.add(name)


def read_toml(file: str, text: str, findings: Findings) -> Table:
    """The file as its outermost table; empty if it is no TOML."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        findings.add(file, str(error), "mend the TOML there first; the rest of the file was not read")
        data = {}
    return Table(file, data, text, findings)


class Table:
    """One table that knows where it is and which of its keys were asked for."""

    def __init__(
        self,
        file: str,
        data: dict[str, Any],
        text: str,
        findings: Findings,
        *,
        place: str = "",
        lines: range = range(0),
    ) -> None:
        self.file, self.findings = file, findings
        self._data, self._text, self._place, self._lines = data, text, place, lines
        self._read: set[str] = set()

    @property
    def line(self) -> int:
        return self._lines.start

    def wrong(self, key: str, what: str, mend: str = "") -> None:
        """Note a mistake at a key: on its own line where there is one, else where the table begins."""
        rows = self._text.splitlines()
        own = (at for at in self._lines if at <= len(rows) and re.match(rf"\s*{re.escape(key)}\s*=", rows[at - 1]))
        name = f"{self._place}.{key}" if self._place else key
        self.findings.add(self.file, f"{name} {what}", mend, line=next(own, self.line))

    def _get(self, key: str, kind: type[T], takes: str) -> T | None:
        self._read.add(key)
        if key not in self._data:
            self.wrong(key, "is missing", f"write {key} with {takes}")
            return None
        value = self._data[key]
        if type(value) is not kind:
            self.wrong(key, f"takes {takes}, not {value!r}")
            return None
        return value

    def has(self, key: str) -> bool:
        self._read.add(key)
        return key in self._data

    def table(self, key: str) -> Table:
        rows = self._text.splitlines()
        head = next((at for at, row in enumerate(rows, 1) if row.strip() == f"[{key}]"), 0)
        lines = range(head, _end(rows, head)) if head else range(0)
        return Table(
            self.file, self._get(key, dict, "a table") or {}, self._text, self.findings, place=key, lines=lines
        )

    def tables(self, key: str) -> list[Table]:
        """The entries headed ``[[key]]``; none is fine."""
        if not self.has(key):
            return []
        entries: list[Any] = self._get(key, list, f"tables [[{key}]]") or []
        rows = self._text.splitlines()
        heads = [at for at, row in enumerate(rows, 1) if row.strip() == f"[[{key}]]"]
        if not all(isinstance(entry, dict) for entry in entries) or len(heads) != len(entries):
            self.wrong(key, f"takes tables, each headed [[{key}]] on its own line")
            return []
        return [
            Table(self.file, entry, self._text, self.findings, place=key, lines=range(head, _end(rows, head)))
            for entry, head in zip(entries, heads, strict=True)
        ]

    def inlines(self, key: str, *, many: bool) -> list[Table]:
        """Inline tables behind a key: ``{…}``, or with ``many`` a list of them; none is fine."""
        if not self.has(key):
            return []
        value = self._data[key]
        entries = value if many and isinstance(value, list) else [value]
        if not entries or not all(isinstance(entry, dict) for entry in entries):
            self.wrong(key, "takes inline tables like {answer = …, value = …}")
            return []
        return [
            Table(self.file, e, self._text, self.findings, place=f"{self._place}.{key}", lines=self._lines)
            for e in entries
        ]

    def text(self, key: str, default: str | None = None) -> str:
        if default is not None and not self.has(key):
            return default
        value = self._get(key, str, "a text")
        if value is None:
            return ""
        if not value.strip() and default is None:
            self.wrong(key, "is empty")
        if any(character in value for character in '"\\\n\r\t'):
            self.wrong(key, "holds a quotation mark, backslash or line break", "use “ ” and one line")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        if default is not None and not self.has(key):
            return default
        values: list[Any] = self._get(key, list, "a list of texts") or []
        if not all(isinstance(value, str) and value.strip() for value in values):
            self.wrong(key, "takes a list of texts")
            return ()
        return tuple(values)

    def slug(self, key: str) -> str:
        value = self.text(key)
        try:
            return check_slug(value, key)
        except InvalidInput:
            if value:
                self.wrong(key, f"is no slug: {value!r}", "use a-z, 0-9 and '-'")
            return value

    def clause(self, key: str) -> str:
        value = self.text(key)
        if value.strip() and not _CLAUSE.fullmatch(value):
            self.wrong(key, f"is no clause like II.3.a-1: {value!r}")
        return value

    def choice(self, key: str, choices: Sequence[T]) -> T:
        """One of a few words; the first of them stands in for a wrong one."""
        value = self.text(key)
        for each in choices:
            if value == each:
                return each
        words = [str(each) for each in choices]
        self.wrong(key, f"takes one of {', '.join(words)}, not {value!r}", _near(value, words))
        return choices[0]

    def one_of(self, key: str, known: Collection[str], what: str, *, optional: bool = False) -> str:
        if optional and not self.has(key):
            return ""
        value = self.text(key)
        if value.strip() and value not in known:
            self.wrong(key, f"names no {what}: {value!r}", _near(value, known))
        return value

    def some_of(self, key: str, known: Collection[str], what: str, *, optional: bool = False) -> tuple[str, ...]:
        if optional and not self.has(key):
            return ()
        before = len(self.findings.found)
        values = self.texts(key)
        if not values and len(self.findings.found) == before:
            self.wrong(key, "is empty", f"name at least one {what}")
        for value in values:
            if value not in known:
                self.wrong(key, f"names no {what}: {value!r}", _near(value, known))
        if len(set(values)) != len(values):
            self.wrong(key, "names one twice")
        return values

    def yes(self, key: str) -> bool:
        """A Bool, no if it is not there."""
        return bool(self.has(key) and self._get(key, bool, "true or false"))

    def number(self, key: str, low: int, high: int) -> int:
        """A whole number of a range; its lower end stands in for a wrong one."""
        value = self._get(key, int, f"a whole number of {low} to {high}")
        if value is not None and not low <= value <= high:
            self.wrong(key, f"takes {low} to {high}, not {value}")
            value = None
        return low if value is None else value

    def day(self, key: str) -> date:
        return self._get(key, date, "a day like 2022-01-01") or date.min

    def day_or_none(self, key: str) -> date | None:
        return self.day(key) if self.has(key) else None

    def skip(self, *keys: str) -> None:
        """Keys that are for people to read."""
        self._read.update(keys)

    def finish(self) -> None:
        """Note what nobody asked for."""
        for key in self._data:
            if key not in self._read:
                self.wrong(key, "is no key that is known here", _near(key, self._read))


def read_entries(entries: Iterable[Table], read: Callable[[Table], T]) -> list[T]:
    """Each entry's value; entries with a mistake are left out (the findings say so)."""
    values = []
    for entry in entries:
        before = len(entry.findings.found)
        value = read(entry)
        entry.finish()
        if len(entry.findings.found) == before:
            values.append(value)
    return values


def _end(rows: list[str], head: int) -> int:
    """The line behind the table that begins on line ``head``."""
    return next((at for at in range(head + 1, len(rows) + 1) if rows[at - 1].startswith("[")), len(rows) + 1)


def _near(value: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(value, list(known), 1)
    return f"did you mean {near[0]!r}?" if near else ""
