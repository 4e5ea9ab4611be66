"""The one write of the audit trail. Call it inside the transaction of what it describes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Literal

from haidang.audit.models import Entry
from haidang.core.log_entries import SALT_BYTES
from haidang.core.policy.notice import SYSTEM_UID
from haidang.core.units import WallUs

__all__ = ["Fact", "note_reading", "record"]

Fact = str | int | bool | None
_DAY_US = 86_400 * 1_000_000


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


def note_reading(*, now: WallUs, actor: str, session: str, reach: str, days: str, clause: str) -> None:
    """An entry that somebody read the access log: once for each session and range of days, so that reading page after
    page does not fill what is read.
    """
    of_session = Entry.objects.filter(actor=actor, action="read_access_log", decision="allow", at__gt=now - _DAY_US)
    facts: dict[str, Fact] = {"session": session, "reach": reach, "days": days}
    if of_session.filter(**{f"facts__{name}": value for name, value in facts.items()}).exists():
        return
    record(
        now=now, actor=actor, action="read_access_log", resource=SYSTEM_UID, decision="allow", clause=clause,
        facts=facts,
    )  # fmt: skip
