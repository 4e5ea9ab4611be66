"""Grants to Cedar: one ``permit`` a grant, annotated with its clause and document; then the base text, unchanged.

Law: what is compiled has been validated against the schema and every policy carries its own ``@id``, so a decision can
always be traced to one clause.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, timedelta

import cedarpy

from haidang.core.errors import InvalidInput
from haidang.core.policy.notice import Grant

__all__ = ["annotations_of", "base_policy_ids", "compile_policies", "named_uids", "policy_sha256"]


def compile_policies(grants: Iterable[Grant], base: str, schema: str) -> str:
    """The complete Cedar text. Raises InvalidInput (``policy_set``) if Cedar does not accept it."""
    text = "\n\n".join([*(_permit(grant) for grant in grants), base.strip()]) + "\n"
    check_policies(text, schema)
    return text


def policy_sha256(cedar: str, schema: str) -> str:
    """Names a version: equal texts decide alike."""
    return hashlib.sha256(f"{cedar}\0{schema}".encode()).hexdigest()


def check_policies(cedar: str, schema: str) -> None:
    """Refuse text that does not parse, does not fit the schema, or holds a policy without an id of its own."""
    try:
        cedarpy.Schema.from_str(schema)
        ids = [annotations.get("id", "") for annotations in annotations_of(cedar).values()]
        result = cedarpy.validate_policies(cedar, schema)
    except ValueError as error:
        raise InvalidInput(f"couldn't compile the policy set: {error}", code="policy_set") from error
    if not result.validation_passed:
        raise InvalidInput(f"couldn't compile the policy set: {result.errors[0]}", code="policy_set")
    if not all(ids):
        raise InvalidInput("couldn't compile the policy set: a policy has no @id", code="policy_set")
    if len(set(ids)) != len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise InvalidInput(f"couldn't compile the policy set: two policies are {twice!r}", code="policy_set")


def annotations_of(cedar: str) -> dict[str, dict[str, str]]:
    """By Cedar's positional policy id: the annotations of each policy, and ``effect``."""
    policies = json.loads(cedarpy.policies_to_json_str(cedar))["staticPolicies"]
    return {
        name: {**policy.get("annotations", {}), "effect": str(policy["effect"])} for name, policy in policies.items()
    }


def named_uids(cedar: str) -> frozenset[tuple[str, str]]:
    """Every entity that the text names, as type and id: what its policies can tell apart from others of its kind."""
    found: set[tuple[str, str]] = set()
    waiting: list[object] = [json.loads(cedarpy.policies_to_json_str(cedar))]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("type"), str) and isinstance(value.get("id"), str):
                found.add((value["type"], value["id"]))
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return frozenset(found)


def base_policy_ids(base: str) -> frozenset[str]:
    """The ids of a notice's own Cedar text: what a decision may rest on besides a grant."""
    return frozenset(notes.get("id", "") for notes in annotations_of(base).values())


def _permit(grant: Grant) -> str:
    conditions = [f'context.on >= datetime("{grant.valid_from}")']
    if grant.valid_to is not None:
        conditions.append(f'context.on < datetime("{grant.valid_to + timedelta(days=1)}")')
    actions = list(grant.actions)
    if grant.purposes:
        purposes = ", ".join(_quoted(purpose) for purpose in grant.purposes)
        # To know that a camera exists needs no purpose; to look does.
        conditions.append(f'(action == Action::"know_camera" || [{purposes}].contains(context.purpose))')
        actions.insert(0, "know_camera")
    return (
        f"@id({_quoted(grant.policy_id)})\n"
        f"@clause({_quoted(grant.clause)})\n"
        f"@document({_quoted(grant.document)})\n"
        f"permit (\n"
        f"  principal in Unit::{_quoted(grant.unit)},\n"
        f"  action in [{', '.join(f'Action::{_quoted(action)}' for action in actions)}],\n"
        f"  resource {'==' if grant.kind == 'system' else 'in'} {grant.resource}\n"
        f") when {{ {' && '.join(conditions)} }};"
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def cedar_day(day: date) -> dict[str, dict[str, str]]:
    """A day as Cedar's ``datetime`` value."""
    return {"__extn": {"fn": "datetime", "arg": day.isoformat()}}
