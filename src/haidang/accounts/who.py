"""Who has a right, on any day: one line a unit, with the clause and document that give it and the people it had then.

A unit counts when its grant holds, the unit was in being, and the one door says yes to an able person of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from haidang.accounts.authority import Authority, Resource
from haidang.accounts.entities import principal_entities
from haidang.accounts.models import Unit
from haidang.accounts.states import people_on, switched_off
from haidang.core.policy import Grant, Notice
from haidang.core.policy import Unit as UnitValue

__all__ = ["Holder", "who_has"]

#: Nobody is called so: account names begin with a letter or digit.
_ANYBODY = "-"


@dataclass(frozen=True, slots=True)
class Holder:
    """A unit that has the right; ``name`` is the one it had that day."""

    unit: str
    name: str
    name_en: str
    clause: str
    document: str
    purposes: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    policies: tuple[str, ...]
    #: Names of the accounts that were able that day (now, for today and later).
    accounts: tuple[str, ...]


def who_has(resource: Resource, action: str, *, on: date, door: Authority, notice: Notice) -> list[Holder]:
    """Every unit that may do ``action`` on ``resource`` on that day, in the notice's order."""
    rows = {unit.slug: unit for unit in Unit.objects.all()}
    grants = {grant.policy_id: grant for grant in notice.grants}
    of_unit: dict[str, list[Grant]] = {}
    for grant in notice.grants:
        of_unit.setdefault(grant.unit, []).append(grant)
    people = people_on(on)
    found = []
    for unit in notice.units:
        row = rows.get(unit.slug)
        if not unit.exists_on(on) or (row is not None and switched_off(row, on)):
            continue
        policies = _policies(unit.slug, resource, action, on, door, of_unit.get(unit.slug, []))
        if policies:
            found.append(_holder(unit, policies, grants, on, people.get(unit.slug, ())))
    return found


def _policies(  # noqa: PLR0917 - one question
    unit: str, resource: Resource, action: str, on: date, door: Authority, grants: list[Grant]
) -> tuple[str, ...]:
    """What lets an able person of the unit do it, for any of its purposes. A second factor is taken as shown."""
    principal = principal_entities(_ANYBODY, unit, active=True, manager=action == "manage_unit")
    purposes = dict.fromkeys(["", *(purpose for grant in grants if grant.holds_on(on) for purpose in grant.purposes)])
    decisions = [
        door.decide_for(principal, action, resource, on=on, purpose=purpose, second_factor=True) for purpose in purposes
    ]
    return tuple(dict.fromkeys(policy for each in decisions if each.allowed for policy in each.policies))


def _holder(
    unit: UnitValue, policies: tuple[str, ...], grants: dict[str, Grant], on: date, accounts: tuple[str, ...]
) -> Holder:
    given = [grants[policy] for policy in policies if policy in grants]
    name, name_en = unit.name_on(on)
    return Holder(
        unit=unit.slug,
        name=name,
        name_en=name_en,
        clause=given[0].clause if given else policies[0].partition(":")[0],
        document=given[0].document if given else "",
        purposes=tuple(dict.fromkeys(purpose for grant in given for purpose in grant.purposes)),
        valid_from=given[0].valid_from if given else None,
        valid_to=given[0].valid_to if given else None,
        policies=policies,
        accounts=accounts,
    )
