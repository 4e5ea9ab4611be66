"""The one door: may this account do that, and by which clause?

Laws: every page, API call, ticket and running stream asks here; there is no exempt role; without a policy in force the
answer is no. Decisions are made from the newest ``PolicyRevision``, looked up once a call (or once for many). A grant
counts only while its row stands too: whoever takes the row away by hand ends the right, and nobody gains one by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final

from haidang.accounts.entities import account_entities, account_uid, unit_uid
from haidang.accounts.models import Account, Grant, PolicyRevision, Unit
from haidang.accounts.states import entities_on
from haidang.core.policy import SYSTEM_UID, Decider, Decision, Entity, Uid
from haidang.core.units import VIETNAM, WallUs, to_datetime

__all__ = [
    "SYSTEM",
    "Authority",
    "Resource",
    "authorise",
    "authority",
    "authority_known_at",
    "unit_resource",
    "vietnam_day",
]


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked about: its UID, and it with its parents as entities."""

    uid: Uid
    entities: tuple[Entity, ...]


_SYSTEM = Uid("System", "haidang")
assert str(_SYSTEM) == SYSTEM_UID
SYSTEM: Final = Resource(_SYSTEM, (Entity(_SYSTEM),))

#: A grant's row: its days, both included.
_Days = tuple[date, date | None]


def unit_resource(unit: Unit) -> Resource:
    """A unit, for what its managers may do with its people."""
    uid = unit_uid(unit.slug)
    return Resource(uid, (Entity(uid),))


class _Rows:
    """The grants' rows of now, read once for the units that are asked about."""

    def __init__(self) -> None:
        self._by_unit: dict[str, dict[str, _Days]] = {}

    def stands(self, policy_id: str, unit: str, on: date) -> bool:
        if unit not in self._by_unit:
            rows = Grant.objects.filter(unit__slug=unit).values_list("policy_id", "valid_from", "valid_to")
            self._by_unit[unit] = {name: (valid_from, valid_to) for name, valid_from, valid_to in rows}
        days = self._by_unit[unit].get(policy_id)
        return days is not None and days[0] <= on and (days[1] is None or on <= days[1])


class Authority:
    """A policy, for many questions in one request. Without ``rows`` it is one of the past, asked as it was."""

    def __init__(self, decider: Decider | None, rows: _Rows | None = None) -> None:
        self._decider = decider
        self._rows = rows

    def decide(
        self,
        principal: Account,
        action: str,
        resource: Resource,
        *,
        now: WallUs,
        purpose: str = "",
        second_factor: bool = False,
    ) -> Decision:
        """The decision; a refusal of what is not granted carries the clause by which the account knows the resource."""
        on = vietnam_day(now)
        entities = account_entities(principal, on)
        return self.decide_for(entities, action, resource, on=on, purpose=purpose, second_factor=second_factor)

    def decide_on(
        self,
        principal: Account,
        action: str,
        resource: Resource,
        *,
        on: date,
        today: date,
        purpose: str = "",
        second_factor: bool = False,
    ) -> Decision:
        """The same for any day, of the past with the account's unit and state of then.

        Without a purpose each of the unit's is tried, and the first that is allowed answers.
        """
        entities = entities_on(principal, on) if on < today else account_entities(principal, on)
        given = Grant.objects.filter(unit__slug=entities[1].uid.id).values_list("purposes", flat=True)
        purposes = [purpose] if purpose else sorted({each for purposes in given for each in purposes} | {""})
        decisions = [
            self.decide_for(entities, action, resource, on=on, purpose=each, second_factor=second_factor)
            for each in purposes
        ]
        return next((each for each in decisions if each.allowed), decisions[0])

    def decide_for(
        self,
        principal: tuple[Entity, ...],
        action: str,
        resource: Resource,
        *,
        on: date,
        purpose: str = "",
        second_factor: bool = False,
    ) -> Decision:
        """The same for an account's entities, itself first."""
        if self._decider is None:
            return Decision(allowed=False, code="no_decision")
        # An account asked about its own unit brings that entity itself.
        about = tuple(entity for entity in resource.entities if entity not in principal)
        decision = self._decider.decide(
            principal[0].uid, action, resource.uid, principal + about, on=on, purpose=purpose,
            second_factor=second_factor,
        )  # fmt: skip
        if decision.allowed and not self._any_stands(decision.policies, principal, on):
            decision = Decision(allowed=False, code="not_granted")
        if decision.code == "not_granted" and resource.uid.type == "Camera" and action != "know_camera":
            known = self.decide_for(principal, "know_camera", resource, on=on)
            return replace(decision, clause=known.clause if known.allowed else "")
        return decision

    def allowed(
        self, principal: Account, action: str, resources: Sequence[Resource], *, now: WallUs, purpose: str = ""
    ) -> list[bool]:
        """One answer for each resource; those that no policy can tell apart are decided once."""
        on = vietnam_day(now)
        if self._decider is None:
            return [False] * len(resources)
        entities = account_entities(principal, on)
        decisions = self._decider.decide_many(
            account_uid(principal.username), action, [(each.uid, each.entities) for each in resources], entities,
            on=on, purpose=purpose,
        )  # fmt: skip
        return [each.allowed and self._any_stands(each.policies, entities, on) for each in decisions]

    def sources(self, policies: Iterable[str]) -> list[tuple[str, str]]:
        """The clause and the document behind each policy that decided."""
        if self._decider is None:
            return []
        return [self._decider.source_of(policy) for policy in policies]

    def _any_stands(self, policies: Iterable[str], principal: tuple[Entity, ...], on: date) -> bool:
        """A permit of the base text (no grant) stands by itself; a grant stands with its row."""
        if self._rows is None or self._decider is None:
            return True
        unit = principal[1].uid.id
        return any(not self._decider.source_of(policy)[1] or self._rows.stands(policy, unit, on) for policy in policies)


@lru_cache(maxsize=4)  # so that a change does not throw away the one still being asked
def _decider(sha256: str) -> Decider:
    """The parsed policy with this SHA-256; a failure is not remembered."""
    revision = PolicyRevision.objects.filter(sha256=sha256).latest("pk")
    return Decider(revision.cedar, revision.schema)


def authority() -> Authority:
    """The policy in force now (a small query; the text is read and parsed when it is new)."""
    newest = PolicyRevision.objects.order_by("-pk").values_list("sha256", flat=True).first()
    return Authority(None if newest is None else _decider(newest), _Rows())


def authority_known_at(at: WallUs) -> Authority:
    """The policy that was in force at that instant, as it was known then."""
    then = PolicyRevision.objects.filter(applied_at__lte=at).order_by("-pk").values_list("sha256", flat=True).first()
    return Authority(None if then is None else _decider(then))


def authorise(
    principal: Account, action: str, resource: Resource, *, now: WallUs, purpose: str = "", second_factor: bool = False
) -> Decision:
    """May ``principal`` do ``action`` on ``resource`` now, for ``purpose``?"""
    return authority().decide(principal, action, resource, now=now, purpose=purpose, second_factor=second_factor)


def vietnam_day(now: WallUs) -> date:
    """The day in GMT+7: what days of validity are counted in."""
    return to_datetime(now).astimezone(VIETNAM).date()
