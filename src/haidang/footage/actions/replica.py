"""Where copies of recordings are in a store with Object Lock: told by whoever made, saw or missed one.

These writes append no audit entry: they say what the store answered.
"""

from __future__ import annotations

from django.db import transaction

from haidang.core.units import WallUs
from haidang.footage.models import RecordingFile, Replica
from haidang.storage.object_lock import Copy

__all__ = ["fail_replica", "keep_replica", "leave_replica", "see_replica"]


def keep_replica(path: str, *, place: str, media: Copy, journal: Copy, now: WallUs) -> None:
    """A recording and its journal are in the store, verified."""
    with transaction.atomic():
        Replica.objects.update_or_create(
            path=path,
            defaults={
                "state": "kept", "why": "", "place": place, "at": now,
                "retain_until": min(media.retain_until, journal.retain_until),
                "media_key": media.key, "media_version": media.version_id,
                "media_sha256": media.sha256, "media_bytes": media.size_bytes,
                "journal_key": journal.key, "journal_version": journal.version_id,
                "journal_sha256": journal.sha256, "journal_bytes": journal.size_bytes,
            },
        )  # fmt: skip
        see_replica(path)


def see_replica(path: str) -> None:
    """A recording's replica is there: nobody looks for it again."""
    RecordingFile.objects.filter(path=path).update(replica_due=False)


def fail_replica(path: str, *, place: str, why: str, now: WallUs) -> None:
    """A recording could not be copied, for a reason of its own; it stays due."""
    Replica.objects.update_or_create(path=path, defaults={"state": "failed", "why": why, "place": place, "at": now})


def leave_replica(replica: Replica, *, now: WallUs) -> None:
    """Its time was over and its objects are gone."""
    Replica.objects.filter(pk=replica.pk).update(state="removed", at=now)
