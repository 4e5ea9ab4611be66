"""Copies under object lock: what is left of recordings that are missing or changed here, and some others read back.

Law: a copy proves nothing by its row; what counts is what the store gives back by its version, whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import Max

from haidang.core.errors import HaidangError, Unavailable
from haidang.core.findings import Finding
from haidang.core.units import WallUs
from haidang.footage.models import Replica
from haidang.footage.queries import replica_of
from haidang.footage.replicas import verify_replica
from haidang.reconcile.scratch import Scratch
from haidang.storage.object_lock import LockStore

__all__ = ["ReplicaPass"]

#: What a copy can stand in for.
_DAMAGED = frozenset({"file_missing", "file_cut", "file_grown", "bytes_changed", "file_unreadable"})
#: Copies of damaged recordings that are read back in one run; more are named unread.
_MOST_READ = 50
#: Others that are read back in a deep run, drawn anew each time.
_SAMPLES = 8


class ReplicaPass:
    """``store``: None where none is set, or none can be opened. ``draw`` gives a number from 1 to its argument."""

    def __init__(self, scratch: Scratch, store: LockStore | None, draw: Callable[[int], int], *, deep: bool) -> None:
        self._scratch, self._store, self._draw, self._deep = scratch, store, draw, deep

    def check(self) -> None:
        """Raises the database's errors."""
        damaged = {each.file: each for each in self._scratch.findings() if each.kind in _DAMAGED}
        read = 0
        for path, finding in sorted(damaged.items()):
            replica = replica_of(path)
            if replica is None or replica.state != "kept":
                continue
            self._tell("replica_kept", replica, finding, until=replica.retain_until)
            if read < _MOST_READ:
                self._read_back(replica, finding)
                read += 1
        if self._deep:
            for replica in self._sample():
                self._read_back(replica, None)

    def _read_back(self, replica: Replica, finding: Finding | None) -> None:
        if self._store is None:
            return
        try:
            verify_replica(replica.path, self._store)
        except Unavailable as error:
            self._tell("replica_unread", replica, finding, why=error.code)
        except HaidangError as error:
            self._tell("replica_bad", replica, finding, why=error.code)
        else:
            if finding is not None:
                self._tell("replica_good", replica, finding)

    def _sample(self) -> Iterable[Replica]:
        newest = Replica.objects.aggregate(newest=Max("pk"))["newest"]
        if self._store is None or not newest:
            return []
        kept = Replica.objects.filter(state="kept").order_by("pk")
        drawn = {kept.filter(pk__gte=self._draw(newest)).first() for _ in range(_SAMPLES)}
        return sorted((each for each in drawn if each is not None), key=lambda each: each.path)

    def _tell(self, kind: str, replica: Replica, finding: Finding | None, **facts: str | int) -> None:
        about = finding or Finding(kind)
        self._scratch.report(
            Finding(
                kind, replica.path.partition("/")[0], about.camera, about.stream, replica.path, about.from_us,
                about.to_us or WallUs(0), facts,
            )
        )  # fmt: skip
