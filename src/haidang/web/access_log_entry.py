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

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from haidang.audit.models import Entry
from haidang.audit.queries import log_index_of
from haidang.audit.rows import row_bytes
from haidang.core.errors import CorruptData, NotFound, Unavailable
from haidang.core.host import ACTS_LOG
from haidang.core.row_proof import RowProof
from haidang.core.tlog.notes import open_note
from haidang.core.units import VIETNAM, WallUs, to_datetime
from haidang.core.witnesses import witnesses_of
from haidang.host.signers import log_key
from haidang.storage.log_reader import LogReader
from haidang.web.access_log_rows import span_text
from haidang.web.access_log_words import ended_view_text, fact_label
from haidang.web.session import host_settings
from haidang.web.texts import action_name

__all__ = ["Proof", "facts_of", "proof_of", "row_proof_of"]

_FACTORS: dict[str, Promise] = {
    "totp": lazy("mã của ứng dụng xác thực"),
    "passkey": lazy("khóa truy cập (passkey)"),
    "recovery": lazy("mã dự phòng"),
}
_INSTANTS = ("from", "to", "started", "ended", "until")
_FIRST = ("started", "ended", "reason", "spans", "seconds")


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
    """Label and value of each fact that the page does not tell already, times first."""
    told = ("of", "from", "to") if entry.action == "end_view" else ()
    names = [name for name in entry.facts if name not in told]
    return [(fact_label(name), _value(name, entry.facts[name])) for name in sorted(names, key=_order)]


def _order(name: str) -> tuple[int, str]:
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if name in _INSTANTS and isinstance(value, int):
        return f"{to_datetime(WallUs(value)).astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}" if value else "–"
    return "–" if value is None or value == "" else _words(name, str(value))


def _words(name: str, value: str) -> str:
    """Of a code, where it is one."""
    if name == "spans":
        return "; ".join(_spans(value))
    if name in ("kind", "second_factor"):
        return str(_FACTORS.get(value, value))
    if name == "reason":
        return ended_view_text(value)
    return action_name(value) if name == "of" else value


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
    try:
        opened = open_note(note, [each.key for each in witnesses_of(host_settings().log)])
    except CorruptData:
        return ()
    return tuple((each.key.name, datetime.fromtimestamp(each.time_s, UTC)) for each in opened.verified)
