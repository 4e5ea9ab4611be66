"""The one door: may this account do that, and by which clause?

Laws: every page, API call, ticket and running stream asks here; there is no exempt role; without a policy in force the
answer is no. Decisions are made from the newest ``PolicyRevision``, looked up once a call (or once for many). A grant
counts only while its row stands too: whoever takes the row away by hand ends the right, and nobody gains one by hand.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from haidang.accounts.entities import account_entities, account_uid
from haidang.accounts.models import Account, Grant, PolicyRevision
from haidang.core.policy import SYSTEM_UID, Decider, Decision, Entity, Uid
from haidang.core.units import VIETNAM, WallUs, to_datetime

__all__ = ["SYSTEM", "Authority", "Resource", "authorise", "authority", "vietnam_day"]


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked about: its UID, and it with its parents as entities."""

    uid: Uid
    entities: tuple[Entity, ...]


_SYSTEM = Uid("System", "haidang")
assert str(_SYSTEM) == SYSTEM_UID
SYSTEM: Final = Resource(_SYSTEM, (Entity(_SYSTEM),))


class GrantDays(NamedTuple):
    """The row behind a permit: its id in the policy and its days, both included."""

    policy_id: str
    valid_from: date
    valid_to: date | None


class Authority:
    """A policy in force, for many questions in one request."""

    def __init__(self, decider: Decider | None, grants: Iterable[GrantDays]) -> None:
        self._decider = decider
        self._grants = {grant.policy_id: grant for grant in grants}

    def decide(
        self, principal: Account, action: str, resource: Resource, *, now: WallUs, purpose: str = ""
    ) -> Decision:
        """The decision; a refusal of what is not granted carries the clause by which the account knows the resource."""
        return self.decide_on(principal, action, resource, on=vietnam_day(now), purpose=purpose)

    def decide_on(
        self, principal: Account, action: str, resource: Resource, *, on: date, purpose: str = ""
    ) -> Decision:
        """The same for a day."""
        if self._decider is None:
            return Decision(allowed=False, code="no_decision")
        uid, entities = account_uid(principal.username), account_entities(principal) + resource.entities
        decision = self._decider.decide(uid, action, resource.uid, entities, on=on, purpose=purpose)
        if decision.allowed and not any(self._stands(policy, on) for policy in decision.policies):
            decision = Decision(allowed=False, code="not_granted")
        if decision.code == "not_granted" and resource.uid.type == "Camera":
            known = self._decider.decide(uid, "know_camera", resource.uid, entities, on=on)
            return replace(decision, clause=known.clause)
        return decision

    def _stands(self, policy_id: str, on: date) -> bool:
        grant = self._grants.get(policy_id)
        return grant is not None and grant.valid_from <= on and (grant.valid_to is None or on <= grant.valid_to)

    def allowed(
        self, principal: Account, action: str, resources: Iterable[Resource], *, now: WallUs, purpose: str = ""
    ) -> list[bool]:
        """One answer for each resource."""
        return [self.decide(principal, action, resource, now=now, purpose=purpose).allowed for resource in resources]


@lru_cache(maxsize=2)  # two, so that a change does not throw away the one still being asked
def _decider(sha256: str) -> Decider:
    """The parsed policy with this SHA-256; a failure is not remembered."""
    revision = PolicyRevision.objects.filter(sha256=sha256).latest("pk")
    return Decider(revision.cedar, revision.schema)


def authority() -> Authority:
    """The policy in force now (two small queries; the text is read and parsed when it is new)."""
    newest = PolicyRevision.objects.order_by("-pk").values_list("sha256", flat=True).first()
    grants = Grant.objects.values_list("policy_id", "valid_from", "valid_to")
    return Authority(None if newest is None else _decider(newest), itertools.starmap(GrantDays, grants))


def authorise(principal: Account, action: str, resource: Resource, *, now: WallUs, purpose: str = "") -> Decision:
    """May ``principal`` do ``action`` on ``resource`` now, for ``purpose``?"""
    return authority().decide(principal, action, resource, now=now, purpose=purpose)


def vietnam_day(now: WallUs) -> date:
    """The day in GMT+7: what days of validity are counted in."""
    return to_datetime(now).astimezone(VIETNAM).date()
