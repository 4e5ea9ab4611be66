"""Replicas: a recording and its journal copied into a store with Object Lock, verified there, and let go in time.

Laws: a row says ``kept`` only after both objects were said back, lock and bytes. Rows here append no audit entry: the
store's versions are the record, and they outlast us. A copy in another store than the settings' is not spoken of as
missing: it is somewhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from haidang.core.errors import Conflict, NotFound
from haidang.core.layout import RecordingName
from haidang.core.retention import DAY_US
from haidang.core.units import WallUs
from haidang.footage.actions import keep_replica, leave_replica
from haidang.footage.models import Replica
from haidang.footage.queries import replica_of
from haidang.storage.object_lock import Copy, LockStore, keep_copy, release_copy, verify_copy

__all__ = ["ReplicaRule", "make_replica", "remove_replica", "verify_replica"]


@dataclass(frozen=True, slots=True)
class ReplicaRule:
    """What objects are called and how long they stay."""

    prefix: str
    retain_days: int

    def key(self, path: str) -> str:
        return f"{self.prefix}/{path}" if self.prefix else path

    def retain_until(self, ended_at: WallUs, now: WallUs) -> WallUs:
        """From the recording's end on; of a copy that comes late, a day at least."""
        return WallUs(max(ended_at + self.retain_days * DAY_US, now + DAY_US))


def make_replica(path: str, root: Path, store: LockStore, rule: ReplicaRule, *, ended_at: WallUs, now: WallUs) -> None:
    """Copy one closed recording and its journal; the row says so last.

    Order: media, journal, row. A crash before the row finds both objects again by their names. Raises what
    ``storage.object_lock.keep_copy`` raises; no row is changed then.
    """
    name = RecordingName.parse(path)
    until = rule.retain_until(ended_at, now)
    media = keep_copy(store, rule.key(name.media_path), root / name.media_path, until)
    journal = keep_copy(store, rule.key(name.journal_path), root / name.journal_path, until)
    keep_replica(path, place=store.place, media=media, journal=journal, now=now)


def verify_replica(path: str, store: LockStore) -> None:
    """Read the copy of a recording back by its versions, whole, and hold it against its hashes and its lock.

    Raises NotFound (``no_replica``, ``replica_missing``), Conflict (``replica_elsewhere``), CorruptData
    (``replica_differs``, ``replica_unlocked``) or what the store raises.
    """
    for copy in _copies(_kept(path, store)):
        verify_copy(store, copy)


def remove_replica(path: str, store: LockStore, *, now: WallUs) -> WallUs | None:
    """Delete the copy of a recording whose time is over: None when nothing of it is left, else from when it may go.

    Order: media, journal, row; each step may be asked for again. Raises Conflict (``replica_elsewhere``) or what the
    store raises.
    """
    try:
        replica = _kept(path, store)
    except NotFound:
        return None
    for copy in _copies(replica):
        until = release_copy(store, copy, now)
        if until is not None:
            return until
    leave_replica(replica, now=now)
    return None


def _kept(path: str, store: LockStore) -> Replica:
    replica = replica_of(path)
    if replica is None or replica.state != "kept":
        raise NotFound(f"{path} has no copy in a store", code="no_replica")
    if replica.place != store.place:
        raise Conflict(f"the copy of {path} is in {replica.place}, not in {store.place}", code="replica_elsewhere")
    return replica


def _copies(replica: Replica) -> tuple[Copy, Copy]:
    until = WallUs(replica.retain_until)
    return (
        Copy(replica.media_key, replica.media_version, replica.media_sha256, replica.media_bytes, until),
        Copy(replica.journal_key, replica.journal_version, replica.journal_sha256, replica.journal_bytes, until),
    )
