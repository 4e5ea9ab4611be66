"""The rules that no policy set may be without: what section I.2 forbids, and what sections I.1.a and I.1.b ask.

Law: the rule must stand in ``forbid.cedar`` word for word as Cedar reads it: for every principal, every resource, with
no condition besides the one below. A forbid beats every permit, so with these in place no grant and no later rule can
open what the notice closes. And pictures come from grants alone: what ``rights.cedar`` permits is over the system or a
unit, never at a camera, and cites its clause.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import cedarpy

from haidang.core.policy.compile import annotations_of
from haidang.core.policy.notice import (
    APPROVAL_ACTIONS,
    FORBIDDEN_ACTIONS,
    SECOND_FACTOR_ACTIONS,
    SYSTEM_ACTIONS,
    TERMINAL_ACTIONS,
    UNIT_ACTIONS,
)

__all__ = ["loose_rules", "missing_rules"]


def _actions(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'Action::"{name}"' for name in names) + "]"


def _forbid(action: str, conditions: str = "") -> str:
    return f"forbid (principal, {action}, resource) {conditions};"


#: What people call it: the Cedar text.
_RULES = {
    **{f"nobody may {name}": _forbid(f'action == Action::"{name}"') for name in FORBIDDEN_ACTIONS},
    **{
        f"nobody may {name} without approval": _forbid(f'action == Action::"{name}"', "unless { context.approved }")
        for name in APPROVAL_ACTIONS
    },
    "an inactive account may do nothing": _forbid("action", "unless { principal.active }"),
    "rights over others need a second factor": _forbid(
        f"action in {_actions(SECOND_FACTOR_ACTIONS)}", "unless { context.second_factor }"
    ),
    "a terminal only watches live": _forbid(
        "action", f"when {{ principal.terminal }} unless {{ {_actions(TERMINAL_ACTIONS)}.contains(action) }}"
    ),
}


def missing_rules(base: str) -> list[str]:
    """Which of the rules a Cedar text lacks, in words. Text that Cedar cannot read lacks them all."""
    try:
        there = _shapes(base)
    except ValueError:
        return list(_RULES)
    return [name for name, shape in _required().items() if shape not in there]


def loose_rules(base: str) -> list[str]:
    """What is wrong with the policies of a Cedar text, in words: too much permitted, or no clause cited."""
    try:
        policies = json.loads(cedarpy.policies_to_json_str(base))["staticPolicies"]
    except ValueError:
        return []  # compiling says so
    found = []
    for name, notes in annotations_of(base).items():
        called = notes.get("id", name)
        if not notes.get("clause"):
            found.append(f"{called} cites no clause")
        if notes["effect"] == "permit":
            named = _named_actions(policies[name]["action"])
            if not named or not named <= {*SYSTEM_ACTIONS, *UNIT_ACTIONS}:
                found.append(f"{called} permits what only a grant may: {', '.join(sorted(named)) or 'every action'}")
    return found


def _named_actions(constraint: dict[str, Any]) -> set[str]:
    """The actions a policy is about; none where it is about all."""
    entities = constraint.get("entities", [constraint["entity"]] if "entity" in constraint else [])
    return {entity["id"] for entity in entities}


@cache
def _required() -> dict[str, str]:
    return {name: next(iter(_shapes(cedar))) for name, cedar in _RULES.items()}


def _shapes(cedar: str) -> set[str]:
    """Each policy as canonical JSON, without its annotations; the order of listed actions does not matter."""
    policies = json.loads(cedarpy.policies_to_json_str(cedar))["staticPolicies"].values()
    return {json.dumps(_sorted({**policy, "annotations": {}}), sort_keys=True) for policy in policies}


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {key: _sorted(each) for key, each in value.items()}
    if isinstance(value, list):
        return sorted((_sorted(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    return value
