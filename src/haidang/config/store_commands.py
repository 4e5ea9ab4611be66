"""``haidang store`` where it needs rows. Importing this sets Django up."""

from __future__ import annotations

from typing import Any

from django.conf import settings

import haidang.config.ready  # noqa: F401 - sets Django up before models are imported

# isort: split

from haidang.core.units import to_datetime
from haidang.footage.queries import replica_counts
from haidang.footage.replicas import verify_replica
from haidang.storage.store_opening import open_store

__all__ = ["show", "verify"]


def show() -> dict[str, Any]:
    """How copying stands, ready for JSON."""
    counts = replica_counts()
    oldest = None if counts.oldest_due is None else to_datetime(counts.oldest_due).isoformat(timespec="seconds")
    return {
        "store": settings.HAIDANG_SETTINGS.store.endpoint,
        "kept": counts.kept,
        "due": counts.due,
        "oldest_due": oldest,
        "failed": counts.failed,
        "reasons": counts.reasons,
        "removed": counts.removed,
    }


def verify(path: str) -> None:
    """Raises NotFound, Conflict, CorruptData or what the store raises."""
    verify_replica(path, open_store(settings.HAIDANG_SETTINGS.store, settings.HAIDANG_HOME))
