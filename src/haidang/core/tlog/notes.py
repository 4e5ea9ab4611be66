"""signed-note (C2SP): a text with signature lines, and the keys that make and check them.

Laws: bytes are parsed, never split by what Unicode calls a line; a base64 text has one spelling; signatures of keys
that one does not know are ignored; one that a known key should have made and did not rejects the note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from haidang.core.errors import CorruptData

__all__ = [
    "COSIGNATURE",
    "ED25519",
    "Key",
    "Note",
    "Opened",
    "RawSigner",
    "Signature",
    "Signer",
    "Verified",
    "from_base64",
    "is_key_name",
    "key_of",
    "open_note",
    "parse_note",
    "sign_note",
    "signature_line",
]

#: Algorithm bytes: a log's plain Ed25519 signature, and a witness's timestamped one (tlog-cosignature).
ED25519, COSIGNATURE = 0x01, 0x04
_KEY_BYTES, _ID_BYTES, _ED25519_BYTES, _TIME_BYTES = 32, 4, 64, 8
_MAX_NOTE_BYTES, _MAX_SIGNATURES = 1_000_000, 100
_DASH = "— "
#: Before the year 9999: a cosignature that states a time which nobody can write down is none.
_MAX_TIME_S = 253_370_764_799


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key: who signs (``name``), how (``kind``), and the public key."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(named).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """The vkey."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    def verify(self, text: str, signature: bytes) -> int:
        """The time that a cosignature states (s since 1970), 0 for a plain one. Raises CorruptData (``signature``)."""
        time_s, message = 0, text.encode()
        if self.kind == COSIGNATURE:
            if len(signature) != _TIME_BYTES + _ED25519_BYTES:
                raise self._wrong()
            time_s = int(struct.unpack_from(">Q", signature)[0])
            if time_s > _MAX_TIME_S:
                raise self._wrong()
            message, signature = cosigned(text, time_s), signature[_TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature as error:
            raise self._wrong() from error
        return time_s

    def _wrong(self) -> CorruptData:
        return CorruptData(f"the signature of {self.name} does not hold", code="signature")


def cosigned(text: str, time_s: int) -> bytes:
    """What a witness signs (tlog-cosignature): its time and the whole checkpoint body."""
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


def key_of(vkey: str) -> Key:
    """A vkey read. Raises CorruptData (``vkey``)."""
    wrong = CorruptData("that is no verifier key: name+8 hexadecimal digits+base64", code="vkey")
    parts = vkey.split("+", 2)  # base64 may hold a + of its own
    if len(parts) != 3 or not is_key_name(parts[0]):
        raise wrong
    name, id_text, key_text = parts
    data = from_base64(key_text)
    if data is None or len(data) != 1 + _KEY_BYTES or data[0] not in (ED25519, COSIGNATURE):
        raise wrong
    key = Key(name, data[0], data[1:])
    if key.id.hex() != id_text:
        raise wrong
    return key


def is_key_name(name: str) -> bool:
    """Not empty, no white space, no plus, no control character."""
    return bool(name) and not any(
        each.isspace() or each == "+" or ord(each) < 0x20 or each == "\x7f" for each in name
    )  # fmt: skip


def from_base64(text: str) -> bytes | None:
    """Strict: None for any text that is not the one spelling of its bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


class RawSigner(Protocol):
    """What holds a private Ed25519 key: a key in memory, or a token that never gives it away."""

    def sign(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Signer:
    """A key with the means to sign by it."""

    key: Key
    raw: RawSigner

    @classmethod
    def of(cls, name: str, kind: int, private: Ed25519PrivateKey) -> Signer:
        return cls(Key(name, kind, private.public_key().public_bytes_raw()), private)

    def sign(self, text: str, *, time_s: int = 0) -> Signature:
        """A signature of a note's text; ``time_s`` is what a cosignature states."""
        if self.key.kind == COSIGNATURE:
            assert 0 < time_s <= _MAX_TIME_S, "a cosignature states its time"
            made = struct.pack(">Q", time_s) + self.raw.sign(cosigned(text, time_s))
        else:
            made = self.raw.sign(text.encode())
        return Signature(self.key.name, self.key.id, made)


@dataclass(frozen=True, slots=True)
class Signature:
    """One line: which key says it made it, and the bytes."""

    name: str
    key_id: bytes
    made: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """``text`` ends with a line feed; nothing of it is verified yet."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """A known key's signature; ``time_s`` as its cosignature states it, 0 of a plain one."""

    key: Key
    signature: Signature
    time_s: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A note of which at least one known key's signature holds."""

    text: str
    verified: tuple[Verified, ...]


def sign_note(text: str, signatures: Sequence[Signature]) -> bytes:
    """The note's bytes."""
    assert text.endswith("\n"), "a note's text ends with a line feed"
    return (text + "\n" + "".join(signature_line(each) for each in signatures)).encode()


def signature_line(signature: Signature) -> str:
    """``— name base64`` and a line feed."""
    return f"{_DASH}{signature.name} {base64.b64encode(signature.key_id + signature.made).decode()}\n"


def parse_note(data: bytes) -> Note:
    """A note taken apart, at its last empty line. Raises CorruptData (``note``)."""
    wrong = CorruptData("that is no signed note", code="note")
    if len(data) > _MAX_NOTE_BYTES:
        raise wrong
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise wrong from error
    if any(ord(each) < 0x20 and each != "\n" for each in whole):
        raise wrong
    text, empty, lines = whole.rpartition("\n\n")
    if not empty or not lines.endswith("\n"):
        raise wrong
    signatures = [_signature(line) for line in lines[:-1].split("\n")]
    if len(signatures) > _MAX_SIGNATURES:
        raise wrong
    found = [each for each in signatures if each is not None]
    if len(found) != len(signatures):
        raise wrong
    return Note(text + "\n", tuple(found))


def _signature(line: str) -> Signature | None:
    if not line.startswith(_DASH):
        return None
    name, space, text = line.removeprefix(_DASH).partition(" ")
    made = from_base64(text)
    if not space or not is_key_name(name) or made is None or len(made) <= _ID_BYTES:
        return None
    return Signature(name, made[:_ID_BYTES], made[_ID_BYTES:])


def open_note(data: bytes, keys: Iterable[Key]) -> Opened:
    """The text and what known keys signed. Raises CorruptData (``note``, ``signature``, ``unsigned``)."""
    note = parse_note(data)
    known = {(key.name, key.id): key for key in keys}
    verified: dict[tuple[str, bytes], Verified] = {}
    for each in note.signatures:
        key = known.get((each.name, each.key_id))
        if key is not None and (each.name, each.key_id) not in verified:
            verified[each.name, each.key_id] = Verified(key, each, key.verify(note.text, each.made))
    if not verified:
        raise CorruptData("no key that is known here has signed the note", code="unsigned")
    return Opened(note.text, tuple(verified.values()))
