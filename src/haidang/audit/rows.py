"""An entry's bytes: what the log of acts commits to, and what a verifier is handed with the salt.

One JSON object on one line, compact, keys in the order below; made from the row's columns, so that whoever changes a
column changes the bytes.
"""

from __future__ import annotations

import hashlib
import json

from haidang.audit.models import Entry
from haidang.core.log_entries import SALT_BYTES, Act, commitment

__all__ = ["act_of", "row_bytes"]

_COLUMNS = ("id", "at", "actor", "action", "resource", "purpose", "decision", "clause", "policies", "facts")


def row_bytes(entry: Entry) -> bytes:
    """The row as it is committed to, without its salt."""
    row = {name: getattr(entry, name) for name in _COLUMNS}
    if isinstance(row["facts"], dict):  # whoever edits rows can put anything there
        row["facts"] = dict(sorted(row["facts"].items()))  # PostgreSQL does not keep the order of keys
    return json.dumps(row, separators=(",", ":"), ensure_ascii=True).encode()


def act_of(entry: Entry) -> Act:
    """What the log says of the row; also of one whose salt is none, which no program of ours writes."""
    salt = bytes(entry.salt)
    if len(salt) != SALT_BYTES:
        salt = hashlib.sha256(salt).digest()
    return Act(entry.pk, commitment(salt, row_bytes(entry)))
