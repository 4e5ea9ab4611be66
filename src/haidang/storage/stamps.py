"""Stamps of checkpoints: a licensed authority's word (RFC 3161) that a log was so large, and of that root, at a time.

Laws: what is stamped is the checkpoint's note with every signature on it, so one stamp covers all entries before it. A
response is believed only against roots of our own, with our nonce and our hash; certificates count at the time that the
stamp names. What was signed is kept to the byte: note, request, response. A stamp is there when its ``.tsr`` is.

The trap (RFC 3161 over BER in the wild): authorities write their certificates in an order that DER forbids, and the
parser refuses them (``stamp_order``). Such a response is kept as it came, and so is one whose chain our roots do not
know (``stamp_untrusted``): ``openssl ts -verify`` or other roots may read them. Everything else is refused whole.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from haidang.core.errors import CorruptData, InvalidInput, NotFound
from haidang.core.tlog.checkpoints import checkpoint_of
from haidang.core.tlog.notes import Key, open_note
from haidang.core.units import WallUs, from_datetime
from haidang.host.files import replace_file
from haidang.storage.log_reader import LogReader
from haidang.storage.log_store import LogFileOps, RealLogFileOps

__all__ = [
    "KEPT_UNREAD",
    "Asked",
    "Kept",
    "Roots",
    "Stamp",
    "ask_for",
    "ask_for_stamp",
    "believe",
    "check_kept",
    "covering",
    "is_asked",
    "keep_stamp",
    "kept_stamps",
    "read_kept",
    "read_roots",
    "withdraw_asking",
]

#: Beside the log's tiles.
_STAMPS = "stamps"
#: Here: somebody wants a stamp soon (an extraction).
_ASKED = "asked"
_GRANTED = 0
_NAME = re.compile(r"(0|[1-9]\d{0,15})-(\d{1,12})\.tsr", re.ASCII)
_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
#: What our parser or our roots cannot read may be read by others: such a response is kept.
KEPT_UNREAD = frozenset({"stamp_order", "stamp_untrusted"})

Roots = tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its bytes, and the nonce that the response must bring back."""

    note: bytes
    request: bytes
    nonce: int | None


@dataclass(frozen=True, slots=True)
class Stamp:
    """When the authority saw the note, by its own clock, and who signed."""

    at: WallUs
    signer: str
    serial: int


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """A stamp on disk: of a log of ``size`` entries, asked for at ``asked_s`` by our clock."""

    size: int
    asked_s: int

    def path(self, log: Path, kind: str) -> Path:
        """``kind``: note, tsq (request) or tsr (response)."""
        return log / _STAMPS / f"{self.size}-{self.asked_s}.{kind}"


def read_roots(path: Path) -> Roots:
    """Certificates (PEM) of the authorities that we trust. Raises InvalidInput (``stamp_roots``)."""
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"couldn't read roots of time stamps in {path}: {error}", code="stamp_roots") from error


def ask_for(note: bytes) -> Asked:
    """A request for this note: SHA-256, a fresh nonce, certificates wanted."""
    builder = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    return Asked(note, request.as_bytes(), request.nonce)


def believe(note: bytes, response: bytes, roots: Roots, *, nonce: int | None = None) -> Stamp:
    """What the response says, if all of it holds. ``nonce``: of the request, when it is this moment's.

    Raises CorruptData: ``stamp_order``, ``stamp_unreadable``, ``stamp_refused``, ``stamp_nonce``, ``stamp_hash`` or
    ``stamp_untrusted``.
    """
    said = _read(response)
    info = said.tst_info
    imprint = info.message_imprint
    if imprint.hash_algorithm != _SHA256 or imprint.message != hashlib.sha256(note).digest():
        raise CorruptData("the time stamp is of something else", code="stamp_hash")
    if nonce is not None and info.nonce != nonce:
        raise CorruptData("the time stamp answers another request", code="stamp_nonce")
    _trust(said, note, roots)
    return Stamp(from_datetime(info.gen_time), _signer(said), info.serial_number)


def _trust(said: TimeStampResponse, note: bytes, roots: Roots) -> None:
    """By one root at a time: two of one name (an authority with a new key) would keep each other from being tried."""
    why: Exception | str = "no root is known here"
    for root in roots:
        try:
            VerifierBuilder(roots=[root]).build().verify_message(said, note)
        except (VerificationError, ValueError) as error:
            why = error
        else:
            return
    raise CorruptData(f"the time stamp's signer is not trusted: {why}", code="stamp_untrusted")


def _read(response: bytes) -> TimeStampResponse:
    try:
        said = decode_timestamp_response(response)
        if said.status != _GRANTED:
            why = ", ".join(said.status_string) or f"status {said.status}"
            raise CorruptData(f"the authority gave no time stamp: {why}", code="stamp_refused")
        said.tst_info  # noqa: B018 - raises where there is none
    except ValueError as error:
        if "InvalidSetOrdering" in str(error):
            raise CorruptData(
                "the time stamp's certificates are not in DER order, so it cannot be read here; it is kept as it came: "
                "`openssl ts -verify` reads it",
                code="stamp_order",
            ) from error
        raise CorruptData(f"that is no time stamp: {error}", code="stamp_unreadable") from error
    return said


def _signer(said: TimeStampResponse) -> str:
    """Who signed, by the certificate that the signature names (verified before)."""
    by = next(iter(said.signed_data.signer_infos))
    for der in said.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) == (by.issuer, by.serial_number):
            return certificate.subject.rfc4514_string()
    return ""


def keep_stamp(log: Path, kept: Kept, asked: Asked, response: bytes, *, ops: LogFileOps | None = None) -> None:
    """Order: note, request, response. What a crash left without its response is no stamp. Raises OSError."""
    ops = ops or RealLogFileOps()
    ops.put(kept.path(log, "note"), asked.note)
    ops.put(kept.path(log, "tsq"), asked.request)
    ops.put(kept.path(log, "tsr"), response)


def kept_stamps(log: Path) -> list[Kept]:
    """Every stamp of the log, oldest first."""
    try:
        names = [entry.name for entry in (log / _STAMPS).iterdir()]
    except FileNotFoundError:
        return []
    found = [match for name in names if (match := _NAME.fullmatch(name))]
    return sorted(Kept(int(match[1]), int(match[2])) for match in found)


def read_kept(log: Path, kept: Kept, roots: Roots) -> tuple[bytes, Stamp]:
    """The note that was stamped, and the stamp, held against each other and the roots anew.

    Raises NotFound (``stamp_missing``) or what ``believe`` raises.
    """
    try:
        note, response = kept.path(log, "note").read_bytes(), kept.path(log, "tsr").read_bytes()
    except OSError as error:
        raise NotFound(f"a file of the time stamp is gone: {error}", code="stamp_missing") from error
    return note, believe(note, response, roots)


def check_kept(log: Path, kept: Kept, key: Key, roots: Roots) -> Stamp:
    """A stamp of the host's log from its files: the stamp holds, of this log, and the log of today goes on from there.

    Raises what ``read_kept`` raises, or CorruptData (``stamp_note``, ``consistency_proof``, …).
    """
    note, stamp = read_kept(log, kept, roots)
    checkpoint = checkpoint_of(open_note(note, [key]).text)
    if checkpoint.size != kept.size:
        raise CorruptData(f"the note is of {checkpoint.size} entries, its name says {kept.size}", code="stamp_note")
    LogReader(log, key).goes_on_from(checkpoint)
    return stamp


def covering(log: Path, size: int) -> Kept | None:
    """The first stamp of the log when it had ``size`` entries or more: what an extraction waits for."""
    return next((kept for kept in kept_stamps(log) if kept.size >= size), None)


def ask_for_stamp(log: Path) -> None:
    """Have the keeper stamp this log at its next look, as an extraction does once its entry is cosigned.

    Then wait for ``covering``: where a stamp covers it already, no other is made. Raises OSError.
    """
    (log / _STAMPS).mkdir(parents=True, exist_ok=True)
    replace_file(log / _STAMPS / _ASKED, b"", mode=0o644, durable=False)


def is_asked(log: Path) -> bool:
    return (log / _STAMPS / _ASKED).exists()


def withdraw_asking(log: Path) -> None:
    """Before the checkpoint is read: who asks from here on asks for a later one."""
    (log / _STAMPS / _ASKED).unlink(missing_ok=True)
