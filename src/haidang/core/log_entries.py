"""Entries of the log: one JSON object on one line, compact, keys in the order of the fields (docs/design/log.md).

Laws: what was written is what is verified, so a text has one spelling and any other is refused; no personal data ever;
entries of one camera stream count up and name the hash of the one before, so that a hole or a swap is visible without
the tree. Unknown kinds of a later version are kept by whoever mirrors, and refused by whoever must understand them.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from haidang.core.errors import CorruptData
from haidang.core.tlog.notes import from_base64
from haidang.core.units import WallUs

__all__ = [
    "NO_LINK",
    "SALT_BYTES",
    "VERSION",
    "Act",
    "Checked",
    "ClockStep",
    "Drift",
    "Entry",
    "Expired",
    "FileEnd",
    "Gap",
    "Sealed",
    "Started",
    "Tick",
    "commitment",
    "entry_bytes",
    "entry_of",
    "link_of",
]

VERSION = 1
_HASH_BYTES = 32
SALT_BYTES = 32
#: The year 9999: a later time cannot be written down everywhere.
_END_OF_TIME_US = 253_370_764_800_000_000
#: Of a stream's first entry.
NO_LINK = bytes(_HASH_BYTES)


@dataclass(frozen=True, slots=True)
class _OfStream:
    """``number`` counts the entries of this camera stream from 0; ``previous`` is ``link_of`` the one before."""

    camera: str
    stream: str
    number: int
    previous: bytes


@dataclass(frozen=True, slots=True)
class Sealed(_OfStream):
    """The bytes of a recording from ``offset_bytes`` on, as their seal says."""

    kind: ClassVar[str] = "seal"
    file: str
    offset_bytes: int
    size_bytes: int
    sha256: bytes
    from_us: WallUs
    to_us: WallUs


@dataclass(frozen=True, slots=True)
class FileEnd(_OfStream):
    """A recording is complete: so many bytes, and why it ended."""

    kind: ClassVar[str] = "end"
    file: str
    size_bytes: int
    reason: str


@dataclass(frozen=True, slots=True)
class Gap(_OfStream):
    """No picture from then to then, and why; an open gap is told with ``to_us`` 0, and again at its end."""

    kind: ClassVar[str] = "gap"
    from_us: WallUs
    to_us: WallUs
    reason: str


@dataclass(frozen=True, slots=True)
class Tick:
    """The log is alive at ``at_us`` by the host's clock; what follows existed after ``size`` and ``root`` of it were
    cosigned, the last time at ``cosigned_s`` (s since 1970, the latest of the witnesses' clocks; 0 if nobody ever did).
    """

    kind: ClassVar[str] = "tick"
    at_us: WallUs
    size: int
    root: bytes
    cosigned_s: int


@dataclass(frozen=True, slots=True)
class Started:
    """``program`` runs since then; ``settings`` is SHA-256 of ``haidang.toml`` as it was when this was logged."""

    kind: ClassVar[str] = "start"
    program: str
    at_us: WallUs
    version: str
    settings: bytes


@dataclass(frozen=True, slots=True)
class ClockStep:
    """The host's clock said ``from_us`` where ``source`` said ``to_us``: its own steady clock, or a witness."""

    kind: ClassVar[str] = "clock"
    source: str
    from_us: WallUs
    to_us: WallUs


@dataclass(frozen=True, slots=True)
class Drift:
    """A camera's clock said ``captured_us`` of a picture that the host received at ``received_us``.

    Told when it comes to differ by more than before: a camera that never says its time is never told of.
    """

    kind: ClassVar[str] = "drift"
    camera: str
    stream: str
    captured_us: WallUs
    received_us: WallUs


@dataclass(frozen=True, slots=True)
class Expired:
    """A recording's time is over; its bytes go once this is cosigned. ``policy`` names the retention that says so."""

    kind: ClassVar[str] = "expired"
    camera: str
    stream: str
    file: str
    size_bytes: int
    from_us: WallUs
    to_us: WallUs
    reason: str
    policy: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A witness asked for the seal at ``index``; what the host hashed for it (zeros: nothing), and what it found."""

    kind: ClassVar[str] = "checked"
    index: int
    sha256: bytes
    found: str
    at_us: WallUs


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody did: a commitment to the row that tells it (``commitment``), and its number."""

    kind: ClassVar[str] = "act"
    row: int
    sha256: bytes


Entry = Sealed | FileEnd | Gap | Tick | Started | ClockStep | Drift | Expired | Checked | Act
_KINDS: dict[str, type[Any]] = {
    each.kind: each for each in (Sealed, FileEnd, Gap, Tick, Started, ClockStep, Drift, Expired, Checked, Act)
}
T = TypeVar("T")


def commitment(salt: bytes, row: bytes) -> bytes:
    """SHA-256 of the salt and the row. The salt goes with the row: then nobody can say what it was."""
    assert len(salt) == SALT_BYTES, "a salt is 32 random bytes"
    return hashlib.sha256(salt + row).digest()


def link_of(entry: bytes) -> bytes:
    """What the next entry of the same stream names."""
    return hashlib.sha256(entry).digest()


def entry_bytes(entry: Entry) -> bytes:
    """The entry as it is logged."""
    fields = {
        field.name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for field in dataclasses.fields(entry)
        for value in [getattr(entry, field.name)]
    }
    return json.dumps({"v": VERSION, "t": entry.kind, **fields}, separators=(",", ":"), ensure_ascii=True).encode()


def entry_of(data: bytes) -> Entry:
    """An entry read. Raises CorruptData (``log_entry``) for any bytes that ``entry_bytes`` would not have written."""
    wrong = CorruptData("that is no entry of a log that this version knows", code="log_entry")
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise wrong from error
    if type(said) is not dict or said.get("v") != VERSION or type(said.get("t")) is not str:
        raise wrong
    kind = _KINDS.get(said.pop("t"))
    del said["v"]
    if kind is None or said.keys() != {field.name for field in dataclasses.fields(kind)}:
        raise wrong
    entry: Entry = kind(
        **{field.name: _value(field.type, said[field.name], wrong) for field in dataclasses.fields(kind)}
    )
    if entry_bytes(entry) != data:
        raise wrong
    return entry


def _value(declared: Any, value: object, wrong: CorruptData) -> object:
    """A field's value of its declared type (a text, since annotations are postponed)."""
    if declared == "bytes":
        found = from_base64(value) if type(value) is str else None
        if found is None or len(found) != _HASH_BYTES:
            raise wrong
        return found
    if declared == "str":
        if type(value) is not str or not (value.isascii() or _is_text(value)):
            raise wrong
    elif type(value) is not int or not 0 <= value < (_END_OF_TIME_US if declared == "WallUs" else 1 << 63):
        raise wrong
    return value


def _is_text(value: str) -> bool:
    """Whether it can be written down: JSON spells halves of characters too."""
    return not any(0xD800 <= ord(each) < 0xE000 for each in value)
