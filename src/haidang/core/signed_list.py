"""A list that leaves the house: a table for spreadsheets, and beside it a signed note that names its SHA-256.

Laws: what is signed is the file's bytes as they lie, so nothing is ever written anew to compare; a cell never becomes a
formula in whoever's spreadsheet.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from haidang.core.errors import CorruptData
from haidang.core.tlog.notes import Key, Signer, open_note, sign_note

__all__ = ["BOM", "ListStatement", "csv_lines", "safe_cell", "sign_list", "statement_of"]

#: So that spreadsheets read Vietnamese.
BOM = "\ufeff"
_HEAD = "haidang.local/signed-list/v1"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ListStatement:
    """``sha256`` of the whole file, hexadecimal; ``about``: what was asked for, on one line."""

    file: str
    sha256: str
    rows: int
    made_at: str
    about: str

    @property
    def text(self) -> str:
        return (
            f"{_HEAD}\nfile {self.file}\nsha256 {self.sha256}\nrows {self.rows}\nmade {self.made_at}\n"
            f"about {self.about}\n"
        )

    def matches(self, content: bytes) -> bool:
        return hashlib.sha256(content).hexdigest() == self.sha256


def safe_cell(value: str) -> str:
    """A text that no spreadsheet reads as a formula: one that begins like one gets an apostrophe before it."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """RFC 4180, cells made safe."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def sign_list(statement: ListStatement, signer: Signer) -> bytes:
    """The note that lies beside the list."""
    return sign_note(statement.text, [signer.sign(statement.text)])


def statement_of(note: bytes, key: Key) -> ListStatement:
    """What the key's holder has signed. Raises CorruptData (``signed_list``, and what an unsigned note raises)."""
    wrong = CorruptData("that is no signature of a list", code="signed_list")
    lines = open_note(note, [key]).text.split("\n")
    names = ("file", "sha256", "rows", "made", "about")
    if len(lines) != 7 or lines[0] != _HEAD or lines[6]:
        raise wrong
    pairs = [line.partition(" ") for line in lines[1:6]]
    if tuple(name for name, _space, _value in pairs) != names:
        raise wrong
    file, sha256, rows, made, about = (value for _name, _space, value in pairs)
    if not (rows.isascii() and rows.isdecimal() and len(rows) < 10):
        raise wrong
    return ListStatement(file, sha256, int(rows), made, about)
