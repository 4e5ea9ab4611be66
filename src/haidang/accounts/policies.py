"""Reads of policy: the notice in force, what it was on another day, changes that wait."""

from __future__ import annotations

from functools import lru_cache

from haidang.accounts.models import PolicyChange, PolicyRevision
from haidang.core.errors import NotFound
from haidang.core.policy import Notice, notice_from_json
from haidang.core.units import WallUs

__all__ = ["change_numbered", "changes", "notice_in_force", "notice_known_at", "notice_of"]


@lru_cache(maxsize=4)
def _notice(revision: int, applied_at: int, sha256: str) -> Notice | None:  # noqa: ARG001 - they name the revision
    kept = PolicyRevision.objects.values_list("notice", flat=True).get(pk=revision)
    return notice_from_json(kept) if kept else None


_KEY = ("pk", "applied_at", "sha256")


def notice_of(revision: PolicyRevision) -> Notice | None:
    """The notice of a revision; None for one from before notices were kept."""
    return _notice(revision.pk, revision.applied_at, revision.sha256)


def notice_in_force() -> Notice | None:
    """The notice that decides now; None where none is in force."""
    newest = PolicyRevision.objects.order_by("-pk").values_list(*_KEY).first()
    return None if newest is None else _notice(*newest)


def notice_known_at(at: WallUs) -> Notice | None:
    """The notice that decided at that instant."""
    then = PolicyRevision.objects.filter(applied_at__lte=at).order_by("-pk").values_list(*_KEY).first()
    return None if then is None else _notice(*then)


def changes() -> list[PolicyChange]:
    """Every proposal, the newest first."""
    return list(PolicyChange.objects.select_related("proposed_by__unit", "decided_by__unit", "base"))


def change_numbered(number: int) -> PolicyChange:
    """Raises NotFound (``unknown_change``)."""
    change = PolicyChange.objects.select_related("proposed_by__unit", "decided_by__unit", "base").filter(pk=number)
    found = change.first()
    if found is None:
        raise NotFound(f"couldn't find policy change {number}", code="unknown_change")
    return found
