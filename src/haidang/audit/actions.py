"""The one write of the audit trail. Call it inside the transaction of what it describes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Literal

from haidang.audit.models import Entry
from haidang.core.log_entries import SALT_BYTES
from haidang.core.units import WallUs

__all__ = ["Fact", "record"]

Fact = str | int | bool | None


def record(
    *,
    now: WallUs,
    actor: str,
    action: str,
    resource: str,
    purpose: str = "",
    decision: Literal["", "allow", "deny"] = "",
    clause: str = "",
    policies: Sequence[str] = (),
    facts: dict[str, Fact] | None = None,
) -> Entry:
    """Append an entry. ``actor`` and ``resource`` are Cedar UIDs (``actor`` "" for a command on the host)."""
    return Entry.objects.create(
        at=now,
        actor=actor,
        action=action,
        resource=resource,
        purpose=purpose,
        decision=decision,
        clause=clause,
        policies=list(policies),
        facts=facts or {},
        salt=secrets.token_bytes(SALT_BYTES),
    )
