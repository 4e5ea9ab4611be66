"""One entry of the access log in full: its facts in words, and its proof in the transparency log.

Law: what is said of a proof was checked for this page from the row and the log's own files: the row's bytes against
its commitment, the commitment in the tree, the tree under the log's signature, the witnesses under theirs.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _

from haidang.audit.models import Entry
from haidang.audit.queries import log_index_of
from haidang.audit.rows import row_bytes
from haidang.core.errors import CorruptData, NotFound, Unavailable
from haidang.core.host import ACTS_LOG
from haidang.core.row_proof import RowProof
from haidang.core.tlog.notes import Key, key_of, open_note
from haidang.core.units import VIETNAM, WallUs, to_datetime
from haidang.host.signers import log_key
from haidang.storage.log_reader import LogReader
from haidang.web.access_log_rows import span_text
from haidang.web.access_log_words import ended_view_text, fact_label
from haidang.web.session import host_settings
from haidang.web.texts import action_name

__all__ = ["Proof", "facts_of", "proof_of", "row_proof_of"]

_INSTANTS = ("from", "to", "started", "ended")


@dataclass(frozen=True, slots=True)
class Proof:
    """``waiting``: not logged yet. ``broken``: the row is not what was logged. ``unreadable``: the log cannot tell.

    ``cosigned``: who has cosigned the checkpoint and when, by their own clocks.
    """

    state: Literal["waiting", "holds", "broken", "unreadable"]
    index: int = 0
    size: int = 0
    origin: str = ""
    root: str = ""
    cosigned: tuple[tuple[str, datetime], ...] = ()


def facts_of(entry: Entry) -> list[tuple[str, str]]:
    """Label and value of each fact, in the order of their names."""
    return [(fact_label(name), _value(name, value)) for name, value in sorted(entry.facts.items())]


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if value is None or value == "":
        return "–"
    if name in _INSTANTS and isinstance(value, int):
        return f"{to_datetime(WallUs(value)).astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}" if value else "–"
    if name == "spans":
        return "; ".join(_spans(str(value)))
    if name == "reason":
        return ended_view_text(str(value))
    return action_name(str(value)) if name == "of" else str(value)


def _spans(text: str) -> list[str]:
    found = []
    for part in text.split():
        start, _dash, end = part.partition("-")
        if start.isdecimal() and end.isdecimal():
            found.append(span_text(int(start) * 1_000_000, int(end) * 1_000_000))
    return found


def proof_of(entry: Entry, home: Path) -> Proof:
    """How the entry stands with the log of acts, checked now."""
    index = log_index_of(entry)
    if index is None:
        return Proof("waiting")
    try:
        made, reader = row_proof_of(entry, index, home)
    except (CorruptData, NotFound, Unavailable):
        return Proof("unreadable", index)
    if not made.commits:
        return Proof("broken", index)
    note = made.proof.note
    checkpoint = reader.checkpoint_of(note)
    return Proof(
        "holds", index, checkpoint.size, checkpoint.origin, base64.b64encode(checkpoint.root).decode(), _cosigned(note)
    )


def row_proof_of(entry: Entry, index: int, home: Path) -> tuple[RowProof, LogReader]:
    """The proof that anybody checks offline, and the log it is from. Raises what reading a log raises."""
    reader = LogReader(home / ACTS_LOG, log_key(home, "acts"))
    proof = reader.cosigned_proof(index)
    return RowProof(row_bytes(entry), bytes(entry.salt), reader.entry(index), proof), reader


def _cosigned(note: bytes) -> tuple[tuple[str, datetime], ...]:
    """The witnesses of this host's settings whose cosignatures hold."""
    keys: list[Key] = [key_of(each.partition(" ")[0]) for each in host_settings().log.witnesses]
    try:
        opened = open_note(note, keys)
    except CorruptData:
        return ()
    return tuple((each.key.name, datetime.fromtimestamp(each.time_s, UTC)) for each in opened.verified)
