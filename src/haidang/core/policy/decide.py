"""The decider: Cedar behind a wrapper that fails closed.

Cedar *skips* a ``forbid`` that errors, so a missing entity or context value can turn a Deny into an Allow. Laws:
(1) the schema is always passed; (2) principal, resource and all their parents must be among the entities given;
(3) any diagnostic error, a NoDecision, or an Allow that no permit explains is a denial.
A decision depends on its arguments and the policy text alone, so it is remembered for as long as the text is in force.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

import cedarpy

from haidang.core.policy.compile import annotations_of, cedar_day, check_policies, named_uids, policy_sha256

__all__ = ["Decider", "Decision", "DecisionCode", "Entity", "Uid"]

#: granted: a permit, no forbid · forbidden: a forbid · not_granted: no permit · others: unsafe to answer, so refused.
DecisionCode = Literal["granted", "forbidden", "not_granted", "unknown_entity", "evaluation_error", "no_decision"]
_REMEMBERED = 65_536


@dataclass(frozen=True, slots=True, order=True)
class Uid:
    """A Cedar UID; its text is the one identifier in policies, entries and log lines."""

    type: str
    id: str

    def __str__(self) -> str:
        return f'{self.type}::"{self.id}"'


@dataclass(frozen=True, slots=True)
class Entity:
    uid: Uid
    parents: tuple[Uid, ...] = ()
    attributes: tuple[tuple[str, bool | str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """``policies`` are the ids that decided; ``clause`` the first one's, "" when nothing permitted or forbade."""

    allowed: bool
    code: DecisionCode
    policies: tuple[str, ...] = ()
    clause: str = ""


@dataclass(frozen=True, slots=True)
class _Question:
    """Everything a decision depends on, besides the policy text."""

    principal: Uid
    action: str
    resource: Uid
    entities: tuple[Entity, ...]
    on: date
    purpose: str
    second_factor: bool
    approved: bool


class Decider:
    """One policy text, parsed once."""

    def __init__(self, cedar: str, schema: str) -> None:
        check_policies(cedar, schema)
        self.version = policy_sha256(cedar, schema)
        self._policies = cedarpy.PolicySet.from_str(cedar)
        self._schema = cedarpy.Schema.from_str(schema)
        self._annotations = annotations_of(cedar)
        self._named = frozenset(Uid(kind, name) for kind, name in named_uids(cedar))
        self._sources = {
            notes["id"]: (notes.get("clause", ""), notes.get("document", "")) for notes in self._annotations.values()
        }
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._answer)

    @property
    def questions(self) -> int:
        """How many questions were put to Cedar, and not remembered."""
        return self._remembered.cache_info().misses

    def decide(
        self, principal: Uid, action: str, resource: Uid, entities: tuple[Entity, ...], *, on: date, purpose: str = "",
        second_factor: bool = False, approved: bool = False,
    ) -> Decision:  # fmt: skip
        """May ``principal`` do ``action`` on ``resource`` on that day for that purpose?

        ``second_factor``: the sign-in had one. ``approved``: the competent authority permitted this very act.
        """
        return self._remembered(_Question(principal, action, resource, entities, on, purpose, second_factor, approved))

    def source_of(self, policy_id: str) -> tuple[str, str]:
        """The clause and the document of a policy by its ``@id``; the document is "" for the notice's own text."""
        return self._sources.get(policy_id, ("", ""))

    def decide_many(
        self, principal: Uid, action: str, resources: Sequence[tuple[Uid, tuple[Entity, ...]]],
        entities: tuple[Entity, ...], *, on: date, purpose: str = "", second_factor: bool = False,
        approved: bool = False,
    ) -> list[Decision]:  # fmt: skip
        """``decide`` for each resource (with its own entities) beside the principal's ``entities``, in their order.

        One question for all that the policy cannot tell apart: of the same type, with the same parents, attributes and
        further entities, and not named by the text or by the principal's side. A thousand cameras are as many questions
        as they have sites.
        """
        known: dict[object, Decision] = {}
        decisions = []
        ours = self._named.union((principal,), *((entity.uid, *entity.parents) for entity in entities))
        for uid, own in resources:
            kind = _kind(uid, own, ours)
            decision = known.get(kind)
            if decision is None:
                decision = known[kind] = self.decide(
                    principal, action, uid, entities + own, on=on, purpose=purpose, second_factor=second_factor,
                    approved=approved,
                )  # fmt: skip
            decisions.append(decision)
        return decisions

    def _answer(self, asked: _Question) -> Decision:
        context: dict[str, object] = {
            "on": cedar_day(asked.on), "purpose": asked.purpose, "second_factor": asked.second_factor,
            "approved": asked.approved,
        }  # fmt: skip
        return self.evaluate(asked.principal, asked.action, asked.resource, asked.entities, context)

    def evaluate(
        self, principal: Uid, action: str, resource: Uid, entities: tuple[Entity, ...], context: dict[str, object]
    ) -> Decision:
        """The decision for a raw context, not remembered."""
        entities = tuple(dict.fromkeys(entities))  # an account's unit may be what is asked about
        known = {entity.uid for entity in entities}
        named = {principal, resource}.union(*(entity.parents for entity in entities))
        if not named <= known:
            return Decision(allowed=False, code="unknown_entity")
        request = {
            "principal": {"type": principal.type, "id": principal.id},
            "action": {"type": "Action", "id": action},
            "resource": {"type": resource.type, "id": resource.id},
            "context": context,
        }
        try:
            handles = cedarpy.Entities.from_json_str(json.dumps([_as_json(e) for e in entities]), self._schema)
            result = cedarpy.is_authorized(request, self._policies, handles, self._schema)
        except ValueError:  # an entity that does not fit the schema
            return Decision(allowed=False, code="evaluation_error")
        if result.decision is cedarpy.Decision.NoDecision:
            return Decision(allowed=False, code="no_decision")
        if result.diagnostics.errors:
            return Decision(allowed=False, code="evaluation_error")
        return self._explained(result.allowed, result.diagnostics.reasons)

    def _explained(self, allowed: bool, reasons: list[str]) -> Decision:  # noqa: FBT001 - Cedar's answer, passed on
        notes = sorted((self._annotations[reason] for reason in reasons), key=lambda note: note["id"])
        if allowed and not notes:
            return Decision(allowed=False, code="evaluation_error")
        code: DecisionCode = "granted" if allowed else "forbidden" if notes else "not_granted"
        return Decision(
            allowed=allowed,
            code=code,
            policies=tuple(note["id"] for note in notes),
            clause=next((note["clause"] for note in notes if note.get("clause")), ""),
        )


def _kind(uid: Uid, own: tuple[Entity, ...], named: frozenset[Uid]) -> object:
    """Equal for resources that no policy can tell apart; the resource itself where something names it."""
    if own and own[0].uid == uid and uid not in named:
        first, rest = own[0], own[1:]
        if uid not in first.parents and not any(uid == each.uid or uid in each.parents for each in rest):
            return uid.type, first.parents, first.attributes, rest
    return uid, own


def _as_json(entity: Entity) -> dict[str, object]:
    return {
        "uid": {"type": entity.uid.type, "id": entity.uid.id},
        "attrs": dict(entity.attributes),
        "parents": [{"type": parent.type, "id": parent.id} for parent in entity.parents],
    }
