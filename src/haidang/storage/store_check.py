"""Does a store keep what it promises? Tried on it, with small objects that stay locked for a minute.

What is refused may be refused because the key may not, or because of the lock: asked with the key of the store's own
administrator, it is the lock. What no request can tell is said in ``NOT_PROTECTED``.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from haidang.core.errors import Conflict, Denied, HaidangError, InvalidInput, NotFound, Unavailable
from haidang.core.units import WallUs
from haidang.storage.object_lock import Lock, LockStore, Version

__all__ = ["CHECK_PREFIX", "LOCKED_US", "NOT_PROTECTED", "Finding", "check_store"]

CHECK_PREFIX = "haidang-check"
#: How long what a check leaves stays locked.
LOCKED_US = 75_000_000
_SHORTER_US = 15_000_000
_BYTES, _OTHER = b"hai dang: a check of this store", b"hai dang: something else"

NOT_PROTECTED = (
    "Who is root on the store's machines can still destroy every copy: beside S3, on its disks, by its other ports.",
    "The store judges by its own clock: who sets that clock forward ends every lock.",
    "Other ports of the store (its admin, filer, volume and shell ports) know no lock: nobody may reach them.",
    "The bucket's own rules can be weakened by its administrator; each copy carries its lock itself, so old ones stay.",
    "So the store must stand under the root of another party than the operator of the cameras.",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer. ``state``: ok, FAILED, or note (neither good nor bad)."""

    what: str
    state: str
    detail: str = ""


def check_store(store: LockStore, prefix: str, *, name: str, now: WallUs) -> Iterator[Finding]:
    """Each finding as it is made. ``name`` makes the objects of this run its own.

    Raises Unavailable when the store does not answer.
    """
    folder = f"{prefix}/{CHECK_PREFIX}".lstrip("/")
    yield from _cleared(store, folder + "/")
    yield from _bucket(store)
    key, until = f"{folder}/{name}", WallUs((now + LOCKED_US) // 1_000_000 * 1_000_000)
    locked = Lock("COMPLIANCE", until)
    try:
        version = Version(key, _put(store, key, _BYTES, locked))
    except (Denied, InvalidInput, Conflict, NotFound) as error:
        yield Finding("an object is put under a lock", "FAILED", str(error))
        return
    yield Finding("an object is put under a lock", "ok")
    yield _holds("the store says the lock back", lambda: store.lock_of(version) == locked)
    yield _refused("deleting the locked version", lambda: store.delete(key, version.version_id))
    yield _refused("deleting it by the right to bypass", lambda: store.delete(key, version.version_id, bypass=True))
    shorter = Lock("COMPLIANCE", WallUs(until - _SHORTER_US))
    yield _refused("shortening the lock", lambda: store.set_lock(version, shorter))
    yield _refused("shortening it by the right to bypass", lambda: store.set_lock(version, shorter, bypass=True))
    weaker = Lock("GOVERNANCE", WallUs(until + 1_000_000))
    yield _refused("weakening the lock to GOVERNANCE", lambda: store.set_lock(version, weaker))
    yield _refused("putting bytes that are not the hash's", lambda: _put(store, key + "-sum", _BYTES, locked, _OTHER))
    yield _refused("a second object of the same name, asked for once only", lambda: _put(store, key, _OTHER, locked))
    yield from _overwritten(store, version, locked)
    yield from _control(store, key + "-free")
    yield _holds("the lock is still what it was", lambda: store.lock_of(version) == locked)


def _cleared(store: LockStore, folder: str) -> Iterator[Finding]:
    """Take away what earlier checks left and time has unlocked; what is still locked stays."""
    gone = kept = 0
    try:
        for version in store.versions(folder):
            try:
                store.delete(version.key, version.version_id)
                gone += 1
            except (Denied, InvalidInput):
                kept += 1
    except (Denied, InvalidInput, NotFound) as error:
        yield Finding("objects of earlier checks", "note", str(error))
        return
    if gone or kept:
        yield Finding(
            "objects of earlier checks", "note", f"{gone} taken away, {kept} still locked or not ours to take"
        )


def _bucket(store: LockStore) -> Iterator[Finding]:
    what = "the bucket was made with Object Lock"
    try:
        yield Finding(what, "ok" if store.has_lock() else "FAILED")
        rules = store.rules()
    except Denied:
        yield Finding(what, "note", "this key may not ask; the lines below tell")
        return
    except (InvalidInput, NotFound) as error:
        yield Finding(what, "FAILED", str(error))
        return
    for rule in rules:
        yield Finding(
            "a rule of the bucket", "note", f"{rule}; its administrator can change it, copies carry their own"
        )


def _overwritten(store: LockStore, version: Version, locked: Lock) -> Iterator[Finding]:
    """A newer version or a marker over the name hides the locked one; by its id it is still there."""
    try:
        _put(store, version.key, _OTHER, locked, only_new=False)
        store.delete(version.key)
    except (Denied, InvalidInput) as error:
        yield Finding("writing over the name and deleting it", "note", f"refused, which is better: {error}")
    yield _holds(
        "written over and deleted by name, the locked version is read by its id",
        lambda: b"".join(store.read(version)) == _BYTES,
    )


def _control(store: LockStore, key: str) -> Iterator[Finding]:
    """Whether this key deletes what is not locked: only then do refusals show the lock and not the key's few rights."""
    what = "this key deletes what is not locked, so the refusals are the lock's"
    try:
        store.delete(key, _put(store, key, _BYTES, None))
    except (Denied, InvalidInput, Conflict, NotFound):
        yield Finding(what, "note", "no: ask again with the key of the store's administrator (--key-file)")
    else:
        yield Finding(what, "ok")


def _refused(what: str, act: Callable[[], object]) -> Finding:
    try:
        act()
    except (Denied, InvalidInput, Conflict) as error:
        return Finding(f"{what} is refused", "ok", str(error).rpartition("says ")[2])
    except Unavailable:
        raise
    except HaidangError as error:
        return Finding(f"{what} is refused", "FAILED", str(error))
    return Finding(f"{what} is refused", "FAILED", "the store did it")


def _holds(what: str, asked: Callable[[], bool]) -> Finding:
    try:
        return Finding(what, "ok" if asked() else "FAILED")
    except Unavailable:
        raise
    except HaidangError as error:
        return Finding(what, "FAILED", str(error))


def _put(
    store: LockStore, key: str, data: bytes, lock: Lock | None, hash_of: bytes | None = None, *, only_new: bool = True
) -> str:
    sha256 = hashlib.sha256(data if hash_of is None else hash_of).digest()
    return store.put(key, io.BytesIO(data), sha256=sha256, lock=lock, only_new=only_new)
