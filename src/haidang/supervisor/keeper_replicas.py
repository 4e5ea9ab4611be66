"""Replicas: closed recordings without a copy are put into the store with Object Lock, oldest first, a few a round.

Laws: a store that is away is waited for, longer each time, and holds up nothing but its own backlog. What is wrong with
one recording is noted with it and tried again an hour later. A copy goes only after its recording has expired, been
logged and been removed here, and its lock is over; a key that may not delete holds up nothing but that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from haidang.core.errors import CorruptData, Denied, HaidangError, InvalidInput, NotFound, Unavailable
from haidang.core.units import WallUs
from haidang.footage.actions import fail_replica, see_replica
from haidang.footage.models import RecordingFile
from haidang.footage.queries import replica_of, replicas_due, replicas_over
from haidang.footage.replicas import ReplicaRule, make_replica, remove_replica
from haidang.storage.object_lock import LockStore

__all__ = ["ReplicaKeeper"]

log = structlog.get_logger("keeper.replicas")

#: Copies of one round: rounds stay short, so that the keeper ends quickly.
_AT_ONCE = 8
_AGAIN_US = 3600 * 1_000_000
_FIRST_WAIT_US, _LONGEST_WAIT_US = 5_000_000, 300_000_000


@dataclass(slots=True)
class ReplicaKeeper:
    """Copies what lies below ``root``. ``open_store`` is asked again after an error, so that a new key file serves."""

    root: Path
    open_store: Callable[[], LockStore]
    rule: ReplicaRule
    _store: LockStore | None = None
    _failed_at: int = 0
    _wait_us: int = 0
    _let_go_at: int = 0

    def run_once(self, now: WallUs) -> int:
        """One round; how many recordings were copied. Raises whatever the database raises."""
        if self._failed_at <= now < self._failed_at + self._wait_us:
            return 0
        copied = 0
        try:
            store = self._store = self._store or self.open_store()
            for recording in replicas_due(_AT_ONCE, not_failed_since=WallUs(now - _AGAIN_US)):
                copied += self._copy(recording, store, now)
        except (Unavailable, Denied, InvalidInput) as error:
            self._back_off(error, now)
        else:
            self._wait_us = 0
            self._let_go(store, now)
        return copied

    def _copy(self, recording: RecordingFile, store: LockStore, now: WallUs) -> int:
        """One recording; raises what concerns the store rather than it."""
        known = replica_of(recording.path)
        if known is not None and known.state != "failed":  # the row of the recording was made anew
            see_replica(recording.path)
            return 0
        try:
            make_replica(
                recording.path, self.root, store, self.rule, ended_at=WallUs(recording.ended_at), now=now
            )  # fmt: skip
        except (CorruptData, NotFound, InvalidInput) as error:
            log.warning("recording could not be copied", path=recording.path, code=error.code, why=str(error))
            fail_replica(recording.path, place=store.place, why=error.code, now=now)
            if error.code == "store_refused":
                raise  # whatever the store dislikes, it may dislike in every recording
            return 0
        return 1

    def _let_go(self, store: LockStore, now: WallUs) -> None:
        """Copies of recordings whose time is over, here and there."""
        if now < self._let_go_at:
            return
        try:
            for replica in replicas_over(_AT_ONCE, place=store.place, now=now):
                remove_replica(replica.path, store, now=now)
        except HaidangError as error:
            self._let_go_at = now + _AGAIN_US
            log.warning("copies that are over stay", code=error.code, why=str(error))

    def _back_off(self, error: HaidangError, now: WallUs) -> None:
        self._store = None
        self._failed_at = now
        self._wait_us = min(_LONGEST_WAIT_US, self._wait_us * 2 or _FIRST_WAIT_US)
        log.warning("store cannot be used", code=error.code, why=str(error), wait_s=self._wait_us // 1_000_000)
