"""Who may be the second person of a request about an account (docs/design/rights.md section 3). Pure: people as values.

Laws: nobody confirms what they asked for, nor anything about the own account, nor what somebody of the same unit asked
for. The manager of the unit concerned confirms; where it has none that is able, or where it asked itself, the
supervisor does. What nobody may confirm waits until the unit has a manager.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Asked", "Person", "may_alone", "who_may_confirm", "why_not_confirm"]


@dataclass(frozen=True, slots=True)
class Person:
    """An account with a person behind it. ``able``: may act now; ``supervisor``: its unit supervises the system."""

    username: str
    unit: str
    manager: bool = False
    supervisor: bool = False
    able: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: about which account, for which unit, by whom. ``asker`` "" is the host, which is of no unit.

    ``asker_units``: of which the asker is or was when asking, so that moving there between is no way around.
    """

    account: str
    unit: str
    asker: str
    asker_units: frozenset[str]


def who_may_confirm(asked: Asked, people: Iterable[Person]) -> list[Person]:
    """The people who may confirm or refuse it, in the order given."""
    others = [each for each in people if each.able and each.username not in (asked.asker, asked.account)]
    strangers = [each for each in others if each.unit not in asked.asker_units]
    managers = [each for each in strangers if each.manager and each.unit == asked.unit]
    return managers or [each for each in strangers if each.supervisor]


def why_not_confirm(asked: Asked, person: Person, people: Sequence[Person]) -> str:
    """The error code by which this person may not; "" if it may."""
    if person.username in {each.username for each in who_may_confirm(asked, people)}:
        return ""
    if person.username == asked.asker:
        return "own_request"
    if person.username == asked.account:
        return "own_account"
    return "same_unit" if person.unit in asked.asker_units else "not_confirmer"


def may_alone(person: Person, *, account: str, unit: str) -> bool:
    """Whether a manager may give a member back what the member had (password, unlocking), without a second person."""
    return person.able and person.manager and person.unit == unit and person.username != account
