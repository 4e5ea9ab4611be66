"""A lock store in memory: what SeaweedFS answered when it was tried, and the same with a step that fails."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from haidang.core.errors import Conflict, Denied, InvalidInput, NotFound, Unavailable
from haidang.core.units import WallUs
from haidang.storage.object_lock import PIECE_BYTES, Lock, Version


@dataclass
class Held:
    """A version; ``data`` None is a marker."""

    version: Version
    data: bytes | None
    lock: Lock | None = None


@dataclass
class MemoryStore:
    """``now`` is the store's own clock."""

    now: WallUs
    #: The key may lift GOVERNANCE locks, and ask for the bucket's rules.
    is_admin: bool = False
    keeps_locks: bool = True
    place: str = "https://s3.example.vn/evidence"
    held: list[Held] = field(default_factory=list)

    def put(self, key: str, body: BinaryIO, *, sha256: bytes, lock: Lock | None, only_new: bool = True) -> str:
        data = body.read()
        top = next((each for each in reversed(self.held) if each.version.key == key), None)
        if only_new and top is not None and top.data is not None:
            raise Conflict("couldn't put: the store says 412", code="replica_exists")
        if hashlib.sha256(data).digest() != sha256 or (lock and lock.until <= self.now):
            raise InvalidInput("couldn't put: the store says 400", code="store_refused")
        return self._added(key, data, lock if self.keeps_locks else None)

    def lock_of(self, version: Version) -> Lock | None:
        return self._held(version).lock

    def set_lock(self, version: Version, lock: Lock, *, bypass: bool = False) -> None:
        held = self._held(version)
        if self.keeps_locks:
            self._refuse_if_locked(held, bypass=bypass, unless=lock)
            held.lock = lock

    def read(self, version: Version) -> Iterator[bytes]:
        body = io.BytesIO(self._held(version).data or b"")
        yield from iter(lambda: body.read(PIECE_BYTES), b"")

    def versions(self, prefix: str) -> list[Version]:
        return [each.version for each in reversed(self.held) if each.version.key.startswith(prefix)]

    def delete(self, key: str, version_id: str = "", *, bypass: bool = False) -> None:
        if not version_id:
            self._added(key, None, None)
            return
        found = [each for each in self.held if each.version.version_id == version_id]
        for held in found:
            self._refuse_if_locked(held, bypass=bypass)
            self.held.remove(held)

    def has_lock(self) -> bool:
        if not self.is_admin:
            raise Denied("couldn't ask: the store says 403", code="store_denied")
        return True

    def rules(self) -> list[str]:
        return ["default lock GOVERNANCE 1 days"]

    def _added(self, key: str, data: bytes | None, lock: Lock | None) -> str:
        version = Version(key, f"v{len(self.held)}-{key}", is_marker=data is None)
        self.held.append(Held(version, data, lock))
        return version.version_id

    def _held(self, version: Version) -> Held:
        for each in self.held:
            if (each.version.key, each.version.version_id) == (version.key, version.version_id):
                return each
        raise NotFound("couldn't read: the store says 404", code="replica_missing")

    def _refuse_if_locked(self, held: Held, *, bypass: bool, unless: Lock | None = None) -> None:
        lock = held.lock
        if lock is None or lock.until <= self.now:
            return
        if (
            unless is not None
            and (unless.mode, lock.mode) != ("GOVERNANCE", "COMPLIANCE")
            and unless.until >= lock.until
        ):
            return
        if not (lock.mode == "GOVERNANCE" and bypass and self.is_admin):
            raise Denied("couldn't: the store says 403", code="store_denied")


class FailingStore(MemoryStore):
    """Answers until request ``fail_at``, which does not come back: it never arrived, or it did (``persists``)."""

    def __init__(self, now: WallUs, fail_at: int = -1, *, persists: bool = False) -> None:
        super().__init__(now)
        self.asked: list[str] = []
        self._fail_at, self._persists = fail_at, persists

    def put(self, key: str, body: BinaryIO, *, sha256: bytes, lock: Lock | None, only_new: bool = True) -> str:
        def put() -> str:
            return super(FailingStore, self).put(key, body, sha256=sha256, lock=lock, only_new=only_new)

        fails = self._fails("put")
        if fails and self._persists:
            put()
        if fails:
            raise _away()
        return put()

    def lock_of(self, version: Version) -> Lock | None:
        if self._fails("lock_of"):
            raise _away()
        return super().lock_of(version)

    def read(self, version: Version) -> Iterator[bytes]:
        if self._fails("read"):
            raise _away()
        return super().read(version)

    def delete(self, key: str, version_id: str = "", *, bypass: bool = False) -> None:
        fails = self._fails("delete")
        if not fails or self._persists:
            super().delete(key, version_id, bypass=bypass)
        if fails:
            raise _away()

    def _fails(self, step: str) -> bool:
        self.asked.append(step)
        return len(self.asked) - 1 == self._fail_at


def _away() -> Unavailable:
    return Unavailable("couldn't ask: the store does not answer", code="store_away")
