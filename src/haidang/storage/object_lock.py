"""Copies that the operator cannot delete: objects under a COMPLIANCE lock in a store of another party.

Laws: a copy counts when the store has said the lock back and given the very bytes back, by the version's id and not by
its name: a name can be written over or hidden behind a marker, a locked version cannot. The lock is asked for with each
object, because a bucket's own rule can be weakened. What a crash left is found by its name and held against the file;
another object under that name is never written over or passed off as ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from haidang.core.errors import Conflict, CorruptData, Denied, InvalidInput, NotFound
from haidang.core.units import WallUs

__all__ = [
    "PIECE_BYTES",
    "Copy",
    "Lock",
    "LockStore",
    "Version",
    "keep_copy",
    "release_copy",
    "verify_copy",
]

#: Files are read and sent in pieces: memory does not grow with them.
PIECE_BYTES = 1024 * 1024
#: The most that a store takes in one request.
_MAX_BYTES = 5 * 1024**3
_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Lock:
    """Until when a version cannot be deleted; GOVERNANCE can be lifted by the store's administrator."""

    mode: Literal["COMPLIANCE", "GOVERNANCE"]
    until: WallUs


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object; a marker only says that the name is deleted."""

    key: str
    version_id: str
    is_marker: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """An object of ours in the store."""

    key: str
    version_id: str
    sha256: str
    size_bytes: int
    retain_until: WallUs


class LockStore(Protocol):
    """A bucket with Object Lock. Instants are whole seconds.

    All raise Unavailable (``store_away``), Denied (``store_denied``), InvalidInput (``store_refused``: the request as
    it is) or NotFound (``replica_missing``).
    """

    @property
    def place(self) -> str:
        """Where this is, for ever: endpoint and bucket."""

    def put(self, key: str, body: BinaryIO, *, sha256: bytes, lock: Lock | None, only_new: bool = True) -> str:
        """A new version of these bytes, held against the hash by the store; its id.

        ``only_new``: raises Conflict (``replica_exists``) where the name is taken.
        """

    def lock_of(self, version: Version) -> Lock | None: ...

    def set_lock(self, version: Version, lock: Lock, *, bypass: bool = False) -> None:
        """``bypass``: by the right to bypass governance, which lifts no COMPLIANCE lock."""

    def read(self, version: Version) -> Iterator[bytes]:
        """The version's bytes, in pieces."""

    def versions(self, prefix: str) -> list[Version]:
        """Of every object whose name begins so, newest first; the first 1,000."""

    def delete(self, key: str, version_id: str = "", *, bypass: bool = False) -> None:
        """Delete the version; without one, hide the name behind a marker."""

    def has_lock(self) -> bool:
        """Whether the bucket was made with Object Lock."""

    def rules(self) -> list[str]:
        """The bucket's own rules that bear on keeping, in words: a default lock, a life cycle."""


def keep_copy(store: LockStore, key: str, path: Path, retain_until: WallUs) -> Copy:
    """Put a closed file into the store, or find that it is there already.

    Order: hash; put if the name is free, else find our own bytes there; read the lock back; read the bytes back. A
    crash at any step is gone over again from the start. Raises NotFound (``recording_missing``), InvalidInput
    (``replica_too_big``), CorruptData (``recording_unreadable``, ``replica_differs``, ``replica_unlocked``) or what
    the store raises.
    """
    until = _whole_second(retain_until)
    try:
        with path.open("rb") as file:
            sha256, size_bytes = _hashed(iter(lambda: file.read(PIECE_BYTES), b""))
            if size_bytes > _MAX_BYTES:
                raise InvalidInput(f"couldn't copy {key}: larger than 5 GiB", code="replica_too_big")
            file.seek(0)
            try:
                lock = Lock("COMPLIANCE", until)
                version = Version(key, store.put(key, file, sha256=bytes.fromhex(sha256), lock=lock))
            except Conflict:
                version = _ours(store, key, sha256, size_bytes)
    except FileNotFoundError as error:
        raise NotFound(f"couldn't copy {key}: the recording is not on disk", code="recording_missing") from error
    except OSError as error:
        raise CorruptData(f"couldn't copy {key}: {error}", code="recording_unreadable") from error
    _lock_until(store, version, until)
    copy = Copy(key, version.version_id, sha256, size_bytes, until)
    verify_copy(store, copy)
    return copy


def verify_copy(store: LockStore, copy: Copy) -> None:
    """Ask for its lock and read it back whole.

    Raises NotFound (``replica_missing``), CorruptData (``replica_unlocked``, ``replica_differs``) or what the store
    raises.
    """
    version = Version(copy.key, copy.version_id)
    if not _holds(store.lock_of(version), copy.retain_until):
        raise _unlocked(version)
    if not _is(store, version, copy.sha256, copy.size_bytes):
        raise CorruptData(f"the copy {copy.key} is not the bytes that were put there", code="replica_differs")


def release_copy(store: LockStore, copy: Copy, now: WallUs) -> WallUs | None:
    """Delete the copy when its time is over: None when it is gone, else from when it may go.

    Raises what the store raises; after its time, a copy that is not there is what was wanted.
    """
    if now < copy.retain_until:
        return copy.retain_until
    version = Version(copy.key, copy.version_id)
    try:
        lock = store.lock_of(version)
        if lock is not None and now < lock.until:
            return lock.until  # somebody made it longer
        store.delete(copy.key, copy.version_id)
    except NotFound:
        return None
    return None


def _ours(store: LockStore, key: str, sha256: str, size_bytes: int) -> Version:
    """The version under a taken name that holds these bytes: what a crash left before it was noted."""
    for version in store.versions(key):
        if version.key == key and not version.is_marker and _is(store, version, sha256, size_bytes):
            return version
    raise CorruptData(f"something else lies in the store as {key}", code="replica_differs")


def _is(store: LockStore, version: Version, sha256: str, size_bytes: int) -> bool:
    try:
        return _hashed(store.read(version), limit=size_bytes) == (sha256, size_bytes)
    except _TooLongError:
        return False


def _lock_until(store: LockStore, version: Version, until: WallUs) -> None:
    """Lengthen what is locked too short or not at all; what a fresh version has is already right."""
    if not _holds(store.lock_of(version), until):
        try:
            store.set_lock(version, Lock("COMPLIANCE", until))
        except (Denied, InvalidInput) as error:
            raise _unlocked(version) from error


def _unlocked(version: Version) -> CorruptData:
    return CorruptData(f"the store does not keep the lock of {version.key}", code="replica_unlocked")


def _holds(lock: Lock | None, until: WallUs) -> bool:
    return lock is not None and lock.mode == "COMPLIANCE" and lock.until >= until


class _TooLongError(Exception):
    """More bytes came than the copy has."""


def _hashed(pieces: Iterable[bytes], *, limit: int | None = None) -> tuple[str, int]:
    digest, size_bytes = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size_bytes += len(piece)
        if limit is not None and size_bytes > limit:
            raise _TooLongError
    return digest.hexdigest(), size_bytes


def _whole_second(at: WallUs) -> WallUs:
    """Rounded up: stores count seconds."""
    return WallUs(-(-at // _SECOND_US) * _SECOND_US)
